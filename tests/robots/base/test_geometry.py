"""The resize strategies give the documented sizes."""

import pytest

from robots.base.geometry import Box, Geometry, Size, corner, fitted

SOURCE = Size(400, 300)


@pytest.mark.parametrize(
    ("strategy", "scaled", "canvas", "at"),
    [
        ("fit", (100, 75), (100, 75), (0, 0)),
        ("min_fit", (133, 100), (133, 100), (0, 0)),
        ("fillcrop", (133, 100), (100, 100), (-17, 0)),
        ("pad", (100, 75), (100, 100), (0, 12)),
        ("stretch", (100, 100), (100, 100), (0, 0)),
        ("crop", (400, 300), (100, 100), (-150, -100)),
    ],
)
def test_each_strategy_has_its_own_idea_of_a_square(
    strategy: str, scaled: tuple[int, int], canvas: tuple[int, int], at: tuple[int, int]
) -> None:
    assert fitted(strategy, SOURCE, (100, 100)) == Geometry(Size(*scaled), Size(*canvas), *at)


@pytest.mark.parametrize(
    ("strategy", "scaled", "canvas"),
    [
        ("fit", (400, 300), (400, 300)),
        ("min_fit", (400, 300), (400, 300)),
        ("fillcrop", (400, 300), (400, 300)),
        ("stretch", (400, 300), (400, 300)),
        ("pad", (400, 300), (800, 800)),
    ],
)
def test_without_zoom_nothing_grows_but_the_padded_canvas(
    strategy: str, scaled: tuple[int, int], canvas: tuple[int, int]
) -> None:
    geometry = fitted(strategy, SOURCE, (800, 800), zoom=False)

    assert (geometry.scaled, geometry.canvas) == (Size(*scaled), Size(*canvas))


def test_a_crop_grows_only_what_is_too_small_for_it() -> None:
    grown, kept = fitted("crop", SOURCE, (800, 300)), fitted("crop", SOURCE, (800, 300), zoom=False)

    assert (grown.scaled, grown.canvas) == (Size(800, 600), Size(800, 300))
    assert (kept.scaled, kept.canvas) == (SOURCE, Size(400, 300))


@pytest.mark.parametrize(
    ("box", "size"), [((200, None), (200, 150)), ((None, 30), (40, 30)), ((None, None), (400, 300))]
)
@pytest.mark.parametrize("strategy", ["fit", "min_fit", "fillcrop", "pad", "stretch"])
def test_an_open_side_follows_the_aspect_ratio(
    strategy: str, box: tuple[int | None, int | None], size: tuple[int, int]
) -> None:
    assert fitted(strategy, SOURCE, box).canvas == Size(*size)


@pytest.mark.parametrize(("gravity", "left"), [("left", 0), ("center", 16), ("right", 33)])
def test_gravity_says_what_stays_of_a_fillcrop(gravity: str, left: int) -> None:
    geometry = fitted("fillcrop", SOURCE, (100, 100), gravity=gravity)

    assert geometry.cuts
    assert not geometry.pads
    assert abs(geometry.cut.left - left) <= 1
    assert geometry.cut.width == 100


def test_a_pad_cuts_nothing() -> None:
    geometry = fitted("pad", SOURCE, (100, 100))

    assert geometry.pads
    assert geometry.cut == Box(0, 0, 100, 75)


def test_a_very_flat_picture_keeps_a_pixel() -> None:
    assert fitted("fit", Size(5000, 2), (100, 100)).canvas == Size(100, 1)


@pytest.mark.parametrize(
    ("position", "at"), [("top-left", (0, 0)), ("bottom-right", (90, 90)), ("center", (45, 45)), ("right", (90, 45))]
)
def test_a_position_is_a_corner(position: str, at: tuple[int, int]) -> None:
    assert corner(Size(10, 10), Size(100, 100), position) == at


@pytest.mark.parametrize("strategy", ["fit", "min_fit", "pad", "fillcrop", "stretch"])
def test_a_side_that_is_given_alone_comes_out_exactly(strategy: str) -> None:
    assert fitted(strategy, Size(400, 300), (30, None)).canvas.width == 30
    assert fitted(strategy, Size(400, 300), (None, 31)).canvas.height == 31
