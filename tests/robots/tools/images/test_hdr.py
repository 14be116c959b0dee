"""The light of HDR pictures comes to what an ordinary screen shows, by the formulas of the standards."""

from __future__ import annotations

import pytest
from pyvips import Image

from robots.tools.images.hdr import to_screen

PQ, HLG = 16, 18


def code(light: float) -> float:
    """That of PQ for so many cd/m², from 0 to 1."""
    power: float = (light / 10_000) ** 0.1593017578125
    return ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375  # type: ignore[no-any-return]


def seen(*codes: float, curve: int = PQ, primaries: int = 9, deep: bool = False) -> list[float]:
    """A pixel of these codes, in 8 bits."""
    top, format, space = (65535, "ushort", "rgb16") if deep else (255, "uchar", "srgb")
    frame = (
        Image.black(2, 2, bands=3)
        .linear(1, [top * each for each in codes])
        .rint()
        .cast(format)
        .copy(interpretation=space)
    )
    made = to_screen(frame, curve, primaries)
    assert (made.format, made.interpretation) == (format, space)
    return [255 / top * value for value in made(1, 1)]


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize(("light", "gray"), [(0, 0), (100, 157), (203, 191), (1000, 255), (10_000, 255)])
def test_gray_stays_gray_and_paper_stays_below_white(light: float, gray: float, deep: bool) -> None:
    assert seen(*[code(light)] * 3, deep=deep) == pytest.approx([gray] * 3, abs=2)


def test_both_curves_show_paper_alike() -> None:
    assert seen(*[0.75] * 3, curve=HLG) == pytest.approx(seen(*[code(203)] * 3), abs=2)


def test_wide_colours_come_to_the_nearest_that_there_are() -> None:
    red = seen(code(100), 0, 0)

    assert red[0] > seen(code(100), 0, 0, primaries=1)[0]
    assert red[1:] == [0, 0]
    assert seen(code(100), 0, 0, primaries=12)[0] < red[0]


def test_transparency_is_left_alone() -> None:
    frame = Image.black(2, 2, bands=4).linear(1, [130, 130, 130, 77]).cast("uchar").copy(interpretation="srgb")

    made = to_screen(frame, PQ, 9)

    assert made(1, 1) == pytest.approx([158, 158, 158, 77], abs=2)
