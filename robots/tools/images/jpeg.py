"""Decodes and encodes the pixels of a JPEG in one go, by libraries that take less time for it than libvips."""

from __future__ import annotations

import struct
from io import BytesIO
from itertools import product
from mmap import ACCESS_READ, mmap
from pathlib import Path

import PIL.Image
import simplejpeg
from pyvips import Image

from robots.tools.images.picture import note

LEAST = 8  # pixels a side, from which on each fraction of a picture has a size of its own
MOST = 16_000_000  # pixels that may lie in memory at once
ROUNDED = {0, 1}  # what this library gives more of a fraction, for it rounds up and libvips down
SHAPE = {"width", "height", "bands", "format", "coding", "interpretation", "xoffset", "yoffset", "xres", "yres"}
READER = {"filename", "vips-sequential"}
MODES = {("srgb", 3): "RGB", ("b-w", 1): "L"}
FINE = 90  # the quality from which on libvips keeps every sample of the colours
NOTES = {0xFE, *range(0xE0, 0xF0)}  # the markers of segments that are no part of the pixels
WIDTH, HEIGHT = 0xA002, 0xA003  # EXIF has them once more, as short numbers or as long ones
NUMBERS = ((3, "H2x"), (4, "I"))


def decoded(path: Path, header: Image) -> Image:
    """The same picture with its pixels in memory, or as it is where libvips shall decode it.

    The pixels are the same. What the quicker library has any complaint of is left to libvips, which knows what can be
    borne, and so are progressive pictures, of whose scans it bounds the number.
    """
    if not _plain(header):
        return header
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        try:
            pixels = simplejpeg.decode_jpeg(content, min_width=header.width, min_height=header.height)
        except ValueError:
            return header
    height, width, bands = pixels.shape
    if (width - header.width) not in ROUNDED or (height - header.height) not in ROUNDED:
        return header
    return _noted(Image.new_from_memory(pixels.data, width, height, bands, "uchar"), header)


def _plain(header: Image) -> bool:
    """Baseline and in the usual colours, neither very large nor very small."""
    sides = header.width, header.height
    few = min(sides) >= LEAST and header.width * header.height <= MOST
    return few and header.interpretation == "srgb" and header.bands == 3 and not note(header, "jpeg-multiscan")


def _noted(image: Image, header: Image) -> Image:
    """With its size, and all that is known of it besides its pixels."""
    image = image.crop(0, 0, header.width, header.height)
    image = image.copy(interpretation=header.interpretation, xres=header.xres, yres=header.yres)
    for name in header.get_fields():
        if name not in SHAPE | READER:
            image.set_type(header.get_typeof(name), name, header.get(name))
    return image


def encoded(image: Image, quality: int, keep: str) -> bytes | None:
    """The bytes that libvips would write, or None where it shall do so itself.

    It still writes the notes, of a picture of one pixel, for it keeps those true that speak of the picture.
    """
    mode = MODES.get((image.interpretation, image.bands))
    if mode is None or image.format != "uchar" or image.width * image.height > MOST:
        return None
    notes = _heading(bytes(image.crop(0, 0, 1, 1).jpegsave_buffer(keep=keep)))
    pixels = PIL.Image.frombuffer(mode, (image.width, image.height), image.write_to_memory(), "raw", mode, 0, 1)
    content = BytesIO()
    try:
        pixels.save(content, "JPEG", quality=quality, subsampling=0 if quality >= FINE else 2, optimize=True)
    except OSError:  # Pillow guesses how long the file will be, and noise makes it longer
        return None
    made = content.getvalue()
    return _sized(notes, image) + made[len(_heading(made)) :]


def _heading(content: bytes) -> bytes:
    """What stands before that from which the pixels are read."""
    at = 2
    while content[at + 1] in NOTES:
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return content[:at]


def _sized(notes: bytes, image: Image) -> bytes:
    """With the sides of the picture instead of those of a pixel."""
    sides = ((WIDTH, image.width), (HEIGHT, image.height))
    for order, (tag, side), (kind, number) in product("<>", sides, NUMBERS):
        entry = struct.Struct(f"{order}HHI{number}")
        notes = notes.replace(entry.pack(tag, kind, 1, 1), entry.pack(tag, kind, 1, side), 1)
    return notes
