"""Reads what a tool has left, if that is a plain file: one that works on hostile bytes may leave a link instead."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from robots.base.errors import ToolFailed

MOST = 32 << 20  # bytes, which no list of what was made reaches


def bytes_of(path: Path, most: int = MOST) -> bytes:
    """What is checked is what is read: a name may lead somewhere else a moment later, an open file may not."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            found = os.fstat(file.fileno())
            if stat.S_ISREG(found.st_mode) and found.st_nlink == 1:
                return file.read(most)
    except OSError as error:
        raise ToolFailed(f"The file {path.name} that a tool should leave cannot be read.") from error
    raise ToolFailed(f"What a tool left as {path.name} is no plain file.")


def text_of(path: Path) -> str:
    return bytes_of(path).decode("utf-8", "replace")
