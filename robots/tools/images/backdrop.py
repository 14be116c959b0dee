"""Backdrop: what is seen behind a preview, one colour or a gradient from the middle to the corners."""

from __future__ import annotations

from dataclasses import dataclass

from pyvips import Image

from robots.base.fields import RGBA, rgba
from robots.base.geometry import Size
from robots.tools.images.picture import size


@dataclass(frozen=True, slots=True)
class Backdrop:
    """Colours as rrggbbaa; a gradient lies upon the background if both its colours are given."""

    background: str
    center: str | None = None
    outer: str | None = None

    def behind(self, frame: Image) -> Image:
        """The frame, which has alpha, with this behind it; alpha goes where nothing shows through any more."""
        *color, alpha = rgba(self.background)
        if alpha == 255 and not (self.center and self.outer):
            return frame.flatten(background=color)
        ground = _plain(size(frame), rgba(self.background))
        if self.center and self.outer:
            ground = _upon(ground, gradient(size(frame), rgba(self.center), rgba(self.outer)))
        made = _upon(ground, frame).copy_memory()
        return made.extract_band(0, n=3) if made.extract_band(3).min() == 255 else made


def gradient(canvas: Size, center: RGBA, outer: RGBA) -> Image:
    place = Image.xyz(canvas.width, canvas.height)
    across = (place.extract_band(0) * 2 + 1 - canvas.width) / canvas.width
    down = (place.extract_band(1) * 2 + 1 - canvas.height) / canvas.height
    share = ((across * across + down * down) / 2) ** 0.5
    bands = [share * (edge - middle) + middle for middle, edge in zip(center, outer, strict=True)]
    return bands[0].bandjoin(bands[1:]).rint().cast("uchar").copy(interpretation="srgb")


def _plain(canvas: Size, color: RGBA) -> Image:
    return Image.black(canvas.width, canvas.height).new_from_image(color).cast("uchar").copy(interpretation="srgb")


def _upon(ground: Image, layer: Image) -> Image:
    return ground.composite2(layer, "over").rint().cast("uchar")
