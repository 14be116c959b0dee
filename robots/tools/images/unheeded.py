"""Wishes of an order that have no effect, told to the user; what is as by default was not wished."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import BaseModel

from robots.base.article import an
from robots.tools.images.formats import AVIS, Form
from robots.tools.images.order import Order
from robots.tools.images.save import TIFF_COMPRESSION
from robots.tools.images.shape import SMART

# The formats that know what is asked for, by the names of their forms.
COMPRESSIONS = {"JPEG": {"jpeg"}, "JPEG2000": {"jpeg2000"}, "Zip": {"png"}}
LOSSLESS = {"webp", "avif", "png", "gif", "apng", "jxl"}
WITH_QUALITY = {"jpeg", "png", "webp", "avif", "heif", "jxl", "pdf"}
COARSE_FIRST = {"jpeg", "png", "gif"}

MOVES = {"fillcrop", "crop", "pad"}  # the strategies for which gravity means something
WATERMARK = (
    "watermark_position", "watermark_x_offset", "watermark_y_offset", "watermark_size", "watermark_resize_strategy",
    "watermark_opacity", "watermark_repeat_x", "watermark_repeat_y",
)  # fmt: skip


def left_out(wish: BaseModel, names: Iterable[str], why: str) -> Iterator[str]:
    """One sentence on all of these that are not as by default."""
    given = [f"`{name}`" for name in names if getattr(wish, name) != type(wish).model_fields[name].default]
    if given:
        *others, last = given
        told = f"{', '.join(others)} and {last} were" if others else f"{last} was"
        yield f"{told} left out, for {why}."


def by_format(order: Order, form: Form) -> Iterator[str]:
    """What the format of the result does not know."""
    name = f"{an(form.name)} that moves" if form is AVIS else an(form.name)
    if not _compresses(form, order.compress):
        yield from left_out(order, ["compress"], f"{name} cannot be compressed by {order.compress}")
    if why := _no_quality(form, order.compress):
        yield from left_out(order, ["quality"], why)
    if form.name not in COARSE_FIRST:
        yield from left_out(order, ["progressive"], f"{name} cannot be shown coarse first")
    if form.name != "png":
        yield from left_out(order, ["adaptive_filtering"], f"{name} has none")


def by_others(order: Order) -> Iterator[str]:
    """What another wish rules out, and what lacks the one that it belongs to."""
    if order.crop:
        strategy = [] if order.resize_strategy == "crop" else ["resize_strategy"]
        yield from left_out(order, ["width", "height", *strategy, "gravity"], "`crop` says what is kept")
    elif order.resize_strategy not in MOVES or (order.resize_strategy == "pad" and order.gravity in SMART):
        yield from left_out(order, ["gravity"], f"{order.resize_strategy} cuts nothing off")
    if not order.watermarks:
        yield from left_out(order, WATERMARK, "there is no watermark")
    elif order.watermark_size is None:
        yield from left_out(order, ["watermark_resize_strategy"], "there is no `watermark_size`")
    if not all(text.text.strip() for text in order.text):
        yield "A `text` is blank, so that nothing of it was written."


def _compresses(form: Form, compress: str | None) -> bool:
    if compress is None:
        return True
    if form.name == "tiff":
        return compress in TIFF_COMPRESSION
    return _lossless(form) if compress == "Lossless" else form.name in COMPRESSIONS.get(compress, ())


def _lossless(form: Form) -> bool:
    return form.name in LOSSLESS and form is not AVIS  # frames that move are written by another library


def _no_quality(form: Form, compress: str | None) -> str | None:
    """Why no quality can be chosen."""
    if form.name == "tiff":
        return None if compress == "JPEG" else "a tiff has one only with `compress: JPEG`"
    if form.name not in WITH_QUALITY:
        return f"{an(form.name)} has none"
    if compress == "Lossless" and _lossless(form) and form.name != "png":
        return "nothing is lost with `compress: Lossless`"
    return None
