"""What can be seen through is put on a background, unless it was asked to stay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.robots.tools.images.shown import RED, flat, made, near, pixel, shown

HALF = (255, 0, 0, 128)


def test_a_transparent_png_comes_out_on_white(tmp_path: Path) -> None:
    image = shown(tmp_path, flat((255, 0, 0, 0), "RGBA"), width=20)

    assert image.mode == "RGB"
    assert pixel(image, 5, 5) == (255, 255, 255)


@pytest.mark.parametrize("background", ["none", "transparent"])
def test_without_a_background_it_stays_transparent(tmp_path: Path, background: str) -> None:
    image = shown(tmp_path, flat(HALF, "RGBA"), width=20, background=background)

    assert near(pixel(image, 5, 5, "RGBA"), HALF)


def test_it_comes_out_on_the_background_asked_for(tmp_path: Path) -> None:
    assert near(pixel(shown(tmp_path, flat(HALF, "RGBA"), background="#00f")), (128, 0, 127))


def test_without_flatten_it_stays_transparent(tmp_path: Path) -> None:
    assert near(pixel(shown(tmp_path, flat(HALF, "RGBA"), flatten=False), mode="RGBA"), HALF)


@pytest.mark.parametrize("background", ["#FFFFFF", "transparent"])
def test_a_format_without_alpha_gets_a_background(tmp_path: Path, background: str) -> None:
    image = shown(tmp_path, flat((0, 0, 0, 0), "RGBA"), format="jpg", flatten=False, background=background)

    assert near(pixel(image), (255, 255, 255))


@pytest.mark.parametrize("color", ["#f00", "red", "255,0,0"])
def test_a_colour_can_be_made_transparent(tmp_path: Path, color: str) -> None:
    source = flat(RED)
    source.paste("green", (0, 0, 20, 30))

    image = shown(tmp_path, source, transparent=color)

    assert pixel(image, 30, 15, "RGBA")[3] == 0
    assert pixel(image, 10, 15, "RGBA")[3] == 255


def test_a_jpeg_cannot_have_a_transparent_colour(tmp_path: Path) -> None:
    flat(RED).save(tmp_path / "a.jpg")

    _, losses = made(tmp_path, tmp_path / "a.jpg", transparent="red")

    assert "transparent" in losses[0]


@pytest.mark.parametrize(
    ("operation", "found"),
    [
        ("Off", (255, 0, 0, 255)),
        ("Deactivate", (255, 0, 0, 255)),
        ("Opaque", (255, 0, 0, 255)),
        ("On", (255, 127, 127, 255)),
        ("Set", (255, 127, 127, 255)),
        ("Activate", (255, 127, 127, 255)),
        ("Transparent", (255, 0, 0, 0)),
        ("Extract", (128, 128, 128, 255)),
        ("Copy", (255, 0, 0, 127)),
        ("Shape", (255, 255, 255, 127)),
        ("Background", (255, 127, 127, 255)),
        ("Remove", (255, 127, 127, 255)),
    ],
)
def test_alpha_is_operated_on(tmp_path: Path, operation: str, found: Any) -> None:
    image = shown(tmp_path, flat(HALF, "RGBA"), alpha=operation)

    assert near(pixel(image, mode="RGBA"), found)


@pytest.mark.parametrize("operation", ["Activate", "On", "Set"])
def test_a_channel_that_was_asked_for_is_there(tmp_path: Path, operation: str) -> None:
    assert shown(tmp_path, flat(RED), alpha=operation).mode == "RGBA"


def test_what_is_hidden_takes_the_background_colour(tmp_path: Path) -> None:
    image = shown(tmp_path, flat((1, 2, 3, 0), "RGBA"), alpha="Background", background="#0f0", flatten=False)

    assert pixel(image, mode="RGBA") == (0, 255, 0, 0)


def test_halves_that_a_gif_cannot_hold_are_told(tmp_path: Path) -> None:
    flat((255, 0, 0, 128), "RGBA").save(tmp_path / "half.png")
    flat((255, 0, 0, 0), "RGBA").save(tmp_path / "clear.png")

    assert "Half transparent" in made(tmp_path, tmp_path / "half.png", format="gif", flatten=False)[1][0]
    assert made(tmp_path, tmp_path / "clear.png", format="gif", flatten=False)[1] == []
