"""Which frames of a file are read, and how much is too much."""

from __future__ import annotations

from dataclasses import dataclass

from robots.base.article import an
from robots.base.errors import BadInput, BadParams
from robots.tools.images.formats import Form
from robots.tools.images.order import Order
from robots.tools.images.picture import Picture


@dataclass(frozen=True, slots=True)
class Caps:
    """What is refused before it is decoded: pixels of one frame, frames, and pixels of all frames together."""

    pixels: int = 200_000_000
    frames: int = 3000
    total: int = 1_000_000_000

    def check(self, width: int, height: int, frames: int = 1) -> None:
        if width * height > self.pixels:
            raise BadInput(
                f"The picture has {width} × {height} pixels, more than the {self.pixels:,} that are allowed."
            )
        if frames > self.frames or width * height * frames > self.total:
            raise BadInput(f"The animation has {frames} frames of {width} × {height} pixels, more than are allowed.")

    def allow(self, width: int, height: int, what: str = "The result") -> None:
        """The same for what is to be made, whose size is known before."""
        if width * height > self.pixels:
            raise BadParams(
                f"{what} would have {width} × {height} pixels, more than the {self.pixels:,} that are allowed."
            )


def chosen(order: Order, form: Form, count: int) -> range:
    """The frames to read, counted from 0."""
    if order.frame is not None:
        if order.frame > count:
            raise BadParams(f"frame: there is no frame {order.frame}, the file has {count}.")
        return range(order.frame - 1, order.frame)
    return range(count if form.many != "one" else min(1, count))


def first_only(picture: Picture, order: Order, count: int, form: Form) -> Picture:
    """Says so when frames were left out that nobody asked to leave out."""
    if order.frame is not None or count == len(picture.frames):
        return picture
    return picture.losing(
        f"Only the first of {count} frames was kept, for {an(form.name)} holds one picture; `frame` chooses another."
    )
