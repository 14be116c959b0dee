"""Layouts put pictures where they were ordered, without holes and overlaps."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from robots.base.errors import BadParams
from robots.base.geometry import Box, Size
from robots.tools.images.layout import Layout, column, grid, mosaic, on_canvas, row, sides_of

SIZES = [Size(30, 20), Size(10, 40), Size(50, 10)]


def overlap(one: Box, other: Box) -> bool:
    across = one.left < other.left + other.width and other.left < one.left + one.width
    return across and one.top < other.top + other.height and other.top < one.top + one.height


def test_a_row_is_as_high_as_its_highest() -> None:
    plan = row(SIZES, 5)

    assert plan.canvas == Size(100, 40)
    assert [place.left for place in plan.places] == [0, 35, 50]


def test_a_column_is_as_wide_as_its_widest() -> None:
    plan = column(SIZES, 5)

    assert plan.canvas == Size(50, 80)
    assert [place.top for place in plan.places] == [0, 25, 70]


@pytest.mark.parametrize(
    ("count", "columns", "rows", "sides"),
    [(8, None, None, (3, 3)), (8, 4, None, (4, 2)), (8, None, 2, (4, 2)), (8, 2, 2, (2, 4)), (2, 3, 3, (3, 3))],
)
def test_a_grid_has_the_sides_that_are_asked_for_or_needed(
    count: int, columns: int | None, rows: int | None, sides: tuple[int, int]
) -> None:
    assert sides_of(count, columns, rows) == sides


def test_cells_are_as_large_as_the_largest_and_hold_pictures_in_their_middle() -> None:
    plan = grid(SIZES, 4, (2, 2), (None, None))

    assert plan.canvas == Size(104, 84)
    assert plan.places[0] == Box(10, 10, 30, 20)
    assert plan.places[2] == Box(0, 59, 50, 10)


def test_pictures_are_fitted_into_cells_of_a_size() -> None:
    plan = grid(SIZES, 0, (3, 1), (60, 60))

    assert plan.canvas == Size(180, 60)
    assert [(place.width, place.height) for place in plan.places] == [(60, 40), (15, 60), (60, 12)]


@given(
    some.lists(some.builds(Size, some.integers(50, 400), some.integers(50, 400)), min_size=1, max_size=20),
    some.integers(0, 6),
    some.sampled_from([(None, None), (600, None), (None, 500), (700, 400)]),
)
def test_the_tiles_of_a_mosaic_leave_only_gutters(
    sizes: list[Size], gap: int, wanted: tuple[int | None, int | None]
) -> None:
    plan = mosaic(sizes, gap, wanted)

    assert len(plan.places) == len(sizes)
    assert not any(overlap(one, other) for one, other in combinations(plan.places, 2))
    assert wanted[0] in (None, plan.canvas.width)
    assert wanted[1] in (None, plan.canvas.height)
    for place in plan.places:
        assert place.left >= gap
        assert place.left + place.width <= plan.canvas.width - gap + 1
    assert max(place.left + place.width for place in plan.places) == plan.canvas.width - gap


def test_a_border_that_leaves_no_room_is_refused() -> None:
    with pytest.raises(BadParams, match="border"):
        mosaic(SIZES, 400, (600, 600))


def test_a_layout_is_scaled_into_the_middle_of_its_canvas() -> None:
    plan = on_canvas(Layout(Size(100, 50), (Box(0, 0, 50, 50),)), (200, 200))

    assert plan.canvas == Size(200, 200)
    assert plan.places == (Box(0, 50, 100, 100),)


def test_without_a_wish_a_layout_stays() -> None:
    plan = row(SIZES, 1)

    assert on_canvas(plan, (None, None)) is plan
