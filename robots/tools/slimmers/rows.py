"""Tells from some rows of a PNG whether it packs better as it is, or with each row taken from its neighbours."""

from __future__ import annotations

import zlib

import numpy as np
import oxipng
from numpy.typing import NDArray
from pyvips import Image

from robots.tools.images.picture import note

Bytes = NDArray[np.uint8]
AS_IS, FILTERED = oxipng.RowFilter.NoOp, oxipng.RowFilter.Entropy
STRIPS, ROWS = 8, 8
LEVEL = 5  # of zlib: looks far enough back to find what repeats
CLEAR = 1.1  # times smaller
EASY = 40  # times smaller than the pixels: it takes no time to try both


def filters(image: Image) -> list[oxipng.RowFilter]:
    """Those worth a try: one, where it is clear which is better, for each takes as long as all the rest."""
    if note(image, "palette", 0):
        return [AS_IS]
    strips = _strips(image)
    plain, filtered = (_packed([way(strip) for strip in strips]) for way in (_plain, _filtered))
    if min(plain, filtered) * EASY > sum(strip.size for strip in strips):
        if plain > filtered * CLEAR:
            return [FILTERED]
        if filtered > plain * CLEAR:
            return [AS_IS]
    return [AS_IS, FILTERED]


def _strips(image: Image) -> list[Bytes]:
    """Some rows in one piece from all over the picture, read in one go from top to bottom."""
    rows = min(ROWS, image.height)
    count = min(STRIPS, image.height // rows)
    tops = [(image.height - rows) * number // max(1, count - 1) for number in range(count)]
    joined = Image.arrayjoin([image.crop(0, top, image.width, rows) for top in tops], across=1)
    return np.split(_bytes(joined), count)


def _bytes(image: Image) -> Bytes:
    """Rows, columns, and the bytes of each pixel, with the high ones of 16 bits first."""
    pixels = image.numpy().reshape(image.height, image.width, -1)
    big: Bytes = pixels.astype(pixels.dtype.newbyteorder(">")).view(np.uint8)
    return big


def _plain(strip: Bytes) -> Bytes:
    """The rows that have one above them."""
    return strip[1:]


def _filtered(strip: Bytes) -> Bytes:
    """Each of them less its left or upper neighbour, or their mean, whichever is nearest to zero."""
    row, above = strip[1:], strip[:-1]
    left = np.zeros_like(row)
    left[:, 1:] = row[:, :-1]
    mean = ((left.astype(np.uint16) + above) // 2).astype(np.uint8)
    tried = np.stack([row - left, row - above, row - mean])
    distance = np.abs(tried.view(np.int8).astype(np.int16)).sum(axis=(2, 3))
    nearest: Bytes = tried[distance.argmin(axis=0), np.arange(len(row))]
    return nearest


def _packed(strips: list[Bytes]) -> int:
    return len(zlib.compress(b"".join(strip.tobytes() for strip in strips), LEVEL))
