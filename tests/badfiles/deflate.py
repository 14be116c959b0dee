"""A piece of bytes deflated many times over, quickly: each time it is the same bytes again."""

from __future__ import annotations

import struct
import zlib

PIECE = 1 << 20


def raw(piece: bytes, times: int) -> bytes:
    """A whole deflate stream. After a full flush the coder remembers nothing, so each piece is coded alike."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    same = deflate.compress(piece) + deflate.flush(zlib.Z_FULL_FLUSH)
    return same * times + deflate.flush()


def zeros(count: int) -> bytes:
    """So many zeros for zlib, which are never all in memory."""
    whole, rest = divmod(count, PIECE)
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    same = deflate.compress(bytes(PIECE)) + deflate.flush(zlib.Z_FULL_FLUSH)
    tail = deflate.compress(bytes(rest)) + deflate.flush()
    adler = (count % 65521) << 16 | 1
    return b"\x78\xda" + same * whole + tail + struct.pack(">I", adler)


def gzipped(piece: bytes, times: int, head: bytes = b"", tail: bytes = b"") -> bytes:
    """The piece many times, between two others; as one gzip member."""
    check, length = zlib.crc32(head), len(head) + len(piece) * times + len(tail)
    for _ in range(times):
        check = zlib.crc32(piece, check)
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    first = deflate.compress(head) + deflate.flush(zlib.Z_FULL_FLUSH)
    same = deflate.compress(piece) + deflate.flush(zlib.Z_FULL_FLUSH)
    last = deflate.compress(tail) + deflate.flush()
    mark = b"\x1f\x8b\x08\0\0\0\0\0\2\xff"
    return mark + first + same * times + last + struct.pack("<II", zlib.crc32(tail, check), length & 0xFFFFFFFF)
