"""The size of a JPEG XL, read from its header; its library decodes all of it as soon as it is opened."""

from __future__ import annotations

import struct
from io import SEEK_CUR
from pathlib import Path
from typing import BinaryIO

from robots.base.errors import BadInput
from robots.base.geometry import Size

HEADER = 16
RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
DIGITS = (9, 13, 18, 30)
MARK = b"\xff\x0a"


def size_of(path: Path) -> Size:
    with path.open("rb") as file:
        bits = Bits(_codestream(file))
    small = bool(bits.take(1))
    height = bits.side(small)
    ratio = bits.take(3)
    if ratio == 0:
        return Size(bits.side(small), height)
    across, down = RATIOS[ratio - 1]
    return Size(height * across // down, height)


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

    def side(self, small: bool) -> int:
        """Small sides are stored in steps of eight pixels."""
        return (self.take(5) + 1) * 8 if small else self.take(DIGITS[self.take(2)]) + 1
