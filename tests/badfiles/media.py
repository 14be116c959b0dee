"""Films and sounds whose headers lie, and bytes that are none."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable

from tests.badfiles.bad import Bad, Kind, fixed
from tests.badfiles.deflate import zeros
from tests.badfiles.movies import RATE, atom, avi, mkv, mov, picture_entry, wav
from tests.badfiles.rasters import chunk, png

KINDS = {
    "sample-tables": Kind(73, "Tables of samples that promise more than the file holds."),
    "nested-boxes": Kind(73, "Boxes within boxes, deeper than a stack.", "ffmpeg stops at a depth."),
    "absurd-clock": Kind(73, "Clocks that stand still or run mad, and lengths of centuries."),
    "sound-lie": Kind(
        73, "Sounds whose header is beyond what any ear or memory takes.", "ffmpeg believes no such header."
    ),
    "flac-picture": Kind(
        73, "A cover picture that claims to be larger than its file.", "ffmpeg leaves out a picture that cannot be."
    ),
    "unknown-sizes": Kind(
        73,
        "A container that says of nothing how long it is.",
        "ffmpeg reads such containers piece by piece, as they come live.",
    ),
    "many-streams": Kind(73, "More streams than any player knows.", "ffmpeg stops at a thousand streams."),
    "frame-in-film": Kind(
        60, "A film of ordinary size whose one frame is a bomb.", "ffmpeg takes no frame of more than 268 megapixels."
    ),
    "compressed-header": Kind(73, "A header that inflates without end."),
    "no-media": Kind(72, "Bytes that are no film, under the name of one."),
}


def _nested(depth: int) -> bytes:
    """Boxes that only claim to be long, so that depth costs eight bytes each."""
    return b"".join(struct.pack(">I4s", 8 * (depth - n), b"moov" if n % 2 else b"trak") for n in range(depth))


def _flac(blocks: bytes) -> bytes:
    info = struct.pack(">HH6x", 4096, 4096) + (RATE << 44 | 15 << 36 | 800).to_bytes(8, "big") + bytes(16)
    return b"fLaC\0\0\0\x22" + info + blocks + b"\xff\xf8\x59\x0c\0" + bytes(64)


def _flac_picture() -> bytes:
    body = (
        struct.pack(">II", 3, 9)
        + b"image/png"
        + struct.pack(">I", 0)
        + struct.pack(">5I", 2**31, 2**31, 24, 0, 2**32 - 1)
    )
    return _flac(b"\x86" + len(body).to_bytes(3, "big") + body)


def _flv() -> bytes:
    """Notes within notes: an object of one key that is an object of one key."""
    body = b"\2\0\x0aonMetaData" + b"\3\0\1a" * 200_000
    tag = b"\x12" + len(body).to_bytes(3, "big") + bytes(7) + body
    return b"FLV\1\5\0\0\0\x09\0\0\0\0" + tag + struct.pack(">I", len(tag))


def _ogg(chains: int) -> bytes:
    pages = (b"OggS\0\2" + bytes(8) + struct.pack("<III", n, 0, 0) + b"\1\x08fishead\0" for n in range(chains))
    return b"".join(pages)


def _cmov() -> bytes:
    packed = struct.pack(">I", 1 << 30) + zeros(1 << 30)
    return atom(b"ftyp", b"qt  \0\0\2\0qt  ") + atom(
        b"moov", atom(b"cmov", atom(b"dcom", b"zlib"), atom(b"cmvd", packed))
    )


def _edits(count: int, rate: int = 0x10000) -> bytes:
    return atom(b"edts", atom(b"elst", struct.pack(">II", 0, count), struct.pack(">IiI", 1, 0, rate) * count))


def _transport() -> bytes:
    noise = random.Random(5)
    return b"".join(b"G" + noise.randbytes(187) for _ in range(400))


def _yuv() -> bytes:
    return b"YUV4MPEG2 W60000 H60000 F25:1 C420\nFRAME\n" + bytes(99)


def _film(picture: bytes) -> bytes:
    return mov(entry=picture_entry(b"png ", 16, 16), picture=picture)


def _noise(seed: int, count: int) -> Callable[[], bytes]:
    return lambda: random.Random(seed).randbytes(count)


FILES: tuple[Bad, ...] = (
    fixed("mp4-4g-samples.mp4", "sample-tables", lambda: mov(told=2**32 - 1)),
    fixed("mp4-stts-runs.mp4", "sample-tables", lambda: mov(runs=[(2**31 - 1, 2**31 - 1)] * 50_000)),
    fixed("mp4-edit-list.mp4", "sample-tables", lambda: mov(edits=_edits(200_000))),
    fixed("mp4-edit-still.mp4", "sample-tables", lambda: mov(edits=_edits(3, 0))),
    fixed("avi-4g-frames.avi", "sample-tables", lambda: avi(told=2**32 - 1)),
    fixed("mp4-nested-boxes.mp4", "nested-boxes", lambda: atom(b"ftyp", b"isom\0\0\2\0isom") + _nested(100_000)),
    fixed("mkv-nested-tags.mkv", "nested-boxes", lambda: mkv(depth=400)),
    fixed("flv-nested-notes.flv", "nested-boxes", _flv),
    fixed("mp4-timescale-zero.mp4", "absurd-clock", lambda: mov(timescale=0)),
    fixed("mp4-timescale-huge.mp4", "absurd-clock", lambda: mov(timescale=2**32 - 1)),
    fixed("mp4-duration-136-years.mp4", "absurd-clock", lambda: mov(timescale=1, duration=2**32 - 1)),
    fixed("mp4-sample-136-years.mp4", "absurd-clock", lambda: mov(timescale=1, runs=[(800, 2**31 - 1)])),
    fixed("mkv-duration-nan.mkv", "absurd-clock", lambda: mkv(duration=float("nan"))),
    fixed("mkv-duration-infinite.mkv", "absurd-clock", lambda: mkv(duration=float("inf"))),
    fixed("mkv-duration-1e300.mkv", "absurd-clock", lambda: mkv(duration=1e300)),
    fixed("avi-rate-2g.avi", "absurd-clock", lambda: avi(rate=2**31 - 1)),
    fixed("avi-rate-zero.avi", "absurd-clock", lambda: avi(rate=0)),
    fixed("wav-4gb.wav", "sound-lie", lambda: wav(800, told=2**32 - 1)),
    fixed("wav-rate-zero.wav", "sound-lie", lambda: wav(800, rate=0)),
    fixed("wav-rate-4g.wav", "sound-lie", lambda: wav(800, rate=2**32 - 1)),
    fixed(
        "wav-65535-channels.wav",
        "sound-lie",
        lambda: wav(8000).replace(b"\1\0\1\0\x40\x1f", b"\1\0\xff\xff\x40\x1f", 1),
    ),
    fixed("flac-picture.flac", "flac-picture", _flac_picture),
    fixed("mkv-unknown-sizes.mkv", "unknown-sizes", lambda: mkv(unknown_sizes=True)),
    fixed("ogg-4000-chains.ogg", "many-streams", lambda: _ogg(4000)),
    fixed("mp4-5000-tracks.mp4", "many-streams", lambda: mov(tracks=5000, samples=10)),
    fixed("mov-png-900mp.mov", "frame-in-film", lambda: _film(png(30000, 30000))),
    fixed(
        "mov-apng-frames.mov",
        "frame-in-film",
        lambda: _film(png(16, 16, chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0)), depth=8)),
    ),
    fixed("avi-dims.avi", "frame-in-film", lambda: avi(60000, 60000)),
    fixed("mkv-dims.mkv", "frame-in-film", lambda: mkv(width=2**31 - 1)),
    fixed("yuv-dims.y4m", "frame-in-film", _yuv),
    fixed("mov-compressed-header.mov", "compressed-header", _cmov),
    fixed("zero-bytes.mp4", "no-media", lambda: b""),
    fixed("zeros.mp4", "no-media", lambda: bytes(1 << 16)),
    fixed("random.mp4", "no-media", _noise(1, 1 << 16)),
    fixed("random.mp3", "no-media", _noise(2, 1 << 16)),
    fixed("random.jpg", "no-media", _noise(3, 1 << 12)),
    fixed("random-frames.mp3", "no-media", lambda: (b"\xff\xfb\x90\xc4" + random.Random(4).randbytes(413)) * 20),
    fixed("random-packets.ts", "no-media", _transport),
    fixed("head-only.mp4", "no-media", lambda: atom(b"ftyp", b"isom\0\0\2\0isomavc1mp41")),
    fixed("text.mp4", "no-media", lambda: b"this is no film\n" * 100),
)
