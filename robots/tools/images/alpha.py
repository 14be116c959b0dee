"""Steps that change what can be seen through: flattening, the alpha operations, a transparent colour."""

from __future__ import annotations

from pyvips import Image

from robots.base.article import an
from robots.base.fields import RGBA, rgba
from robots.tools.images.color import gray
from robots.tools.images.formats import Form
from robots.tools.images.order import Order
from robots.tools.images.picture import Picture, joined, opaque, paint, split, top

WHITE: RGBA = (255, 255, 255, 255)
MAKES_HOLES = {"Transparent", "Copy", "Shape"}
KEEPS_CHANNEL = {"Activate", "On", "Set"}


def preclipped(picture: Picture, order: Order) -> Picture:
    return _operated(picture, order.preclip_alpha, order.background)


def operated(picture: Picture, order: Order) -> Picture:
    return _operated(picture, order.alpha, order.background)


def flattened(picture: Picture, order: Order, form: Form) -> Picture:
    """On the background, unless that is transparent itself, or an animation, or alpha was just made on purpose.

    A format without alpha always gets a background.
    """
    if not form.alpha:
        told = _told(picture, order, f"for {an(form.name)} has no transparency")
        return told.each(lambda frame: _on(frame, solid(order.background)))
    if not order.flatten or picture.animated or order.alpha in MAKES_HOLES or rgba(order.background)[3] == 0:
        return _hardened(picture, form)
    picture = _told(picture, order, "and `background: none` keeps them")
    flat = picture.each(lambda frame: _on(frame, rgba(order.background)))
    return flat.each(opaque) if order.alpha in KEEPS_CHANNEL else flat


def _told(picture: Picture, order: Order, why: str) -> Picture:
    """Says so when something can no longer be seen through, unless a colour was chosen or paper drawn upon."""
    clear = rgba(order.background)[3] == 0
    paper = picture.kind == "pdf" and not clear and order.alpha not in KEEPS_CHANNEL
    if paper or (order.background != Order().background and not clear):
        return picture
    alphas = [alpha for _, alpha in map(split, picture.frames) if alpha is not None]
    if not any(alpha.min() < top(alpha) for alpha in alphas):
        return picture
    return picture.losing(f"The transparent parts of the picture are white now, {why}.")


def _hardened(picture: Picture, form: Form) -> Picture:
    """Says so where what is half transparent will be wholly so, or not at all."""
    if form.name != "gif" or picture.kind == "gif":
        return picture
    alphas = [alpha for _, alpha in map(split, picture.frames) if alpha is not None]
    if not any(((alpha > 0) & (alpha < top(alpha))).max() for alpha in alphas):
        return picture
    return picture.losing("Half transparent parts are wholly so now, or not at all, for a gif knows nothing between.")


def solid(color: str) -> RGBA:
    """A colour that hides what is behind it; white for none."""
    return rgba(color) if rgba(color)[3] else WHITE


def holed(picture: Picture, order: Order, form: Form) -> Picture:
    """Pixels of exactly this colour become transparent."""
    if order.transparent is None:
        return picture
    if not form.alpha:
        return picture.losing(f"`transparent` was left out, for {an(form.name)} cannot be transparent.")
    parts = order.transparent.split(",")
    red, green, blue, _ = rgba(order.transparent) if len(parts) == 1 else (*map(int, parts), 255)
    return picture.each(lambda frame: _without(frame, [red, green, blue]))


def _without(frame: Image, color: list[int]) -> Image:
    colors, alpha = split(opaque(frame))
    assert alpha is not None
    return joined(colors, (colors == color).bandand().ifthenelse(0, alpha))


def _on(frame: Image, color: RGBA) -> Image:
    if not frame.hasalpha():
        return frame
    colors = paint(split(frame)[0], color)
    return frame.flatten(background=colors).cast(frame.format)


def _operated(picture: Picture, operation: str | None, background: str) -> Picture:
    return picture if operation is None else picture.each(lambda frame: _one(frame, operation, background))


def _one(frame: Image, operation: str, background: str) -> Image:
    """One of the alpha operations, as ImageMagick defines them."""
    colors, alpha = split(opaque(frame))
    assert alpha is not None
    ground = paint(colors, solid(background))
    match operation:
        case "Off" | "Deactivate":
            return colors
        case "Opaque":
            return joined(colors, alpha.new_from_image(255))
        case "Transparent":
            return joined(colors, alpha.new_from_image(0))
        case "Extract":
            return alpha.copy(interpretation="b-w").colourspace("srgb")
        case "Copy":
            return joined(colors, gray(colors))
        case "Shape":
            return joined(colors.new_from_image(ground), gray(colors))
        case "Background":
            return joined((alpha == 0).ifthenelse(ground, colors), alpha)
        case "Remove":
            return opaque(_on(frame, solid(background)))
    return opaque(frame)
