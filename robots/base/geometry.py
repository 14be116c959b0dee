"""How a picture fits into a box: the resize strategies, in whole pixels."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int

    def scaled(self, x: float, y: float) -> Size:
        return Size(max(1, round(self.width * x)), max(1, round(self.height * y)))


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels, from the top left corner."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Geometry:
    """The source is scaled to `scaled`, then laid on `canvas` with its corner at `left`, `top`.

    Where the canvas is larger the background shows; a negative corner lies outside and is cut off.
    """

    scaled: Size
    canvas: Size
    left: int = 0
    top: int = 0

    @property
    def cut(self) -> Box:
        """The part of the scaled picture that stays."""
        left, top = max(0, -self.left), max(0, -self.top)
        width = min(self.scaled.width - left, self.canvas.width)
        height = min(self.scaled.height - top, self.canvas.height)
        return Box(left, top, width, height)

    @property
    def cuts(self) -> bool:
        return (self.cut.width, self.cut.height) != (self.scaled.width, self.scaled.height)

    @property
    def pads(self) -> bool:
        return self.canvas.width > self.cut.width or self.canvas.height > self.cut.height


def fitted(
    strategy: str, source: Size, box: tuple[int | None, int | None], *, zoom: bool = True, gravity: str = "center"
) -> Geometry:
    """What a strategy makes of a source; a side that the box leaves open follows the aspect ratio.

    `gravity` says which part stays when something is cut, and where the picture lies when the canvas is larger.
    `crop` cuts the box out; only a source that is too small for it is scaled. Without `zoom` nothing grows, but a
    padded canvas keeps its size.
    """
    target = _completed(source, box)
    if strategy == "crop":
        source = _grown(source, box) if zoom else source
        canvas = Size(min(box[0] or source.width, source.width), min(box[1] or source.height, source.height))
        return _laid(source, canvas, gravity)
    if strategy == "stretch":
        scaled = target if zoom else Size(min(target.width, source.width), min(target.height, source.height))
        return Geometry(scaled, scaled)
    sides = zip(box, (source.width, source.height), strict=True)
    factors = [wanted / given for wanted, given in sides if wanted is not None] or [1.0]
    scale = max(factors) if strategy in {"min_fit", "fillcrop"} else min(factors)
    scaled = source.scaled(*(scale if zoom else min(scale, 1.0),) * 2)
    if strategy in {"fit", "min_fit"}:
        return Geometry(scaled, scaled)
    if strategy == "pad":
        return _laid(scaled, target, gravity)
    return _laid(scaled, Size(min(scaled.width, target.width), min(scaled.height, target.height)), gravity)


def _grown(source: Size, box: tuple[int | None, int | None]) -> Size:
    """Large enough to have the box cut out of it."""
    sides = zip(box, (source.width, source.height), strict=True)
    factor = max(1.0, *(wanted / given for wanted, given in sides if wanted is not None), 1.0)
    return source.scaled(factor, factor)


def corner(inner: Size, outer: Size, position: str) -> tuple[int, int]:
    """Where the top left corner of one rectangle lies when it is put at a position of another."""
    free_x, free_y = outer.width - inner.width, outer.height - inner.height
    left = 0 if "left" in position else free_x if "right" in position else free_x // 2
    top = 0 if "top" in position else free_y if "bottom" in position else free_y // 2
    return left, top


def _completed(source: Size, box: tuple[int | None, int | None]) -> Size:
    width, height = box
    if width is None and height is None:
        return source
    if width is None:
        assert height is not None
        return Size(max(1, round(source.width * height / source.height)), height)
    return Size(width, height if height is not None else max(1, round(source.height * width / source.width)))


def _laid(scaled: Size, canvas: Size, gravity: str) -> Geometry:
    return Geometry(scaled, canvas, *corner(scaled, canvas, gravity))
