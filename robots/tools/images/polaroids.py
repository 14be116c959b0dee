"""Lays pictures on a table as instant photos: white frames, a little turned, one over the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random

from pyvips import Image

from robots.base.geometry import Box, Size
from robots.tools.images.picture import joined, opaque

TALL = 1.2  # a frame is so much higher than wide
RIM = 0.06  # of the width of a frame
TILT = 12.0  # degrees to either side
JITTER = 0.2  # of a cell
SHADOW = 0.35
WHITE = [250, 250, 248, 255]


def photo_side(canvas: Size, count: int, coverage: float, border: int) -> int:
    """The width of a frame, so that all frames together cover the canvas so many times."""
    wide = math.sqrt(coverage * canvas.width * canvas.height / count / TALL)
    room = min(canvas.width, canvas.height / TALL) - 2 * border
    return max(8, round(min(wide, room)))


def photo_box(side: int) -> Size:
    """The picture inside of a frame is a square."""
    inner = max(1, side - 2 * round(side * RIM))
    return Size(inner, inner)


def framed(picture: Image, side: int, angle: float) -> Image:
    """A photo on its paper, turned, with its shadow."""
    picture = picture.flatten(background=WHITE[:3]).cast("uchar") if picture.hasalpha() else picture
    rim = round(side * RIM)
    frame = opaque(picture.new_from_image(WHITE[:3]).copy(interpretation="srgb")).embed(
        0, 0, side, round(side * TALL), extend="copy"
    )
    card = frame.insert(opaque(picture), rim, rim)
    blur = max(1, side // 40)
    edge = 3 * blur
    alpha = card.extract_band(3).embed(edge, edge, card.width + 2 * edge, card.height + 2 * edge)
    dark = (alpha.gaussblur(blur) * SHADOW).cast("uchar")
    shadow = joined(dark.new_from_image([0, 0, 0]).copy(interpretation="srgb"), dark)
    whole = shadow.composite2(card, "over", x=edge, y=edge).cast("uchar")
    return whole.premultiply().rotate(angle).unpremultiply().cast("uchar").copy_memory()


def scattered(sizes: Sequence[Size], canvas: Size, border: int, chance: Random) -> list[Box]:
    """About where the cells of a grid are, so that no part of the table stays empty; inside the border if they can."""
    columns = max(1, min(len(sizes), round(math.sqrt(len(sizes) * canvas.width / canvas.height))))
    rows = math.ceil(len(sizes) / columns)
    places = []
    for number, size in enumerate(sizes):
        down, across = divmod(number, columns)
        members = min(columns, len(sizes) - down * columns)  # the last row is spread as wide as the others
        middle = [(across + 0.5) / members * canvas.width, (down + 0.5) / rows * canvas.height]
        middle[0] += chance.uniform(-JITTER, JITTER) * canvas.width / columns
        middle[1] += chance.uniform(-JITTER, JITTER) * canvas.height / rows
        left = _kept(round(middle[0] - size.width / 2), size.width, canvas.width, border)
        top = _kept(round(middle[1] - size.height / 2), size.height, canvas.height, border)
        places.append(Box(left, top, size.width, size.height))
    return places


def _kept(at: int, length: int, side: int, border: int) -> int:
    """Away from the edges; what is too long for that lies in the middle."""
    if length + 2 * border > side:
        return (side - length) // 2
    return min(max(at, border), side - border - length)
