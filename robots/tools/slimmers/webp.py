"""Makes WebPs smaller: lossless ones are packed better, and metadata goes if it may."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

from pyvips import Image

from robots.tools.images.picture import note
from robots.tools.slimmers.wish import Wish, upright_note

HEAD = 12
FRAME = 16  # what stands in a frame before its own chunks
NOTES = {b"EXIF", b"XMP "}
HAS_EXIF, HAS_XMP = 0x08, 0x04
Chunk = tuple[bytes, bytes]


def slim(source: Path, target: Path, wish: Wish) -> list[str]:
    """A lossy one cannot be packed better without losing more."""
    content = source.read_bytes()
    made = [content if wish.keeps_notes else _stripped(content, _orientation(source))]
    if lossless(content):
        made.append(_saved(source, wish))
    target.write_bytes(min(made, key=len))
    return []


def lossless(content: bytes) -> bool:
    """Whether all its pictures are."""
    kinds = {kind for kind, _ in _pictures(chunks(content, HEAD))}
    return kinds == {b"VP8L"}


def chunks(content: bytes, start: int) -> Iterator[Chunk]:
    at = start
    while at + 8 <= len(content):
        kind, length = struct.unpack_from("<4sI", content, at)
        yield kind, content[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _pictures(found: Iterable[Chunk]) -> Iterator[Chunk]:
    for kind, body in found:
        if kind == b"ANMF":
            yield from _pictures(chunks(body, FRAME))
        elif kind in {b"VP8 ", b"VP8L"}:
            yield kind, body


def _saved(source: Path, wish: Wish) -> bytes:
    image = Image.webpload(str(source), n=-1)
    how = {"lossless": True, "exact": True, "effort": 4 if wish.quick else 6, "min_size": not wish.quick}
    made = image.webpsave_buffer(keep="all", **how)
    return bytes(made) if wish.keeps_notes else _stripped(bytes(made), note(image, "orientation", 1))


def _orientation(source: Path) -> int:
    return int(note(Image.webpload(str(source)), "orientation", 1))


def _stripped(content: bytes, orientation: int) -> bytes:
    """Without EXIF and XMP; what says how the camera was held stays."""
    kept = [[kind, body] for kind, body in chunks(content, HEAD) if kind not in NOTES]
    if kept and kept[0][0] == b"VP8X":
        flags = kept[0][1][0] & ~(HAS_EXIF | HAS_XMP) | (HAS_EXIF if orientation > 1 else 0)
        kept[0][1] = bytes([flags]) + kept[0][1][1:]
        if orientation > 1:
            kept.append([b"EXIF", upright_note(orientation)])
    body = b"".join(kind + struct.pack("<I", len(part)) + part + b"\0" * (len(part) % 2) for kind, part in kept)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body
