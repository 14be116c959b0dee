"""The average colour of a picture, from the pixels that it was scaled to."""

from __future__ import annotations

from collections.abc import Iterable

from pyvips import Image

from robots.tools.images.brightness import DIMMED
from robots.tools.images.formats import Form
from robots.tools.images.order import Order
from robots.tools.images.picture import Picture

KINDS = {"jpeg", "png", "webp"}


def average(picture: Picture, order: Order) -> str | None:
    """That of the file, where it has neither transparency nor more than one frame, and is all there; else nothing."""
    if picture.seen is None or not order.shows_all or picture.kind not in KINDS or len(picture.frames) > 1:
        return None
    return None if DIMMED in picture.losses else mean(picture.seen)


def mean(image: Image) -> str | None:
    """That of all pixels in memory, if they have 8 bits and hide what is behind them."""
    if image.hasalpha() or image.format != "uchar" or image.interpretation not in {"srgb", "b-w"}:
        return None
    return hexadecimal(_means(image.shrinkv(image.height)))


def unchanged(picture: Picture, form: Form) -> bool:
    """Whether what is written is what was seen, in a format that keeps its colours."""
    return form.name in KINDS and picture.frames[0] is picture.seen


def hexadecimal(parts: Iterable[float]) -> str:
    """#rrggbb"""
    return "#" + "".join(f"{min(255, max(0, round(part))):02x}" for part in parts)


def _means(row: Image) -> list[float]:
    means: list[float] = row.numpy().reshape(row.width, row.bands).mean(axis=0).tolist()
    return means if len(means) > 1 else means * 3
