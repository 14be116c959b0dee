"""Layouts: where pictures lie when many become one, computed from their sizes alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from robots.base.errors import BadParams
from robots.base.geometry import Box, Size, corner

WIDTH = 1200  # of a collage for which nobody asked
SHAPE = 4 / 3  # and how much wider than high it is


@dataclass(frozen=True, slots=True)
class Layout:
    """A canvas and the place of each picture on it; `strategy` says how a picture gets the size of its place."""

    canvas: Size
    places: tuple[Box, ...]
    strategy: str = "stretch"


def row(sizes: Sequence[Size], gap: int) -> Layout:
    """Side by side."""
    places, left = [], 0
    for size in sizes:
        places.append(Box(left, 0, size.width, size.height))
        left += size.width + gap
    return Layout(Size(left - gap, max(size.height for size in sizes)), tuple(places))


def column(sizes: Sequence[Size], gap: int) -> Layout:
    """One below the other."""
    places, top = [], 0
    for size in sizes:
        places.append(Box(0, top, size.width, size.height))
        top += size.height + gap
    return Layout(Size(max(size.width for size in sizes), top - gap), tuple(places))


def sides_of(count: int, columns: int | None, rows: int | None) -> tuple[int, int]:
    """How many columns and rows a grid has; what is not given follows from the other, or makes a square."""
    if columns is None:
        columns = math.ceil(count / rows) if rows else math.ceil(math.sqrt(count))
    return columns, max(rows or 0, math.ceil(count / columns))


def grid(sizes: Sequence[Size], gap: int, sides: tuple[int, int], cell: tuple[int | None, int | None]) -> Layout:
    """From left to right and from top to bottom, each in the middle of its cell.

    A cell whose sides are not given is as large as the largest picture, else pictures are fitted into it.
    """
    fits = [_fitted(size, cell) for size in sizes]
    width = cell[0] or max(size.width for size in fits)
    height = cell[1] or max(size.height for size in fits)
    places = []
    for number, size in enumerate(fits):
        down, across = divmod(number, sides[0])
        left, top = corner(size, Size(width, height), "center")
        places.append(Box(across * (width + gap) + left, down * (height + gap) + top, size.width, size.height))
    canvas = Size(sides[0] * (width + gap) - gap, sides[1] * (height + gap) - gap)
    return Layout(canvas, tuple(places))


def mosaic(sizes: Sequence[Size], gap: int, wanted: tuple[int | None, int | None]) -> Layout:
    """Rows of one width without holes; pictures are cut where the height that is wanted asks for it.

    Of all numbers of rows the one is taken that cuts least.
    """
    width = wanted[0] or round((wanted[1] or WIDTH / SHAPE) * SHAPE)
    height = wanted[1] or round(width / SHAPE)
    shapes = [size.width / size.height for size in sizes]
    tried = [_rows(shapes, count, width - 2 * gap, gap) for count in range(1, len(sizes) + 1)]
    rows = min(tried, key=lambda rows: abs(math.log(_height(rows, gap) / height)))
    if wanted[1] is None:
        height = round(_height(rows, gap))
    room = height - gap * (len(rows) + 1)
    if room < len(rows) or any(width - gap * (len(members) + 1) < len(members) for members, _ in rows):
        raise BadParams("border: it leaves no room for the images.")
    stretch = room / sum(tall for _, tall in rows)
    places, top = [], float(gap)
    for members, tall in rows:
        places += _tiles(members, gap, width, (top, top + tall * stretch))
        top += tall * stretch + gap
    return Layout(Size(width, height), tuple(places), "fillcrop")


def on_canvas(layout: Layout, wanted: tuple[int | None, int | None]) -> Layout:
    """The same layout, scaled into the middle of the canvas that is wanted."""
    if wanted == (None, None):
        return layout
    scaled = _fitted(layout.canvas, wanted)
    canvas = Size(wanted[0] or scaled.width, wanted[1] or scaled.height)
    left, top = corner(scaled, canvas, "center")
    across, down = scaled.width / layout.canvas.width, scaled.height / layout.canvas.height
    places = tuple(
        Box(
            left + round(place.left * across),
            top + round(place.top * down),
            max(1, round(place.width * across)),
            max(1, round(place.height * down)),
        )
        for place in layout.places
    )
    return replace(layout, canvas=canvas, places=places)


def _fitted(size: Size, box: tuple[int | None, int | None]) -> Size:
    factors = [wanted / given for wanted, given in zip(box, (size.width, size.height), strict=True) if wanted]
    return size.scaled(*(min(factors),) * 2) if factors else size


Row = tuple[Sequence[float], float]


def _rows(shapes: Sequence[float], count: int, width: int, gap: int) -> list[Row]:
    """The pictures in so many rows of about the same length, each with the height at which it fills the width."""
    rows: list[list[float]] = [[] for _ in range(count)]
    total, passed = sum(shapes), 0.0
    for number, shape in enumerate(shapes):
        left = len(shapes) - number  # none may stay empty
        at = min(int((passed + shape / 2) / total * count), count - 1, number)
        rows[max(at, count - left)].append(shape)
        passed += shape
    return [(row, max(1.0, (width - gap * (len(row) - 1)) / sum(row))) for row in rows if row]


def _height(rows: Sequence[Row], gap: int) -> float:
    return sum(tall for _, tall in rows) + gap * (len(rows) + 1)


def _tiles(shapes: Sequence[float], gap: int, width: int, sides: tuple[float, float]) -> list[Box]:
    """The places of one row; both ends of each are rounded alike, so that gaps stay even."""
    top, bottom = (round(side) for side in sides)
    room = width - gap * (len(shapes) + 1)
    tiles, left = [], float(gap)
    for shape in shapes:
        right = left + room * shape / sum(shapes)
        tiles.append(Box(round(left), top, max(1, round(right) - round(left)), max(1, bottom - top)))
        left = right + gap
    return tiles
