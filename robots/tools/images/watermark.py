"""Lays watermarks upon a picture."""

from __future__ import annotations

import math
import random
from functools import partial
from pathlib import Path

from pyvips import Image

from robots.base.geometry import Size, corner
from robots.tools.images.color import working
from robots.tools.images.formats import PNG
from robots.tools.images.frames import Caps
from robots.tools.images.load import first
from robots.tools.images.order import Order
from robots.tools.images.picture import Picture, joined, opaque, size, split

# What makes the working space give sRGB: any order that looks at colours.
COLOURED = Order(negate=True)


def watermarked(picture: Picture, order: Order, caps: Caps) -> Picture:
    for path in order.watermarks:
        mark = _prepared(Path(path), picture.size, order, caps)
        left, top = placed(size(mark), picture.size, order)
        if not _touches(left, top, size(mark), picture.size, order):
            picture = picture.losing("The watermark cannot be seen: its offsets put it outside the picture.")
            continue
        layer, left, top = _tiled(mark, left, top, picture.size, order)
        picture = picture.each(partial(laid, layer=layer, left=left, top=top))
    return picture


def laid(frame: Image, layer: Image, left: int, top: int) -> Image:
    """One image over another; the lower one keeps its channels."""
    made = frame.composite2(layer, "over", x=left, y=top).cast(frame.format)
    return made if frame.hasalpha() else split(made)[0]


def sized(mark: Size, picture: Size, percent: int, strategy: str) -> Size:
    """How large a watermark becomes, in percent of a picture."""
    part = percent / 100
    across, down = picture.width * part / mark.width, picture.height * part / mark.height
    if strategy == "stretch":
        return mark.scaled(across, down)
    if strategy == "area":
        return mark.scaled(*(math.sqrt(across * down / part),) * 2)
    wide = mark.width >= mark.height
    longer, shorter = (across, down) if wide else (down, across)
    return mark.scaled(*(longer if strategy == "fit" else shorter,) * 2)


def placed(mark: Size, picture: Size, order: Order) -> tuple[int, int]:
    """The corner of the watermark; from an edge, offsets lead towards the middle."""
    position = random.choice(order.watermark_position)
    left, top = corner(mark, picture, position)
    left += order.watermark_x_offset * (-1 if "right" in position else 1)
    top += order.watermark_y_offset * (-1 if "bottom" in position else 1)
    return left, top


def _prepared(path: Path, picture: Size, order: Order, caps: Caps) -> Image:
    """In sRGB with alpha, in its size and opacity."""
    loaded = Picture((first(path, caps),), "watermark")
    (mark,) = working(loaded, COLOURED, PNG).each(opaque).frames
    if order.watermark_size:
        target = sized(
            size(mark), picture, max(1, int(order.watermark_size.rstrip("%"))), order.watermark_resize_strategy
        )
        caps.allow(target.width, target.height, "watermark_size: the watermark")
        across, down = target.width / mark.width, target.height / mark.height
        mark = mark.premultiply().cast("uchar").resize(across, vscale=down).unpremultiply().cast("uchar")
    colors, alpha = split(mark)
    assert alpha is not None
    return joined(colors, (alpha * order.watermark_opacity).rint()).copy_memory()


def _touches(left: int, top: int, mark: Size, picture: Size, order: Order) -> bool:
    across = order.watermark_repeat_x or -mark.width < left < picture.width
    down = order.watermark_repeat_y or -mark.height < top < picture.height
    return across and down


def _tiled(mark: Image, left: int, top: int, picture: Size, order: Order) -> tuple[Image, int, int]:
    """Repeated in both directions from where the first one lies."""
    across = down = 1
    if order.watermark_repeat_x:
        left, across = _row(left, mark.width, picture.width)
    if order.watermark_repeat_y:
        top, down = _row(top, mark.height, picture.height)
    return (mark if across == down == 1 else mark.replicate(across, down)), left, top


def _row(start: int, step: int, length: int) -> tuple[int, int]:
    first = start % step - step
    return first, math.ceil((length - first) / step)
