"""The lists that FTP servers give of a folder: one form that is laid down, and two that have come to be usual."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["file", "folder", "link", "other"]

FACTS = re.compile(r"((?:[^=; ]+=[^;]*;)+) (.+)")
# drwxr-xr-x   2 owner  group   4096 Jan  1 12:00 name; some servers leave out a column.
UNIX = re.compile(
    r"([-dlbcps])[-rwxsStTl]{9}[.+@]?\s+(?:\S+\s+){1,4}?\d+(?:,\s*\d+)?\s+"
    r"(?:\w{3,9}\.?\s+\d{1,2}|\d{1,2}\.?\s+\w{3,9}\.?|\d{4}-\d\d-\d\d)\s+(?:\d{1,2}:\d\d(?::\d\d)?|\d{4})\s(.+)"
)
WINDOWS = re.compile(
    r"\d{2}-\d{2}-\d{2,4}\s+\d{1,2}:\d{2}\s?(?:[AP]M)?\s+(<DIR>|<JUNCTION>|[\d,.]+)\s+(.+)", re.IGNORECASE
)
OF_UNIX: dict[str, Kind] = {"-": "file", "d": "folder", "l": "link"}


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list."""

    name: str
    kind: Kind


def facts(line: str) -> Listed | None:
    """A line of MLSD (RFC 3659), such as `type=file;size=7; a.txt`; None for what is not in the folder."""
    known = FACTS.fullmatch(line)
    if not known:
        return None
    told = dict(fact.lower().partition("=")[::2] for fact in known[1].rstrip(";").split(";"))
    kind = told.get("type", "")
    if kind in ("cdir", "pdir"):
        return None
    if kind.startswith("os.unix=s"):  # "slink" and "symlink", with and without where it leads
        return Listed(known[2], "link")
    return Listed(known[2], "file" if kind == "file" else "folder" if kind == "dir" else "other")


def columns(line: str) -> Listed | None:
    """A line of LIST, as `ls -l` or Windows would print it; None for any other."""
    if known := UNIX.fullmatch(line):
        name = known[2].partition(" -> ")[0] if known[1] == "l" else known[2]
        return Listed(name, OF_UNIX.get(known[1], "other"))
    if known := WINDOWS.fullmatch(line):
        kind: Kind = "link" if known[1].upper() == "<JUNCTION>" else "folder" if known[1].upper() == "<DIR>" else "file"
        return Listed(known[2], kind)
    return None
