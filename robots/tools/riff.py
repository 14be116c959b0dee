"""Riff: how much of what the header of a WAV tells of is there, for ffmpeg takes what there is without a word."""

from __future__ import annotations

import struct
from pathlib import Path

HEADER = struct.Struct("<4sI4s")
UNKNOWN = 0x7FFFF000  # from here on, and where it is 0, a size was not known when the header was written


def share(path: Path) -> float:
    """From 0 to 1; 1 for all other files."""
    with path.open("rb") as file:
        head = file.read(HEADER.size)
    if len(head) < HEADER.size:
        return 1.0
    kind, size, form = HEADER.unpack(head)
    if (kind, form) != (b"RIFF", b"WAVE") or not 0 < size < UNKNOWN:
        return 1.0
    there: float = path.stat().st_size / (size + 8)
    return min(1.0, there)
