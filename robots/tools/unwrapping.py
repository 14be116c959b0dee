"""Unwrapping: what lzip and uuencoded files hold, which 7-Zip cannot read. Runs in a warm child."""

from __future__ import annotations

import binascii
import lzma
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from robots.base.errors import BadInput, RobotError
from robots.tools.members import decoded, placed
from robots.tools.sevenzip import INVALID, Caps
from robots.tools.unpacking import Allowance, damaged
from robots.tools.wrappings import HEAD, LETTERS

PIECE = 256 << 10
FRONT, TRAILER = struct.Struct("<4sBB"), struct.Struct("<IQQ")
# What is usual for LZMA, and all that lzip ever uses.
USUAL = {"id": lzma.FILTER_LZMA1, "lc": 3, "lp": 0, "pb": 2}
SMALLEST, LARGEST = 1 << 12, 512 << 20  # dictionaries of lzip
LONGEST_LINE = 64 << 10
BASE64_END = b"===="

Write = Callable[[bytes], None]


def unwrap(source: str, target: str, kind: str, packed: int, caps: dict[str, int]) -> dict[str, Any]:
    """Writes what a wrapper holds; tells the name that it gives to it, and whether that was the whole file."""
    allowance = Allowance(Caps(**caps), packed)
    with Path(source).open("rb") as wrapped, Path(target).open("xb") as made:

        def write(piece: bytes) -> None:
            allowance.spend(len(piece))
            made.write(piece)

        name = _lzip(wrapped, write) if kind == "lzip" else _letters(wrapped, write)
        return {"name": name, "whole": not wrapped.read(PIECE).strip()}


def _lzip(wrapped: BinaryIO, write: Write) -> str:
    """Members follow each other; what comes after them is no part of the file."""
    while True:
        start = wrapped.tell()
        head = wrapped.read(FRONT.size)
        if not head.startswith(b"LZIP\1") or len(head) < FRONT.size:
            wrapped.seek(start)
            return ""
        _member(wrapped, head[-1], start, write)


def _member(wrapped: BinaryIO, coded: int, start: int, write: Write) -> None:
    decoder = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[{**USUAL, "dict_size": _dictionary(coded)}])
    check = size = 0
    while not decoder.eof:
        packed = wrapped.read(PIECE) if decoder.needs_input else b""
        if decoder.needs_input and not packed:
            raise _cut()
        try:
            piece = decoder.decompress(packed, PIECE)
        except lzma.LZMAError as error:
            raise damaged() from error
        check, size = zlib.crc32(piece, check), size + len(piece)
        write(piece)
    wrapped.seek(-len(decoder.unused_data), 1)
    trailer = wrapped.read(TRAILER.size)
    if len(trailer) < TRAILER.size:
        raise _cut()
    if TRAILER.unpack(trailer) != (check, size, wrapped.tell() - start):
        raise damaged()


def _dictionary(coded: int) -> int:
    """A power of two less some sixteenths of it."""
    base = 1 << (coded & 0x1F)
    size = base - (base >> 4) * (coded >> 5)
    if not SMALLEST <= size <= LARGEST:
        raise damaged()
    return size


def _letters(wrapped: BinaryIO, write: Write) -> str:
    """The first file of a letter, whatever was written above it."""
    begins = LETTERS.search(wrapped.read(HEAD))
    if begins is None:
        raise damaged()
    wrapped.seek(begins.end())
    (_base64 if begins["base64"] else _lines)(wrapped, write)
    return placed(decoded(begins["name"], "uu"))[1]


def _lines(wrapped: BinaryIO, write: Write) -> None:
    """Each begins with its length; spaces at its end may have got lost, and some programs add a letter as a check."""
    while (line := _line(wrapped)) != b"end":
        count = (line[0] - 32) & 63 if line else 0
        try:
            write(binascii.a2b_uu(line[: 1 + -(-count // 3) * 4] or b" "))
        except binascii.Error as error:
            raise damaged() from error


def _base64(wrapped: BinaryIO, write: Write) -> None:
    """Lines may be as long as they like, and end in the midst of four letters."""
    rest = b""
    while (line := _line(wrapped)) != BASE64_END:
        rest += line
        whole = len(rest) & ~3
        try:
            write(binascii.a2b_base64(rest[:whole], strict_mode=True))
        except binascii.Error as error:
            raise damaged() from error
        rest = rest[whole:]
    if rest:
        raise damaged()


def _line(wrapped: BinaryIO) -> bytes:
    line = wrapped.readline(LONGEST_LINE)
    if not line:
        raise _cut()
    return line.rstrip(b"\r\n")


def _cut() -> RobotError:
    return BadInput("The archive ends early.", INVALID)
