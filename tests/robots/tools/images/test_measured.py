"""Gray pictures of 32 bits show what was measured, and neither black nor nonsense."""

from __future__ import annotations

from math import inf, nan
from pathlib import Path
from typing import Any

import pytest
from pyvips import Image

from robots.probe.image import read
from robots.tools.images.measured import is_measured, shown
from tests.robots.tools.images.shown import made


def ramp(low: float, high: float, form: str) -> Image:
    """From the left to the right."""
    return (Image.xyz(64, 8).extract_band(0) * ((high - low) / 63) + low).cast(form)


@pytest.mark.parametrize(
    ("low", "high", "form", "ends"),
    [
        (0, 1, "float", (0, 255)),
        (0, 0.5, "float", (0, 128)),
        (0, 255, "float", (0, 255)),
        (-100, 4800, "float", (0, 255)),
        (0, 51, "uint", (0, 51)),
        (300, 4_000_000_000, "uint", (0, 255)),
        (7000, 7000, "int", (0, 0)),
    ],
)
def test_values_become_shades_and_that_is_told(tmp_path: Path, low: Any, high: Any, form: str, ends: Any) -> None:
    ramp(low, high, form).tiffsave(str(tmp_path / "a.tif"))

    image, losses = made(tmp_path, tmp_path / "a.tif", format="jpg", quality=100)

    assert (image.mode, len(losses)) == ("L", 2)
    assert [image.getpixel((x, 4)) for x in (0, 63)] == pytest.approx(ends, abs=2)
    assert losses[0].startswith("The picture has 32 bits a channel: its values from ")


def test_a_place_where_nothing_was_measured_is_black_and_changes_no_other() -> None:
    image = ramp(300, 900, "float")
    holed = image.insert(Image.black(9, 4) + nan, 0, 0).insert(Image.black(9, 4) + inf, 0, 4)

    gray, told = shown(holed)

    assert (gray(0, 0), gray(0, 5), gray(63, 4)) == ([0], [0], [65535])
    assert told.endswith("to 900 are black to white now.")


def test_the_metadata_tells_the_colour_that_is_shown(tmp_path: Path) -> None:
    ramp(0.5, 0.5, "float").tiffsave(str(tmp_path / "a.tif"))

    assert read(tmp_path / "a.tif", "image/tiff", (), 1_000_000)["average_color"] == "#808080"


def test_pictures_with_a_rule_are_left_as_they_are() -> None:
    assert not is_measured(ramp(0, 65535, "ushort"))
    assert not is_measured(Image.black(9, 9, bands=3).cast("float"))


@pytest.mark.parametrize("format", ["png", "tiff"])
def test_colours_of_32_bits_lose_some_of_them_and_that_is_told(tmp_path: Path, format: str) -> None:
    light = ramp(0, 1, "float")
    light.bandjoin([light, light]).copy(interpretation="scrgb").tiffsave(str(tmp_path / "a.tif"))

    _, losses = made(tmp_path, tmp_path / "a.tif", format=format)

    assert losses == ["The picture has 8 bits a channel now, and had more."]
