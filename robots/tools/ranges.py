"""Ranges of bytes, as users write them for imports, and how the pieces become one file."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

RANGE = re.compile(r"(?:bytes=)?((\d{1,18})-(\d{0,18})|-\d{1,18})", re.ASCII)

Ranges = str | list[str] | None


def checked(given: Ranges) -> Ranges:
    """The same, if all of it are ranges; else a ValueError."""
    for each in [given] if isinstance(given, str) else given or []:
        known = RANGE.fullmatch(each.strip())
        if not known:
            raise ValueError(f"{each[:40]!r} is not a range of bytes such as 0-99, 100- or -100")
        if known[3] and int(known[3]) < int(known[2]):
            raise ValueError(f"the range {each[:40]} ends before it begins")
    return given


def bare(given: str | None) -> str | None:
    """A range without "bytes="."""
    found = RANGE.fullmatch(given.strip()) if given else None
    return found[1] if found else None


def put(piece: Path, target: Path, start: int) -> None:
    """Moves the bytes of one file to a place in another; what is before them and missing reads as zeros."""
    target.touch()
    with piece.open("rb") as source, target.open("r+b") as sink:
        sink.seek(start)
        shutil.copyfileobj(source, sink)
    piece.unlink()
