"""Steps that change where pixels lie: upright, trimmed, cut, scaled, padded, turned, shaved."""

from __future__ import annotations

from dataclasses import replace
from math import cos, radians, sin

import pyvips
from pyvips import Image

from robots.base.errors import BadParams
from robots.base.fields import rgba
from robots.base.geometry import Box, Size, corner, fitted
from robots.tools.images.frames import Caps
from robots.tools.images.load import damaged
from robots.tools.images.order import Order
from robots.tools.images.picture import Picture, note, opaque, paint, size, split, top

SMART = {"attention", "entropy"}
USUAL = Caps()
TRIM_THRESHOLD = 10  # what a JPEG may add to a plain border


def upright(picture: Picture, order: Order) -> Picture:
    """As the camera was held; the note that said so goes away, or viewers would turn the picture again."""
    orientation = note(picture.frames[0], "orientation", 1)
    if order.rotation is False or orientation == 1:
        return picture
    full = picture.full
    if orientation > 4:
        full = tuple(Size(each.height, each.width) for each in full)
    return replace(picture.each(lambda frame: frame.autorot()), full=full)


def trimmed(picture: Picture, order: Order) -> Picture:
    """Without the border that has the colour of the first corner; all frames keep the same rectangle."""
    if not order.trim_whitespace:
        return picture
    boxes = [found for found in map(_inner, picture.frames) if found.width]
    if not boxes:
        return picture
    left, upper = min(box.left for box in boxes), min(box.top for box in boxes)
    right, lower = max(box.left + box.width for box in boxes), max(box.top + box.height for box in boxes)
    return picture.each(lambda frame: frame.crop(left, upper, right - left, lower - upper))


def _inner(frame: Image) -> Box:
    colors, alpha = split(frame)
    if alpha is not None and alpha(0, 0)[0] == 0:
        return Box(*alpha.find_trim(threshold=0, background=[0], line_art=True))
    threshold = TRIM_THRESHOLD * top(frame) / 255
    return Box(*colors.find_trim(threshold=threshold, background=colors(0, 0), line_art=True))


def cut(picture: Picture, order: Order) -> Picture:
    """The rectangle of `crop`, which wins over every strategy."""
    if order.crop is None:
        return picture
    box = order.crop.box(picture.size)
    if not box.width or not box.height:
        raise BadParams("crop: the corners leave nothing of the picture.")
    return picture.each(lambda frame: frame.crop(box.left, box.top, box.width, box.height))


def scaled(picture: Picture, order: Order, caps: Caps = USUAL) -> Picture:
    """As the strategy says, and cut to the box where it overlaps; from here on the pixels lie in memory."""
    if order.crop is not None or not (order.width or order.height):
        allow_turned(picture.size, order, caps)
        return _seen(picture.each(read))
    gravity = "center" if order.gravity in SMART else order.gravity
    box = (order.width, order.height)
    geometry = fitted(order.resize_strategy, picture.size, box, zoom=order.zoom, gravity=gravity)
    caps.allow(geometry.scaled.width, geometry.scaled.height)
    allow_turned(geometry.canvas, order, caps)
    picture = _seen(picture.each(lambda frame: read(_resized(frame, geometry.scaled, order.correct_gamma))))
    if not geometry.cuts:
        return picture
    part = _interesting(picture.frames[0], geometry.cut, order.gravity) if order.gravity in SMART else geometry.cut
    return picture.each(lambda frame: frame.crop(part.left, part.top, part.width, part.height))


def _seen(picture: Picture) -> Picture:
    return replace(picture, seen=picture.frames[0])


def _resized(frame: Image, target: Size, linear: bool) -> Image:
    """Scaled with premultiplied alpha, so that hidden colours do not bleed; `linear` mixes light, not numbers."""
    if size(frame) == target:
        return frame
    across, down = target.width / frame.width, target.height / frame.height
    image = frame.colourspace("scrgb") if linear else frame
    if not image.hasalpha():
        made = image.resize(across, vscale=down)
    else:
        made = image.premultiply().cast(image.format).resize(across, vscale=down).unpremultiply().cast(image.format)
    return made.colourspace(frame.interpretation).cast(frame.format) if linear else made


def _interesting(frame: Image, box: Box, how: str) -> Box:
    """The part that the eye goes to, or that has most to see."""
    found = frame.smartcrop(box.width, box.height, interesting=how)
    return Box(-found.xoffset, -found.yoffset, box.width, box.height)


def read(frame: Image) -> Image:
    """Decodes now, so that a damaged file is known as such."""
    try:
        return frame.copy_memory()
    except pyvips.Error as error:
        raise damaged(error) from error


def padded(picture: Picture, order: Order, caps: Caps = USUAL) -> Picture:
    """On a canvas of the size asked for."""
    if order.crop is not None or order.resize_strategy != "pad" or not (order.width and order.height):
        return picture
    canvas = Size(order.width, order.height)
    caps.allow(canvas.width, canvas.height)
    position = "center" if order.gravity in SMART else order.gravity
    return picture.each(lambda frame: on_canvas(frame, canvas, position, order.background))


def on_canvas(frame: Image, canvas: Size, position: str, color: str) -> Image:
    if size(frame) == canvas:
        return frame
    frame = grounded(frame, color)
    place = corner(size(frame), canvas, position)
    return frame.embed(*place, canvas.width, canvas.height, background=paint(frame, rgba(color)))


def grounded(frame: Image, color: str) -> Image:
    """With an alpha channel where the background needs one."""
    return frame if rgba(color)[3] else opaque(frame)


def turned(picture: Picture, order: Order, caps: Caps = USUAL) -> Picture:
    """By any number of degrees, clockwise; the corners get the background."""
    if isinstance(order.rotation, bool) or order.rotation % 360 == 0:
        return picture
    angle = order.rotation % 360
    if angle % 90 == 0:
        return picture.each(lambda frame: frame.rot(f"d{angle:.0f}"))
    allow_turned(picture.size, order, caps)
    return picture.each(lambda frame: _rotated(grounded(frame, order.background), angle, order.background))


def allow_turned(box: Size, order: Order, caps: Caps) -> None:
    """A picture that is turned needs more room; that is known before its pixels are read."""
    angle = 0.0 if isinstance(order.rotation, bool) else radians(order.rotation)
    across, down = abs(cos(angle)), abs(sin(angle))
    caps.allow(round(box.width * across + box.height * down), round(box.width * down + box.height * across))


def _rotated(frame: Image, angle: float, color: str) -> Image:
    return frame.rotate(angle, background=paint(frame, rgba(color))).copy_memory()


def shaved(picture: Picture, order: Order) -> Picture:
    """Without these many pixels at each side."""
    across, down = order.shave
    if not across and not down:
        return picture
    width, height = picture.size.width - 2 * across, picture.size.height - 2 * down
    if width < 1 or height < 1:
        raise BadParams("shave: nothing of the picture is left.")
    return picture.each(lambda frame: frame.crop(across, down, width, height))
