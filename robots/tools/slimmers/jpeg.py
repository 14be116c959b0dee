"""Makes JPEGs smaller: the same coefficients in a better order."""

from __future__ import annotations

import struct
from pathlib import Path

import mozjpeg_lossless_optimization as mozjpeg
from pyvips import Image

from robots.tools.images.picture import note
from robots.tools.slimmers.wish import Wish, upright_note

START = b"\xff\xd8"
END = b"\xff\xd9"
EXIF = b"\xff\xe1"


def slim(source: Path, target: Path, wish: Wish) -> list[str]:
    """Always progressive, for that is smaller. A second picture behind the first is left where it is."""
    content = source.read_bytes()
    Image.jpegload(str(source), access="sequential", fail_on="truncated").avg()  # the optimiser bears what is broken
    if carries_more(content):
        return ["The picture was left as it is, for a second one stands behind it in its file, such as one for HDR."]
    made = _rewritten(content, wish)
    if not wish.keeps_notes:
        made = _turned(made, note(Image.jpegload(str(source)), "orientation", 1))
    target.write_bytes(made)
    return []


def carries_more(content: bytes) -> bool:
    """Whether the file holds several pictures, which point at each other by their places in the file."""
    return b"MPF\0" in content[: 64 * 1024] and content.count(END + START) > 0


def _rewritten(content: bytes, wish: Wish) -> bytes:
    kept = mozjpeg.COPY_MARKERS.ALL if wish.keeps_notes else mozjpeg.COPY_MARKERS.ICC
    return bytes(mozjpeg.optimize(content, copy=kept))


def _turned(content: bytes, orientation: int) -> bytes:
    if orientation < 2:
        return content
    exif = b"Exif\0\0" + upright_note(orientation)
    return START + EXIF + struct.pack(">H", len(exif) + 2) + exif + content[len(START) :]
