"""Colour spaces and types: what a format can hold is stored, the rest is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest

from robots.image.resize import Colorspace
from robots.tools.images.color import GRAY, SCREEN
from robots.tools.images.lab import screened
from robots.tools.images.pipeline import resize
from tests.robots.tools.images.shown import RED, flat, made, near, pixel, shown

CLEAR = {"format": "tiff", "background": "none"}


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("Bilevel", "1"),
        ("Grayscale", "L"),
        ("GrayscaleAlpha", "LA"),
        ("Palette", "P"),
        ("PaletteAlpha", "P"),
        ("TrueColor", "RGB"),
        ("TrueColorAlpha", "RGBA"),
    ],
)
def test_a_type_decides_the_channels(tmp_path: Path, kind: str, mode: str) -> None:
    assert shown(tmp_path, flat(RED), type=kind).mode == mode


@pytest.mark.parametrize(
    ("order", "ending"),
    [({"type": "ColorSeparation"}, "jpg"), ({"colorspace": "CMYK"}, "jpg"), ({"colorspace": "CMYK"}, "tiff")],
)
def test_ink_is_written_where_a_format_holds_it(tmp_path: Path, order: Any, ending: str) -> None:
    image = shown(tmp_path, flat(RED), format=ending, **order)

    cyan, magenta, *_ = pixel(image, mode="CMYK")
    assert image.mode == "CMYK"
    assert cyan < 30
    assert magenta > 200


def test_a_gray_colour_space_is_gray(tmp_path: Path) -> None:
    image = shown(tmp_path, flat((200, 100, 50)), colorspace="Gray")

    assert image.mode == "L"


@pytest.mark.parametrize("space", sorted(SCREEN))
def test_a_colour_space_of_screens_changes_nothing(tmp_path: Path, space: str) -> None:
    image, losses = made(tmp_path, saved(tmp_path), colorspace=space)

    assert pixel(image) == (200, 100, 50)
    assert losses == []


@pytest.mark.parametrize("space", sorted({*get_args(Colorspace)} - SCREEN - GRAY))
def test_a_colour_space_that_a_format_lacks_is_told(tmp_path: Path, space: str) -> None:
    image, losses = made(tmp_path, saved(tmp_path), colorspace=space)

    assert pixel(image) == (200, 100, 50)
    assert space in losses[0]


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        ({"colorspace": "Lab"}, ["Transparency was lost, for a tiff of Lab has none here."]),
        ({"colorspace": "CMYK"}, ["Transparency was lost, for a tiff of CMYK has none here."]),
        ({"type": "ColorSeparationAlpha"}, []),
    ],
)
def test_transparency_that_a_colour_space_lacks_is_told(tmp_path: Path, wish: dict[str, str], told: list[str]) -> None:
    flat((9, 9, 9, 0), "RGBA").save(tmp_path / "clear.png")

    resized = resize(str(tmp_path / "clear.png"), str(tmp_path / "made"), "png", {**CLEAR, **wish})

    assert list(resized["losses"]) == told


def test_a_tiff_can_hold_lab(tmp_path: Path) -> None:
    image, _ = made(tmp_path, saved(tmp_path), colorspace="Lab", format="tiff")

    assert image.mode == "LAB"
    assert near(pixel(screened(image)), (200, 100, 50))


def test_monochrome_is_black_and_white_dots(tmp_path: Path) -> None:
    image = shown(tmp_path, flat((100, 100, 100)), monochrome=True)

    black, *_, white = image.convert("L").histogram()
    assert black + white == 40 * 30
    assert near((round(white * 255 / 1200),), (100,), 8)


def saved(folder: Path) -> Path:
    path = folder / "a.png"
    flat((200, 100, 50)).save(path)
    return path
