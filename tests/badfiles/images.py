"""Pictures that promise or hold more than a server has, and files that call themselves pictures."""
# ruff: noqa: E501 - each line of the table is one file.

from __future__ import annotations

import random
import struct
import zlib

from tests.badfiles.bad import Kind, fixed
from tests.badfiles.deflate import zeros
from tests.badfiles.rasters import PNG, bmp, boxed, chunk, gif, jpeg, png, segment, tiff, webp

KINDS = {
    "pixel-bomb": Kind(60, "A tiny file that decodes to more pixels than a server has memory for."),
    "dimension-lie": Kind(60, "A header that promises a huge picture, for which a reader makes room at once."),
    "icon-bomb": Kind(60, "An icon that holds a huge picture."),
    "frame-bomb": Kind(61, "More frames or pages than anybody can look at."),
    "page-loop": Kind(61, "A page that leads back to itself.", "libtiff notices pages that lead back."),
    "scan-bomb": Kind(66, "A small JPEG whose scans go over every block again and again."),
    "loader-sniff": Kind(62, "The format of some obscure reader under the name of a photo."),
    "profile-bomb": Kind(
        60,
        "A colour profile that inflates to more than the picture.",
        "libpng leaves out a profile of more than a few megabytes.",
    ),
    "broken-tables": Kind(
        78,
        "Tables and depths that no writer makes and old readers ran over.",
        "the decoders of today check their tables.",
    ),
}


def _apng(frames: int) -> bytes:
    control = struct.pack(">IIIIIHHBB", 0, 1, 1, 0, 0, 1, 10, 0, 0)
    return png(1, 1, chunk(b"acTL", struct.pack(">II", frames, 0)), chunk(b"fcTL", control), depth=8)


def _ico(picture: bytes, size: int = 0) -> bytes:
    return struct.pack("<HHH", 0, 1, 1) + struct.pack("<BBBBHHII", size, size, 0, 0, 1, 32, len(picture), 22) + picture


def _icns(picture: bytes) -> bytes:
    return b"icns" + struct.pack(">I", 16 + len(picture)) + b"ic10" + struct.pack(">I", 8 + len(picture)) + picture


def _jxl(side: int) -> bytes:
    """Both sides: 30 bits of height, and a width that equals it."""
    bits = (side - 1) << 3 | 0b11 << 1 | 1 << 33
    return b"\xff\x0a" + bits.to_bytes(16, "little") + bytes(64)


def _j2k(side: int) -> bytes:
    siz = struct.pack(">HHIIIIIIIIHBBB", 41, 0, side, side, 0, 0, side, side, 0, 0, 1, 7, 1, 1)
    return b"\xff\x4f\xff\x51" + siz + b"\xff\x52\0\x0c\0\0\0\1\0\5\4\4\0\1" + bytes(64)


def _psd(side: int) -> bytes:
    return b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, side, side, 8, 3) + bytes(14) + bytes(64)


def _dds(side: int) -> bytes:
    return (
        b"DDS "
        + struct.pack("<IIIII", 124, 0x1007, side, side, 4 * side & 0xFFFFFFFF)
        + bytes(52)
        + struct.pack("<II4s", 32, 4, b"DXT1")
        + bytes(100)
    )


def _tga(side: int) -> bytes:
    return b"\0\0\2" + bytes(9) + struct.pack("<HHBB", side, side, 24, 0) + bytes(64)


def _pcx(side: int) -> bytes:
    return (
        b"\n\5\1\x08"
        + struct.pack("<HHHHHH", 0, 0, side - 1, side - 1, 72, 72)
        + bytes(48)
        + b"\0\3"
        + struct.pack("<H", side)
        + bytes(90)
    )


def _garbage(seed: int, count: int = 4096) -> bytes:
    return random.Random(seed).randbytes(count)


def _huffman_garbage() -> bytes:
    body = b"\x2f" + ((63 << 14 | 63) | 1 << 32).to_bytes(5, "little") + _garbage(7)
    return b"RIFF" + struct.pack("<I", 12 + len(body)) + b"WEBPVP8L" + struct.pack("<I", len(body)) + body


def _exr() -> bytes:
    return b"\x76\x2f\x31\x01\2\0\0\0channels\0chlist\0" + _garbage(11, 200)


def _nifti() -> bytes:
    return struct.pack("<I", 348) + bytes(340) + b"n+1\0" + bytes(64)


