"""Small films and sounds, byte by byte, with places in which to lie."""

from __future__ import annotations

import struct
from collections.abc import Sequence

RATE = 8000
RED = b"\xff\0\0"


def atom(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def wav(samples: int, *, told: int | None = None, rate: int = RATE) -> bytes:
    """A tone of 16 bits; `told` is how many bytes its header claims."""
    content = b"".join(struct.pack("<h", (n % 40 - 20) * 800) for n in range(samples))
    told = len(content) if told is None else told
    form = struct.pack("<HHIIHH", 1, 1, rate, 2 * rate & 0xFFFFFFFF, 2, 16)
    return (
        b"RIFF"
        + struct.pack("<I", min(36 + told, 0xFFFFFFFF))
        + b"WAVEfmt \x10\0\0\0"
        + form
        + b"data"
        + struct.pack("<I", told)
        + content
    )


def avi(
    width: int = 16,
    height: int = 16,
    frames: int = 4,
    *,
    subtitle: bytes = b"",
    rate: int = 10,
    told: int | None = None,
) -> bytes:
    """Uncompressed frames of red; `told` is how many the header claims."""
    row = RED[::-1] * width
    picture = (row + b"\0" * (-len(row) % 4)) * height if width * height < 1 << 16 else bytes(64)
    count = frames if told is None else told
    streams = [
        _stream(
            b"vids",
            b"DIB ",
            rate,
            count,
            struct.pack("<IiiHH4sIiiII", 40, width, height, 1, 24, bytes(4), len(picture) & 0xFFFFFFFF, 0, 0, 0, 0),
        )
    ]
    if subtitle:
        streams.append(_stream(b"txts", bytes(4), 1, 1, b""))
    head = struct.pack("<10I", 1_000_000 // max(rate, 1), 0, 0, 0x10, count, 0, len(streams), 0, width, height) + bytes(
        16
    )
    texts = _riff(b"01tx", subtitle) if subtitle else b""
    body = b"".join(_riff(b"00db", picture) for _ in range(frames))
    hdrl = _list(b"hdrl", _riff(b"avih", head), *streams)
    return _list(b"AVI ", hdrl, _list(b"movi", texts, body), mark=b"RIFF")


def _stream(kind: bytes, codec: bytes, rate: int, count: int, form: bytes) -> bytes:
    head = kind + codec + struct.pack("<IHHIIIIIIiI4H", 0, 0, 0, 0, 1, rate, 0, count, 0, -1, 0, 0, 0, 0, 0)
    return _list(b"strl", _riff(b"strh", head), _riff(b"strf", form))


def _riff(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _list(kind: bytes, *parts: bytes, mark: bytes = b"LIST") -> bytes:
    return _riff(mark, kind + b"".join(parts))


def mov(
    *,
    dref: bytes = b"",
    samples: int = 800,
    told: int | None = None,
    timescale: int = RATE,
    duration: int | None = None,
    tracks: int = 1,
    edits: bytes = b"",
    entry: bytes = b"",
    notes: bytes = b"",
    picture: bytes = b"",
    runs: Sequence[tuple[int, int]] = (),
) -> bytes:
    """A tone in a QuickTime film; each argument replaces one part of the truth."""
    content = picture or wav(samples)[44:]
    samples, size = (1, len(picture)) if picture else (samples, 2)
    ftyp = atom(b"ftyp", b"qt  \0\0\2\0qt  ")
    mdat = atom(b"mdat", content)
    count = samples if told is None else told
    length = count if duration is None else duration
    head = struct.pack(">IIIII", 0, 0, 0, timescale, length & 0xFFFFFFFF)
    mvhd = atom(b"mvhd", head, struct.pack(">IH", 0x10000, 0x100), bytes(70), struct.pack(">I", tracks + 1))
    runs = runs or [(count, 1)]
    table = (
        atom(b"stsd", struct.pack(">II", 0, 1), entry or _twos())
        + atom(b"stts", struct.pack(">II", 0, len(runs)), *(struct.pack(">II", *run) for run in runs))
        + atom(b"stsc", struct.pack(">IIIII", 0, 1, 1, count, 1))
        + atom(b"stsz", struct.pack(">III", 0, size, count))
        + atom(b"stco", struct.pack(">III", 0, 1, len(ftyp) + 8))
    )
    dinf = atom(b"dinf", dref or atom(b"dref", struct.pack(">II", 0, 1), atom(b"url ", b"\0\0\0\1")))
    minf = (atom(b"vmhd", bytes(12)) if entry else atom(b"smhd", bytes(8))) + dinf + atom(b"stbl", table)
    hdlr = atom(b"hdlr", bytes(4), b"mhlr", b"vide" if entry else b"soun", bytes(13))
    mdia = atom(b"mdia", atom(b"mdhd", head, bytes(4)), hdlr, atom(b"minf", minf))
    trak = b"".join(
        atom(
            b"trak",
            atom(b"tkhd", struct.pack(">IIIIII", 15, 0, 0, number + 1, 0, length & 0xFFFFFFFF), bytes(60)),
            edits,
            mdia,
        )
        for number in range(tracks)
    )
    return ftyp + mdat + atom(b"moov", mvhd, trak, notes)


def _twos() -> bytes:
    return atom(b"sowt", bytes(6), struct.pack(">HIIHHHHI", 1, 0, 0, 1, 16, 0, 0, RATE << 16))


def picture_entry(codec: bytes, width: int, height: int) -> bytes:
    """What a film says of its pictures."""
    form = struct.pack(">HHIIIHHIIIH", 1, 0, 0, 0, 0, width, height, 0x480000, 0x480000, 0, 1)
    return atom(codec, bytes(6), form, bytes(32), struct.pack(">Hh", 24, -1))


def mkv(*, unknown_sizes: bool = False, depth: int = 0, duration: float = 100.0, width: int = 16) -> bytes:
    """Uncompressed sound or picture in a Matroska file."""

    def element(mark: str, *parts: bytes, open_end: bool = False) -> bytes:
        body = b"".join(parts)
        size = b"\x01" + b"\xff" * 7 if open_end else struct.pack(">Q", 1 << 56 | len(body))
        return bytes.fromhex(mark) + size + body

    def number(mark: str, value: int) -> bytes:
        return element(mark, value.to_bytes(8, "big"))

    ebml = element("1A45DFA3", element("4282", b"matroska"), number("4287", 4), number("4285", 2))
    info = element("1549A966", number("2AD7B1", 1_000_000), element("4489", struct.pack(">d", duration)))
    video = element("E0", number("B0", width), number("BA", 16), element("2EB524", b"RGB\x18"))
    track = element("AE", number("D7", 1), number("73C5", 1), number("83", 1), element("86", b"V_UNCOMPRESSED"), video)
    block = element("A3", b"\x81\0\0\x80", RED * 256)
    cluster = element("1F43B675", number("E7", 0), block, open_end=unknown_sizes)
    tags = b""
    for _ in range(depth):
        tags = element("67C8", element("45A3", b"A"), tags)
    wrapped = element("1254C367", element("7373", tags)) if depth else b""
    return ebml + element("18538067", info, element("1654AE6B", track), wrapped, cluster, open_end=unknown_sizes)
