"""What the header of a JPEG XL says; its library decodes all of it at once, and says nothing of an animation."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from io import SEEK_CUR
from pathlib import Path
from typing import BinaryIO

from robots.base.errors import BadInput
from robots.base.geometry import Size

HEADER = 40
RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
DIGITS = (9, 13, 18, 30)
ORIENTATION = 3  # bits
# The bits of a preview's sides, which are counted in steps of eight pixels or in single ones.
PREVIEW_STEPS = (0, 0, 5, 9)
PREVIEW_PIXELS = (6, 8, 10, 12)
MARK = b"\xff\x0a"


@dataclass(frozen=True, slots=True)
class Header:
    size: Size
    animated: bool


def header_of(path: Path) -> Header:
    with path.open("rb") as file:
        bits = Bits(_codestream(file))
    return Header(bits.size(), _animated(bits))


def _animated(bits: Bits) -> bool:
    """The mark comes after the other notes that a picture may have."""
    plain = bits.flag()
    if plain or not bits.flag():
        return False
    bits.take(ORIENTATION)
    if bits.flag():
        bits.size()  # at which it is meant to be shown
    if bits.flag():
        _skip_preview(bits)
    return bits.flag()


def _skip_preview(bits: Bits) -> None:
    sides = PREVIEW_STEPS if bits.flag() else PREVIEW_PIXELS
    bits.take(sides[bits.take(2)])
    if bits.take(3) == 0:
        bits.take(sides[bits.take(2)])


def _codestream(file: BinaryIO) -> bytes:
    """What follows the mark, at the start of the file or in the first box that holds pixels."""
    if file.read(len(MARK)) == MARK:
        return file.read(HEADER)
    file.seek(0)
    while len(head := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        if kind in {b"jxlc", b"jxlp"}:
            file.seek(4 if kind == b"jxlp" else 0, SEEK_CUR)
            return file.read(len(MARK) + HEADER)[len(MARK) :]
        if length == 1:
            length = int.from_bytes(file.read(8), "big") - 8
        if length < 8:
            break
        file.seek(length - 8, SEEK_CUR)
    raise BadInput("The picture is damaged: it holds no pixels.")


class Bits:
    """Reads numbers from bits, the lowest first."""

    def __init__(self, content: bytes) -> None:
        self.rest = int.from_bytes(content, "little")

    def take(self, count: int) -> int:
        value = self.rest & ((1 << count) - 1)
        self.rest >>= count
        return value

    def flag(self) -> bool:
        return bool(self.take(1))

    def size(self) -> Size:
        small = self.flag()
        height = self.side(small)
        ratio = self.take(3)
        if ratio == 0:
            return Size(self.side(small), height)
        across, down = RATIOS[ratio - 1]
        return Size(height * across // down, height)

    def side(self, small: bool) -> int:
        """Small sides are stored in steps of eight pixels."""
        return (self.take(5) + 1) * 8 if small else self.take(DIGITS[self.take(2)]) + 1
