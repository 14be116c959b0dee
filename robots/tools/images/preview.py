"""Previews: any picture, or an icon, made to fit and laid upon a backdrop. Runs in a warm child."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pyvips import Image

from robots.base.geometry import Size
from robots.tools.images.alpha import flattened
from robots.tools.images.backdrop import Backdrop
from robots.tools.images.color import working
from robots.tools.images.formats import FORMS, PNG
from robots.tools.images.frames import Caps
from robots.tools.images.icons import Label, icon
from robots.tools.images.load import load
from robots.tools.images.order import Order
from robots.tools.images.picture import Picture, opaque
from robots.tools.images.pipeline import made
from robots.tools.images.save import save
from robots.tools.images.watermark import COLOURED

CLEAR = {"background": "transparent", "frame": 1, "strip": True}


def of_picture(
    source: str, target: str, order: dict[str, Any], backdrop: dict[str, Any], **caps: int
) -> dict[str, Any]:
    """The first frame or page; paper is white whatever lies behind it.

    What the file shows elsewhere and not here is told, and not what becomes of any preview.
    """
    wanted, bounds = Order.model_validate(order | CLEAR), Caps(**caps)
    picture = load(Path(source), wanted, PNG, bounds)
    if picture.kind == "pdf":
        picture = Picture(tuple(frame.flatten(background=[255] * 3) for frame in picture.frames), "pdf", picture.full)
    size = _saved(made(picture, wanted, PNG, bounds), target, wanted, backdrop)
    return {"size": size, "losses": picture.losses}


def of_icon(
    target: str,
    order: dict[str, Any],
    backdrop: dict[str, Any],
    category: str,
    label: dict[str, str] | None,
    **caps: int,
) -> dict[str, Any]:
    """An icon is drawn in its size, so it needs no strategy."""
    wanted = Order.model_validate(order | CLEAR)
    canvas = Size(wanted.width or 1, wanted.height or 1)
    Caps(**caps).allow(canvas.width, canvas.height)
    drawn: Image = icon(category, canvas, Label(**label) if label is not None else None)
    return {"size": _saved(Picture((drawn,), "icon"), target, wanted, backdrop), "losses": ()}


def _saved(picture: Picture, target: str, order: Order, backdrop: dict[str, Any]) -> dict[str, int]:
    """In sRGB, without notes; a format without alpha gets white where nothing else is."""
    ext = order.format or "png"
    plain = working(picture, COLOURED, PNG).each(opaque).each(Backdrop(**backdrop).behind)
    done = save(flattened(plain, Order(background="transparent"), FORMS[ext]), Path(target), FORMS[ext], ext, order)
    return {"width": done.size.width, "height": done.size.height}
