"""The name of a downloaded file: from what another server says or from its URL, and as it is told to others."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, unquote_to_bytes

PARAMETER = re.compile(r';\s*(filename\*?)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)', re.IGNORECASE)
LONGEST = 255  # bytes, as file systems have it


def told(disposition: str) -> str:
    """The name in a Content-Disposition header (RFC 6266), or nothing; the international form wins."""
    found: dict[str, str] = {}
    for key, value in PARAMETER.findall(";" + disposition):
        found.setdefault(key.lower(), value.strip())
    return safe(_extended(found.get("filename*", "")) or _quoted(found.get("filename", "")))


def of_path(path: str) -> str:
    """The last part of a URL's path, unescaped, or nothing."""
    return safe(unquote(path.rpartition("/")[2], errors="replace"))


def safe(name: str) -> str:
    """A name without folders and invisible characters, and not too long; nothing if none is left."""
    last = re.split(r"[/\\]", name)[-1]
    plain = "".join(char for char in last if char.isprintable()).strip()
    return "" if plain in (".", "..") else _shortened(plain)


def disposition(kind: str, name: str) -> str:
    """The Content-Disposition of a download (RFC 6266): an ASCII name for all, the true one for those who can."""
    visible = "".join(char for char in name if char.isprintable())
    plain = re.sub(r'["\\%]', "_", visible).encode("ascii", "replace").decode().replace("?", "_")
    told = f'{kind}; filename="{plain}"'
    return told if plain == name else f"{told}; filename*=UTF-8''{quote(visible, safe='', errors='replace')}"


def sendable(written: str) -> str:
    """A Content-Disposition whose name has letters beside ASCII, as headers can have it."""
    name = "" if written.isascii() else told(written)
    return disposition(written.partition(";")[0].strip(), name) if name else written


def _extended(value: str) -> str:
    """RFC 5987: charset'language'escaped."""
    charset, mark, rest = value.strip('"').partition("'")
    _, second, escaped = rest.partition("'")
    if not (mark and second):
        return ""
    try:
        return unquote_to_bytes(escaped).decode(charset, "replace")
    except LookupError:
        return ""


def _quoted(value: str) -> str:
    if value.startswith('"'):
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    raw = value.encode("utf-8", "surrogateescape")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")  # what headers were before they were UTF-8


def _shortened(name: str) -> str:
    """Cut in the base: the extension is worth more than the end of the name."""
    if len(name.encode()) <= LONGEST:
        return name
    base, dot, ext = name.rpartition(".")
    ending = (dot + ext).encode() if base and len(ext.encode()) <= 32 else b""
    whole = base if ending else name
    return (whole.encode()[: LONGEST - len(ending)] + ending).decode(errors="ignore")
