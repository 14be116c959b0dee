"""The average colour of a picture, from the pixels that it was scaled to."""

from __future__ import annotations

from collections.abc import Iterable

from pyvips import Image

from robots.tools.images.formats import Form
from robots.tools.images.order import Order
from robots.tools.images.picture import Picture

KINDS = {"jpeg", "png", "webp"}


def average(picture: Picture, order: Order) -> str | None:
    """Where a picture has neither transparency nor more than one frame, and is all there; else nothing."""
    seen = picture.seen
    if seen is None or not order.shows_all or picture.kind not in KINDS or len(picture.frames) > 1:
        return None
    if seen.hasalpha() or seen.format != "uchar" or seen.interpretation not in {"srgb", "b-w"}:
        return None
    return hexadecimal(_means(seen.shrinkv(seen.height)))


def unchanged(picture: Picture, form: Form) -> bool:
    """Whether what is written is what was seen, in a format that keeps its colours."""
    return form.name in KINDS and picture.frames[0] is picture.seen


def hexadecimal(parts: Iterable[float]) -> str:
    """#rrggbb"""
    return "#" + "".join(f"{min(255, max(0, round(part))):02x}" for part in parts)


def _means(row: Image) -> list[float]:
    means: list[float] = row.numpy().reshape(row.width, row.bands).mean(axis=0).tolist()
    return means if len(means) > 1 else means * 3
