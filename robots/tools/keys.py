"""The key of a stored file, a path that stays where it was put whatever stood in its variables, and its URLs."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

LONGEST = 1024  # bytes, the least that all storages allow


def key_of(path: str) -> str:
    """The path without a slash at its beginning and without empty parts; ValueError if it cannot be a key."""
    if any(ord(char) < 32 or ord(char) == 127 for char in path):
        raise ValueError("has a control character in it")
    parts = [part for part in re.split(r"[/\\]", path) if part not in ("", ".")]
    # A step up would lead out of the folder that the template chose; a decoding server sees one in "%2e%2e" too.
    if any(".." in (part, unquote(part)) for part in parts):
        raise ValueError("leads out of its folder with `..`")
    if not parts or path.endswith(("/", "\\")):
        raise ValueError("must be that of a file, not of a folder")
    key = "/".join(parts)
    if len(key.encode("utf-8", "surrogatepass")) > LONGEST:
        raise ValueError(f"must have at most {LONGEST} bytes")
    return key


def spelled(key: str) -> str:
    """A key that can be sent."""
    return key.encode("utf-8", "replace").decode()


def escaped(key: str) -> str:
    """A key as it stands in the path of a URL."""
    return quote(key, safe="/-_.~", errors="replace")


def checked_template(template: str) -> str:
    """The same, if a URL can come of it; else a ValueError."""
    if not template.lower().startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    return template


def filled(template: str, key: str, **words: str) -> str:
    """The URL of a key: `{PATH}` and its like are filled in."""
    for name, value in {**words, "PATH": escaped(key)}.items():
        template = template.replace(f"{{{name}}}", value)
    return template