FILES = (
    fixed("webp-268mp-28bytes.webp", "pixel-bomb", lambda: webp(16384, 16384)),
    fixed("gif-256mp.gif", "pixel-bomb", lambda: gif((16000, 16000), [(16000, 16000)])),
    fixed("png-900mp.png", "pixel-bomb", lambda: png(30000, 30000)),
    fixed("png-300mp-deep.png", "pixel-bomb", lambda: png(9000, 33000, depth=8)),
    fixed("tiff-400mp.tiff", "pixel-bomb", lambda: tiff(20000, 20000, strip=zeros(400_000_000), packed=True)),
    fixed("jpeg-256mp.jpg", "pixel-bomb", lambda: jpeg(16000, 16000)),
    fixed("jpeg-4gpx-lie.jpg", "dimension-lie", lambda: jpeg(65500, 65500, blocks=50)),
    fixed("png-dims-lie.png", "dimension-lie", lambda: png(2**31 - 1, 2**31 - 1, depth=8, full=False)),
    fixed("png-dims-row.png", "dimension-lie", lambda: png(2**31 - 1, 1, depth=8, full=False)),
    fixed("png-dims-zero.png", "dimension-lie", lambda: png(0, 0, full=False)),
    fixed("gif-dims-lie.gif", "dimension-lie", lambda: gif((65535, 65535), [(1, 1)])),
    fixed("bmp-dims-lie.bmp", "dimension-lie", lambda: bmp(60000, 60000)),
    fixed("bmp-dims-negative.bmp", "dimension-lie", lambda: bmp(-60000, -2147483648)),
    fixed("tiff-dims-lie.tiff", "dimension-lie", lambda: tiff(2**31, 2**31)),
    fixed("avif-dims-lie.avif", "dimension-lie", lambda: boxed(b"avif", 65536, 65536)),
    fixed("heic-dims-lie.heic", "dimension-lie", lambda: boxed(b"heic", 65536, 65536)),
    fixed("jxl-dims-lie.jxl", "dimension-lie", lambda: _jxl(1 << 20)),
    fixed("jp2-dims-lie.jp2", "dimension-lie", lambda: _j2k(2**31)),
    fixed("psd-dims-lie.psd", "dimension-lie", lambda: _psd(30000)),
    fixed("ppm-dims-lie.ppm", "dimension-lie", lambda: b"P6\n60000 60000\n255\n" + bytes(64)),
    fixed("qoi-dims-lie.qoi", "dimension-lie", lambda: b"qoif" + struct.pack(">IIBB", 60000, 60000, 4, 0) + bytes(64)),
    fixed("dds-dims-lie.dds", "dimension-lie", lambda: _dds(60000)),
    fixed("tga-dims-lie.tga", "dimension-lie", lambda: _tga(65535)),
    fixed("pcx-dims-lie.pcx", "dimension-lie", lambda: _pcx(65535)),
    fixed("ico-of-png.ico", "icon-bomb", lambda: _ico(png(30000, 30000))),
    fixed("ico-of-bmp.ico", "icon-bomb", lambda: _ico(bmp(60000, 120000, 32)[14:], 16)),
    fixed("icns-of-png.icns", "icon-bomb", lambda: _icns(png(30000, 30000))),
    fixed("gif-4000-frames.gif", "frame-bomb", lambda: gif((600, 600), [(600, 600)] * 4000)),
    fixed("gif-4000-frames-bigscreen.gif", "frame-bomb", lambda: gif((16000, 16000), [(1, 1)] * 4000)),
    fixed("webp-anim-2000.webp", "frame-bomb", lambda: webp(4000, 4000, 2000)),
    fixed("webp-anim-canvas.webp", "frame-bomb", lambda: webp(16, 16, 2000, (16383, 16383))),
    fixed("apng-2g-frames.png", "frame-bomb", lambda: _apng(2**31 - 1)),
    fixed("tiff-50000-pages.tiff", "frame-bomb", lambda: tiff(1, 1, pages=50_000)),
    fixed("tiff-ifd-loop.tiff", "page-loop", lambda: tiff(1, 1, pages=3, loop=True)),
    fixed("jpeg-4000-scans.jpg", "scan-bomb", lambda: jpeg(4096, 4080, scans=4000)),
    fixed("matlab.jpg", "loader-sniff", lambda: b"MATLAB 5.0 MAT-file, x".ljust(124) + b"\0\1IM" + _garbage(1)),
    fixed("matlab-hdf5.jpg", "loader-sniff", lambda: b"MATLAB 7.3 MAT-file, x".ljust(512) + b"\x89HDF\r\n\x1a\n" + _garbage(2)),
    fixed("vips-native.jpg", "loader-sniff", lambda: b"\x08\xf2\xa6\xb6" + struct.pack("<4I", 60000, 60000, 3, 8) + bytes(64)),
    fixed("pgm.jpg", "loader-sniff", lambda: b"P5\n60000 60000\n255\n" + bytes(64)),
    fixed("pfm.jpg", "loader-sniff", lambda: b"PF\n60000 60000\n-1.0\n" + bytes(64)),
    fixed("fits.jpg", "loader-sniff", lambda: "".join(f"{line:80}" for line in ("SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 2", "NAXIS1  = 60000", "NAXIS2  = 60000", "END")).encode().ljust(2880)),
    fixed("radiance.jpg", "loader-sniff", lambda: b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 60000 +X 60000\n" + bytes(64)),
    fixed("psd.jpg", "loader-sniff", lambda: _psd(30000)),
    fixed("jxl.jpg", "loader-sniff", lambda: _jxl(1 << 18)),
    fixed("openexr.jpg", "loader-sniff", _exr),
    fixed("nifti.jpg", "loader-sniff", _nifti),
    fixed("matrix.jpg", "loader-sniff", lambda: b"60000 60000 1 0\n1 2 3\n"),
    fixed("png-icc-bomb.png", "profile-bomb", lambda: png(8, 8, chunk(b"iCCP", b"x\0\0" + zeros(400 << 20)))),
    fixed("webp-huffman-garbage.webp", "broken-tables", _huffman_garbage),
    fixed("bmp-bpp40.bmp", "broken-tables", lambda: bmp(16, 16, 40)),
    fixed("bmp-header-size.bmp", "broken-tables", lambda: bmp(16, 16, told=0xFFFFFFF0)),
    fixed("gif-lzw-garbage.gif", "broken-tables", lambda: b"GIF89a\x40\0\x40\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x40\0\x40\0\0\x0c\xff" + _garbage(3, 255) + b"\0;"),
    fixed("jpeg-tables-garbage.jpg", "broken-tables", lambda: b"\xff\xd8" + segment(0xC4, b"\0" + b"\xff" * 16 + _garbage(4)) + jpeg(64, 64)[2:]),
    fixed("png-palette-missing.png", "broken-tables", lambda: PNG + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 3, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(b"\xff" * 72)) + chunk(b"IEND", b"")),
    fixed("tiff-strip-lie.tiff", "broken-tables", lambda: tiff(4000, 4000, strip=b"\xff" * 40, packed=True)),
)  # fmt: skip
