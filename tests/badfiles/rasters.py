"""Pictures byte by byte: plain ones by a few lines each, and headers that promise more than there is."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from functools import cache

from tests.badfiles.deflate import zeros

PNG = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *middle: bytes, depth: int = 1, color: int = 0, full: bool = True) -> bytes:
    """All black; `full` says that the pixels are there, however many; `middle` are chunks before them."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0))
    bits = depth * {0: 1, 2: 3, 6: 4}[color]
    rows = (1 + (width * bits + 7) // 8) * height if full else 64
    return PNG + head + b"".join(middle) + chunk(b"IDAT", zeros(rows)) + chunk(b"IEND", b"")


def gif(screen: tuple[int, int], frames: Iterable[tuple[int, int]], *, delay: int = 1) -> bytes:
    """Frames of one colour, which LZW makes tiny."""
    head = b"GIF89a" + struct.pack("<HHBBB", *screen, 0x80, 0, 0) + bytes(3) + b"\xff\xff\xff"
    return head + b"".join(_gif_frame(width, height, delay) for width, height in frames) + b";"


@cache
def _gif_frame(width: int, height: int, delay: int) -> bytes:
    control = b"!\xf9\4\0" + struct.pack("<H", delay) + b"\0\0"
    return control + b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\2" + _blocks(_lzw(width * height))


def _blocks(content: bytes) -> bytes:
    pieces = (content[at : at + 255] for at in range(0, len(content), 255))
    return b"".join(bytes([len(piece)]) + piece for piece in pieces) + b"\0"


def _lzw(pixels: int) -> bytes:
    """A run of zeros: each code stands for one pixel more than the code before it, until the table is full."""
    value = place = 0
    made = bytearray()
    for code, width in _codes(pixels):
        value |= code << place
        place += width
        while place >= 8:
            made.append(value & 255)
            value >>= 8
            place -= 8
    return bytes(made) + bytes([value])


def _codes(pixels: int) -> Iterator[tuple[int, int]]:
    yield 4, 3
    run, width, done = 1, 3, 0
    while done < pixels:
        run = min(run, pixels - done)
        yield (run + 4 if run > 1 else 0), width
        done += run
        longest = min(run + 1, 4090)
        # The reader's table lags one entry behind.
        width = max(width, min(12, (longest + 4).bit_length() if run > 1 else 3))
        run = longest
    yield 5, width


def jpeg(width: int, height: int, *, scans: int = 1, blocks: int | None = None, notes: bytes = b"") -> bytes:
    """All gray. `blocks` is how many are there; more than one of `scans` makes it progressive."""
    count = -(-width // 8) * -(-height // 8) if blocks is None else blocks
    frame = b"\xff\xc2" if scans > 1 else b"\xff\xc0"
    head = b"\xff\xd8" + notes + b"\xff\xdb\0\x43\0" + b"\1" * 64
    head += frame + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0"
    if scans == 1:
        tables = _huffman(0, 0) + _huffman(0x10, 0)
        return head + tables + b"\xff\xda\0\x08\1\1\0\0\x3f\0" + _bits("0" * (2 * count)) + b"\xff\xd9"
    runs = [min(32767, count - at) for at in range(0, count, 32767)]
    # EOB14: a run of blocks without anything new.
    empty = "".join("0" + f"{run - 16384:014b}" for run in runs if run >= 16384)
    scan = b"\xff\xda\0\x08\1\1\0\1\x3f\0" + _bits(empty)
    first = _huffman(0, 0) + b"\xff\xda\0\x08\1\1\0\0\0\0" + _bits("0" * count)
    return head + first + _huffman(0x10, 0xE0) + scan * (scans - 1) + b"\xff\xd9"


def segment(mark: int, body: bytes) -> bytes:
    """A note in a JPEG."""
    return bytes([0xFF, mark]) + struct.pack(">H", len(body) + 2) + body


def _huffman(place: int, symbol: int) -> bytes:
    """A table of one symbol, whose code is a single zero."""
    return b"\xff\xc4" + struct.pack(">H", 20) + bytes([place, 1]) + bytes(15) + bytes([symbol])


def _bits(text: str) -> bytes:
    padded = text + "1" * (-len(text) % 8)
    return int(padded or "1", 2).to_bytes(len(padded) // 8, "big").replace(b"\xff", b"\xff\0")


def webp(width: int, height: int, frames: int = 1, canvas: tuple[int, int] | None = None) -> bytes:
    """One colour, for which the lossless coder needs no bit at all."""
    bits = 0b0001_0001_0001_0001_0001 << 35 | (height - 1) << 14 | (width - 1)
    picture = _riff(b"VP8L", b"\x2f" + bits.to_bytes(7, "little"))
    if frames == 1 and canvas is None:
        return _riff(b"RIFF", b"WEBP" + picture)
    across, down = canvas or (width, height)
    head = _riff(b"VP8X", b"\2\0\0\0" + (across - 1).to_bytes(3, "little") + (down - 1).to_bytes(3, "little"))
    place = bytes(6) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little") + b"\1\0\0\0"
    return _riff(b"RIFF", b"WEBP" + head + _riff(b"ANIM", bytes(6)) + _riff(b"ANMF", place + picture) * frames)


def _riff(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def tiff(
    width: int, height: int, *, pages: int = 1, loop: bool = False, strip: bytes = b"\0", packed: bool = False
) -> bytes:
    """Gray pages that share one strip; with `loop` the last page leads back to the first."""
    start = 8 + len(strip) + len(strip) % 2
    tags = (
        (256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 8 if packed else 1), (262, 3, 1),
        (273, 4, 8), (277, 3, 1), (278, 4, height), (279, 4, len(strip)),
    )  # fmt: skip
    length = 2 + 12 * len(tags) + 4
    made = [b"II*\0", struct.pack("<I", start), strip, b"\0" * (len(strip) % 2)]
    for page in range(pages):
        last = page == pages - 1
        following = (start if loop else 0) if last else start + length * (page + 1)
        made += [
            struct.pack("<H", len(tags)),
            *(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags),
        ]
        made.append(struct.pack("<I", following))
    return b"".join(made)


def bmp(width: int, height: int, bits: int = 24, *, told: int = 40) -> bytes:
    return (
        b"BM"
        + struct.pack("<IHHI", 54 + 64, 0, 0, 54)
        + struct.pack("<IiiHHIIiiII", told, width, height, 1, bits, 0, 0, 0, 0, 0, 0)
        + bytes(64)
    )


def boxed(brand: bytes, width: int, height: int) -> bytes:
    """An AVIF or HEIC whose header is whole and whose picture is not."""
    codec, form = (b"av01", b"av1C\x81\0\x0c\0") if brand == b"avif" else (b"hvc1", b"hvcC" + bytes(23))
    config = struct.pack(">I", 4 + len(form)) + form
    size = _box(b"ispe", bytes(4), struct.pack(">II", width, height))
    entry = _box(b"infe", b"\2\0\0\0", struct.pack(">HH", 1, 0), codec, b"\0")
    props = _box(b"iprp", _box(b"ipco", size, config), _box(b"ipma", bytes(4), struct.pack(">IHBBB", 1, 1, 2, 1, 0x82)))
    place = _box(b"iloc", bytes(4), b"\x44\0", struct.pack(">HHHHII", 1, 1, 0, 1, 40, 32))
    meta = _box(
        b"meta", bytes(4), _box(b"hdlr", bytes(8), b"pict", bytes(13)), _box(b"pitm", bytes(4), b"\0\1"),
        place, _box(b"iinf", bytes(4), b"\0\1", entry), props,
    )  # fmt: skip
    return _box(b"ftyp", brand, bytes(4), b"mif1", brand) + meta + _box(b"mdat", bytes(64))


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body
