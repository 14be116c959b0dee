"""Reads a picture with the one loader that its bytes call for, and no more of it than is needed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyvips
from pyvips import Image

from robots.base.errors import BadInput, RobotError
from robots.base.geometry import Size, fitted
from robots.tools.images import bridge, lab, pages
from robots.tools.images.brightness import dimmed
from robots.tools.images.formats import Form
from robots.tools.images.frames import Caps, chosen, first_only
from robots.tools.images.jpeg import decoded
from robots.tools.images.kinds import kind_of
from robots.tools.images.loaders import hardened
from robots.tools.images.measured import is_measured, shown
from robots.tools.images.order import Order
from robots.tools.images.picture import Picture, note

VIPS = {"jpeg", "png", "gif", "webp", "tiff", "avif", "svg"}
LOADERS = {"avif": "heifload"}
STRICT = {"tiff": "error"}  # it does not say "truncated" of files that are
EARLY = ("truncat", "premature", "end of", "out of order", "not enough", "eof", "ended", "bad seek", "; got")
DOTS_PER_INCH = 72.0
FOREIGN = re.compile(rb"""(?:href\s*=\s*["']|url\(\s*["']?|@import\s*["'])(?!\s*(?:#|data:|["']))""")


def load(path: Path, order: Order, form: Form, caps: Caps) -> Picture:
    """The picture in the file, with the frames that the format of the result can hold."""
    hardened()
    kind = kind_of(path)
    try:
        if kind == "pdf":
            return pages.load(path, order, form, caps)
        if kind == "svg":
            return _drawing(path, order, caps)
        read = _tiff if kind == "tiff" else _read if kind in VIPS else bridge.load
        return dimmed(read(path, kind, order, form, caps), path, kind)
    except (RobotError, MemoryError):
        raise
    except Exception as error:  # a broken file makes the libraries raise nearly anything
        raise damaged(error) from error


def damaged(error: Exception) -> BadInput:
    """What the libraries say of a broken file, as a sentence."""
    said = " ".join(str(error).split()).lower()
    if any(word in said for word in EARLY):
        return BadInput("The picture ends early: its file is truncated or was not sent whole.")
    return BadInput("The picture is damaged, or of a kind that cannot be read.")


def first(path: Path, caps: Caps) -> Image:
    """A picture that is laid upon another: its first frame, upright."""
    frame = load(path, Order(frame=1), Form("one"), caps).frames[0]
    return frame.autorot().copy_memory()


def upright_size(path: Path, caps: Caps) -> Size:
    """How large a JPEG is when it is upright; no more than its header is read for it."""
    hardened()
    try:
        header = _open(path, "jpeg")
    except pyvips.Error as error:
        raise damaged(error) from error
    caps.check(header.width, header.height)
    lies = note(header, "orientation", 1) > 4
    return Size(header.height, header.width) if lies else Size(header.width, header.height)


def _tiff(path: Path, kind: str, order: Order, form: Form, caps: Caps) -> Picture:
    try:
        picture = _read(path, kind, order, form, caps)
    except pyvips.Error as error:
        if not lab.refused(error):
            raise
        return bridge.load(path, kind, order, form, caps)
    if not any(map(is_measured, picture.frames)):
        return picture
    seen = [shown(frame) if is_measured(frame) else (frame, None) for frame in picture.frames]
    told = dict.fromkeys(sentence for _, sentence in seen if sentence)
    return replace(picture, frames=tuple(frame for frame, _ in seen), losses=(*picture.losses, *told))


def _read(path: Path, kind: str, order: Order, form: Form, caps: Caps) -> Picture:
    header = _open(path, kind)
    count = note(header, "n-pages", 1)
    wanted = chosen(order, form, count)
    caps.check(header.width, header.height, len(wanted))
    full = Size(header.width, header.height)
    how = _how(header, kind, order)
    if kind == "tiff":
        frames = tuple(_open(path, kind, page=number, **how) for number in wanted)
    elif len(wanted) > 1:
        frames = _strip(_open(path, kind, n=-1, **how), count)
    elif kind == "jpeg":
        frames = (decoded(path, _open(path, kind, **how)),)
    else:
        frames = (_open(path, kind, **({"page": wanted[0]} if count > 1 else {}), **how),)
    delays, loop = _timing(header, len(frames))
    picture = Picture(frames, kind, full=(full,) if "shrink" in how else (), delays=delays, loop=loop)
    return first_only(picture, order, count, form)


def _open(path: Path, kind: str, **how: Any) -> Image:
    loader = getattr(Image, LOADERS.get(kind, f"{kind}load"))
    return loader(str(path), fail_on=STRICT.get(kind, "truncated"), **how)


def _how(header: Image, kind: str, order: Order) -> dict[str, Any]:
    """From top to bottom and in bounded memory where nothing jumps about, and JPEG at a fraction of its size."""
    orientation = note(header, "orientation", 1)
    turns = orientation > 1 and order.rotation is not False
    how: dict[str, Any] = {"memory": True} if turns or order.trim_whitespace else {"access": "sequential"}
    if kind == "jpeg" and not order.shapes and (order.width or order.height):
        upright = Size(header.height, header.width) if turns and orientation > 4 else Size(header.width, header.height)
        scaled = fitted(order.resize_strategy, upright, (order.width, order.height), zoom=order.zoom).scaled
        how["shrink"] = _fraction(min(upright.width / scaled.width, upright.height / scaled.height))
    return how


def _fraction(factor: float) -> int:
    """How much a JPEG may shrink while it is read; a factor of two is left for the better filter.

    Less would be a fifth quicker, and shows: at a quarter of the size rings of fine lines come 27 dB instead of 35 near
    to what the filter makes of the whole picture, noise 41 instead of 47.
    """
    return next((shrink for shrink in (8, 4, 2) if factor >= 2 * shrink), 1)


def _strip(tall: Image, count: int) -> tuple[Image, ...]:
    """The frames of an animation, which is read as one tall picture."""
    height = tall.height // count
    return tuple(tall.crop(0, number * height, tall.width, height) for number in range(count))


def _timing(header: Image, frames: int) -> tuple[tuple[int, ...], int]:
    delays = note(header, "delay", ())
    return (tuple(delays), note(header, "loop", 0)) if frames > 1 else ((), 0)


def _drawing(path: Path, order: Order, caps: Caps) -> Picture:
    """An SVG, drawn as large as it is needed; read from memory it has no place from which to reach other files."""
    if path.stat().st_size > caps.pixels // 4:
        raise BadInput("The drawing is too large.")
    source = path.read_bytes()
    scale = order.density[0] / DOTS_PER_INCH if order.density else 1.0
    header = Image.svgload_buffer(source, scale=scale)
    natural = Size(header.width, header.height)
    caps.check(natural.width, natural.height)
    if not order.shapes and (order.width or order.height):
        scaled = fitted(order.resize_strategy, natural, (order.width, order.height), zoom=order.zoom).scaled
        growth = max(scaled.width / natural.width, scaled.height / natural.height)
        caps.check(round(natural.width * growth), round(natural.height * growth))
        scale *= growth
    image = Image.svgload_buffer(source, scale=scale).copy_memory()
    picture = Picture((image,), "svg", full=(natural,))
    return picture.losing("Files that the drawing refers to are not drawn.") if FOREIGN.search(source) else picture
