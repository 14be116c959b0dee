"""Makes PNGs smaller: better filters and compression, and at most 256 colours if the wish is lossy."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import oxipng
from pyvips import Image

from robots.tools.images.kinds import kind_of
from robots.tools.images.picture import note
from robots.tools.slimmers.rows import filters
from robots.tools.slimmers.wish import Wish, upright_note

# How hard to try, and up to how many pixels: a try at a larger picture would take longer than a job may.
EFFORTS = ((4, 4_000_000), (2, 16_000_000), (1, 40_000_000), (0, None))
QUICK = 1
HASTE = oxipng.Deflaters.libdeflater(9)  # a quarter of the time of the best, and some percent more bytes
QUALITY = 85
HEADER = 33  # the mark and the first chunk


def slim(source: Path, target: Path, wish: Wish) -> list[str]:
    """Animated ones stay so, with all their colours."""
    _packed(source, target, wish)
    if wish.lossy and kind_of(source) == "png":
        few, packed = target.with_suffix(".few"), target.with_suffix(".packed")
        _image(source).pngsave(str(few), palette=True, Q=QUALITY, effort=4 if wish.quick else 8, keep="all")
        _packed(few, packed, wish)
        if packed.stat().st_size < target.stat().st_size:
            packed.replace(target)
    orientation = 1 if wish.keeps_notes else note(_image(source), "orientation", 1)
    if orientation > 1:
        target.write_bytes(_turned(target.read_bytes(), orientation))
    return []


def _image(source: Path) -> Image:
    return Image.pngload(str(source), access="sequential")


def _packed(source: Path, target: Path, wish: Wish) -> None:
    how: dict[str, Any] = {"strip": oxipng.StripChunks.none() if wish.keeps_notes else oxipng.StripChunks.safe()}
    image = _image(source)
    if wish.progressive:
        how |= {"interlace": oxipng.Interlacing.Adam7, "force": True}
    if wish.quick:
        how |= {"filter": filters(image), "deflate": HASTE}
    oxipng.optimize(source, target, level=effort(image, wish), **how)


def effort(image: Image, wish: Wish) -> int:
    pixels = image.width * image.height
    able = (level for level, most in EFFORTS if most is None or pixels <= most)
    return min(next(able), QUICK) if wish.quick else next(able)


def _turned(content: bytes, orientation: int) -> bytes:
    chunk = b"eXIf" + upright_note(orientation)
    framed = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return content[:HEADER] + framed + content[HEADER:]
