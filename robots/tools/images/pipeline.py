"""What happens to a picture, from its file to the new one, as a list of steps that reads from top to bottom."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from robots.tools.images import alpha, clip, color, effects, letters, shape, watermark
from robots.tools.images.average import average, unchanged
from robots.tools.images.formats import Form, form_of, written_as
from robots.tools.images.frames import Caps
from robots.tools.images.kinds import kind_of
from robots.tools.images.load import load
from robots.tools.images.order import Order
from robots.tools.images.picture import Picture
from robots.tools.images.save import save
from robots.tools.images.unheeded import by_format, by_others

Step = Callable[[Picture, Order, Form, Caps], Picture]


def simple(step: Callable[[Picture, Order], Picture]) -> Step:
    """A step that needs to know neither format nor caps."""
    return lambda picture, order, form, caps: step(picture, order)


def formed(step: Callable[[Picture, Order, Form], Picture]) -> Step:
    """A step that depends on what the format can hold."""
    return lambda picture, order, form, caps: step(picture, order, form)


def capped(step: Callable[[Picture, Order, Caps], Picture]) -> Step:
    """A step that reads a second picture, or makes a larger one."""
    return lambda picture, order, form, caps: step(picture, order, caps)


SHAPING: tuple[Step, ...] = (
    simple(shape.upright),
    simple(shape.trimmed),
    simple(shape.cut),
    capped(shape.scaled),
)
LAYING: tuple[Step, ...] = (
    capped(shape.padded),
    capped(shape.turned),
    simple(shape.shaved),
)
COLOURING: tuple[Step, ...] = (
    simple(effects.modulated),
    simple(effects.contrasted),
    simple(effects.sepia),
    simple(effects.negated),
    capped(effects.looked_up),
    simple(effects.blurred),
    simple(color.monochrome),
    simple(alpha.operated),
)
FINISHING: tuple[Step, ...] = (
    capped(watermark.watermarked),
    simple(letters.written),
    formed(alpha.flattened),
    formed(alpha.holed),
    formed(color.typed),
    formed(color.spaced),
)


def resize(source: str, target: str, ext: str, order: dict[str, Any], **caps: int) -> dict[str, Any]:
    """Makes the picture of an order; `ext` is the extension of the source, if it has one.

    The average colour of the source is told where that takes no more decoding, and whether the result has the same.
    """
    wanted = Order.model_validate(order)
    bounds = Caps(**caps)
    kind = kind_of(Path(source))
    written = written_as(kind, ext, wanted.format)
    form = form_of(kind, written)
    picture = made(load(Path(source), wanted, form, bounds), wanted, form, bounds)
    if wanted.format is None and written == "png" and kind not in {"png", "apng"}:
        picture = picture.losing(f"The result is a PNG, for {kind} files are only read here; `format` chooses another.")
    for sentence in (*by_others(wanted), *by_format(wanted, form)):
        picture = picture.losing(sentence)
    picture = save(picture, Path(target), form, written, wanted)
    return {
        "ext": written,
        "width": picture.size.width,
        "height": picture.size.height,
        "frames": len(picture.frames),
        "losses": picture.losses,
        "average": average(picture, wanted),
        "same": unchanged(picture, form),
    }


def made(picture: Picture, order: Order, form: Form, caps: Caps) -> Picture:
    """All steps; the pages of a document, which may differ in size, each go their own way."""
    if len(picture.frames) == 1 or picture.delays:
        return _made(picture, order, form, caps)
    done = [_made(page, order, form, caps) for page in picture.pages]
    losses = dict.fromkeys(loss for part in (picture, *done) for loss in part.losses)
    return Picture(tuple(part.frames[0] for part in done), picture.kind, losses=tuple(losses))


def _made(picture: Picture, order: Order, form: Form, caps: Caps) -> Picture:
    """Steps that colour hold back from what lies outside a clipping path."""

    def through(steps: Sequence[Step], given: Picture) -> Picture:
        for step in steps:
            given = step(given, order, form, caps)
        return given

    mask = clip.mask_of(picture, order)
    if order.clip and mask is None:
        picture = picture.losing("`clip` was left out, for the picture has no such clipping path.")
    if mask is not None and order.trim_whitespace:
        order = order.model_copy(update={"trim_whitespace": False})
        picture = picture.losing("`trim_whitespace` was left out, for the picture is clipped by its path.")
    before = alpha.preclipped(through((*SHAPING, formed(color.working), *LAYING), picture), order)
    after = through(COLOURING, before)
    if mask is not None:
        after = clip.inside(through((*SHAPING, *LAYING), mask), before, after)
    return through(FINISHING, after)
