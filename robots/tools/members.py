"""What an archive lists: its members with their sizes and names, the names as nothing more than data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from posixpath import normpath
from typing import Literal

from robots.tools.filename import safe

LONGEST_FOLDER = 1024
NAMELESS = "file"
# What the first letter of a mode, or the words of an archive, say of members that are no files.
ODD_KINDS = {"p": "pipes", "c": "devices", "b": "devices", "s": "sockets"}
JAPANESE = re.compile(r".*[\u3040-\u30ff]|[^A-Za-z]*[\u4e00-\u9fff]{2}[^A-Za-z]*(\.\w+)?$")
MODE = re.compile(rb"(?:^|\s)([-dlpcbs])[-rwxsStT]{9}")
CHECKED = {"zip", "7z", "rar", "rar5"}  # what others list as CRC is of other kinds
CHECK = re.compile(rb"[0-9A-Fa-f]{8}")


@dataclass(frozen=True, slots=True)
class Member:
    """One entry. `size` is in bytes, None if the archive does not tell; `check` is its CRC-32, if that is known.

    `link` says of which kind of link it is, and `target` where to, as far as the list tells; `odd` names what is
    neither a file nor a folder.
    """

    name: str
    directory: str
    size: int | None
    check: int | None = None
    is_folder: bool = False
    link: Literal["", "hard", "soft"] = ""
    target: str = ""
    odd: str = ""
    locked: bool = False

    @property
    def path(self) -> str:
        return f"{self.directory}/{self.name}" if self.directory else self.name

    @property
    def is_file(self) -> bool:
        return not (self.is_folder or self.link or self.odd)

    def leads_out(self, content: str = "") -> bool:
        """Whether this link leaves the archive; hard links count from its root, others from where they are."""
        target = (self.target or content).replace("\\", "/")
        path = normpath(target if self.link == "hard" else f"./{self.directory}/{target}")
        return target.startswith("/") or target[1:2] == ":" or path.split("/")[0] == ".."


def parsed(listing: bytes, kind: str) -> list[Member]:
    """The members of a technical listing of 7-Zip, in the order in which it unpacks them."""
    _, _, entries = listing.partition(b"\n----------\n")
    return [_member(entry, kind) for entry in _entries(entries)]


def placed(path: str) -> tuple[str, str]:
    """The folder and the name that a path comes to; neither leads anywhere, whatever it says."""
    *folders, name = re.split(r"[/\\]", path)
    directory = "/".join(filter(None, (safe(folder) for folder in folders)))
    return directory[-LONGEST_FOLDER:].lstrip("/"), safe(name) or NAMELESS


def decoded(raw: bytes, kind: str) -> str:
    """A name is UTF-8, or of the time before: Japanese if it reads as that, else what its format was born with."""
    for charset in ("utf-8", "cp932"):
        try:
            text = raw.decode(charset)
        except UnicodeDecodeError:
            continue
        if charset == "utf-8" or JAPANESE.match(text.rpartition("/")[2]):
            return text
    return raw.decode("cp437" if kind == "zip" else "cp1252", "replace")


def _entries(listing: bytes) -> Iterator[dict[bytes, bytes]]:
    """Each starts with its path after an empty line; comments may have any lines."""
    entry: dict[bytes, bytes] = {}
    before = b""
    for line in listing.split(b"\n"):
        key, _, value = line.partition(b" = ")
        if key == b"Path" and not before:
            if entry:
                yield entry
            entry = {key: value}
        else:
            entry.setdefault(key.removesuffix(b" ="), value)
        before = line
    if b"Path" in entry:
        yield entry


def _member(entry: Mapping[bytes, bytes], kind: str) -> Member:
    directory, name = placed(decoded(entry[b"Path"], kind))
    attributes = entry.get(b"Attributes", b"")
    mode = MODE.search(entry.get(b"Mode", b"")) or MODE.search(attributes)
    letter = mode[1].decode() if mode else "-"
    hard, soft = entry.get(b"Hard Link", b""), entry.get(b"Symbolic Link", b"")
    size, check = entry.get(b"Size", b""), entry.get(b"CRC", b"")
    locked = entry.get(b"Encrypted") == b"+"
    return Member(
        name,
        directory,
        size=int(size) if size.isdigit() else None,
        check=int(check, 16) if kind in CHECKED and CHECK.fullmatch(check) and not locked else None,
        is_folder=entry.get(b"Folder") == b"+" or attributes.startswith(b"D"),
        link="hard" if hard else "soft" if soft or letter == "l" else "",
        target=decoded(hard or soft, kind),
        odd=ODD_KINDS.get(letter, ""),
        locked=locked,
    )
