"""Rare pictures, which libmagic misses, or of which it sees more than there are."""

from __future__ import annotations

import os
import re
import struct
from typing import BinaryIO

# What libmagic takes for such a picture by so few signs that a text or any bytes may have them.
DOUBTED = {
    "image/x-tga",
    "image/x-portable-bitmap",
    "image/x-portable-greymap",
    "image/x-portable-pixmap",
}
STARTS = {
    "image/x-sgi": re.compile(rb"\x01\xda[\0\1][\1\2]\0[\1-\3]", re.DOTALL),
    "image/x-jp2-codestream": re.compile(rb"\xff\x4f\xff\x51\0", re.DOTALL),
    "image/qoi": re.compile(rb"qoif.{8}[\3\4][\0\1]", re.DOTALL),
    "image/vnd.ms-dds": re.compile(rb"DDS \x7c\0\0\0", re.DOTALL),
    "image/x-portable-bitmap": re.compile(rb"P[14](?>(?:\s|#[^\n]*\n)+)\d+(?>(?:\s|#[^\n]*\n)+)\d+\s"),
    "image/x-portable-greymap": re.compile(rb"P[25](?:(?>(?:\s|#[^\n]*\n)+)\d+){3}\s"),
    "image/x-portable-pixmap": re.compile(rb"P[36](?:(?>(?:\s|#[^\n]*\n)+)\d+){3}\s"),
}
TARGA = "image/x-tga"
TARGA_HEADER = struct.Struct("<BBBHHBHHHHBB")
TARGA_END = b"TRUEVISION-XFILE.\0"
TARGA_DEPTHS = {1: {8}, 2: {16, 24, 32}, 3: {1, 8, 16}}  # palette, colours, gray
COLORS_OF_A_PALETTE = {0, 15, 16, 24, 32}


def pictured(head: bytes, file: BinaryIO) -> str | None:
    """The media type, told by no less than makes a mistake unlikely."""
    found = next((mime for mime, start in STARTS.items() if start.match(head)), None)
    return found or (TARGA if _targa(head, file) else None)


def _targa(head: bytes, file: BinaryIO) -> bool:
    """A Targa has no mark at its beginning: its last bytes are one, or it is as long as its header says."""
    if len(head) < TARGA_HEADER.size:
        return False
    note, has_palette, kind, _, colors, color, _, _, width, height, depth, flags = TARGA_HEADER.unpack_from(head)
    packed, form = bool(kind & 8), kind & ~8
    sound = has_palette <= 1 and color in COLORS_OF_A_PALETTE and depth in TARGA_DEPTHS.get(form, ()) and flags < 64
    if not (sound and width and height) or (form == 1 and not has_palette):
        return False
    palette = colors * -(-color // 8) if has_palette else 0
    length = file.seek(0, os.SEEK_END)
    rest = length - (TARGA_HEADER.size + note + palette)
    if not packed and rest == height * -(-width * depth // 8):
        return True
    file.seek(max(0, length - len(TARGA_END)))
    return rest > 0 and file.read() == TARGA_END
