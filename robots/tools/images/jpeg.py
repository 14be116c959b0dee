"""Decodes the pixels of a JPEG in one go, which takes less time than line by line."""

from __future__ import annotations

from mmap import ACCESS_READ, mmap
from pathlib import Path

import simplejpeg
from pyvips import Image

from robots.tools.images.picture import note

LEAST = 8  # pixels a side, from which on each fraction of a picture has a size of its own
MOST = 16_000_000  # pixels that may lie in memory at once
ROUNDED = {0, 1}  # what this library gives more of a fraction, for it rounds up and libvips down
SHAPE = {"width", "height", "bands", "format", "coding", "interpretation", "xoffset", "yoffset", "xres", "yres"}
READER = {"filename", "vips-sequential"}


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
