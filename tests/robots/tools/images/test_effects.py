"""Effects change colours as they say, and alpha never."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from robots.base.errors import BadParams
from tests.robots.tools.images.shown import BLUE, RED, flat, near, pixel, shown


@pytest.mark.parametrize(
    ("order", "before", "after"),
    [
        ({"brightness": 2}, (50, 50, 50), (100, 100, 50 + 50)),
        ({"brightness": 0.5}, (200, 100, 60), (100, 50, 30)),
        ({"brightness": 0}, (200, 100, 60), (0, 0, 0)),
        ({"brightness": 9}, (200, 100, 60), (255, 255, 255)),
        ({"saturation": 0}, (200, 100, 60), (130, 130, 130)),
        ({"saturation": 2}, (150, 100, 100), (175, 75, 75)),
        ({"saturation": 9}, (128, 128, 128), (128, 128, 128)),
        ({"hue": 200}, RED, (0, 255, 255)),
        ({"hue": 0}, BLUE, (255, 255, 0)),
        ({"hue": 100 + 200 / 3}, RED, (0, 255, 0)),
        ({"hue": 100 - 200 / 3}, RED, (0, 0, 255)),
        ({"contrast": 2}, (100, 128, 160), (73, 129, 193)),
        ({"contrast": 0.5}, (0, 128, 255), (64, 128, 191)),
        ({"contrast": 0}, (0, 128, 255), (128, 128, 128)),
        ({"negate": True}, (200, 100, 60), (55, 155, 195)),
        ({"sepia": 0}, (200, 100, 60), (200, 100, 60)),
        ({"sepia": 80}, (0, 0, 0), (51, 29, 29)),
        ({"sepia": 80}, (255, 255, 255), (255, 255, 221)),
    ],
)
@pytest.mark.parametrize("alpha", [None, 128])
def test_colours_change(tmp_path: Path, order: Any, before: Any, after: Any, alpha: int | None) -> None:
    source = flat(before) if alpha is None else flat((*before, alpha), "RGBA")

    image = shown(tmp_path, source, flatten=False, **order)

    assert near(pixel(image), after)
    assert pixel(image, mode="RGBA")[3] == (alpha or 255)


def test_a_gray_picture_can_be_tinted(tmp_path: Path) -> None:
    red, green, blue = pixel(shown(tmp_path, flat(128, "L"), sepia=80))

    assert red > green > blue


def test_a_blur_softens_an_edge(tmp_path: Path) -> None:
    image = shown(tmp_path, halves(), blur="0x4")

    assert 80 < pixel(image, 49, 15)[0] < 176
    assert pixel(image, 5, 15) == (0, 0, 0)


def test_the_radius_of_a_blur_bounds_it(tmp_path: Path) -> None:
    wide, narrow = shown(tmp_path, halves(), blur="0x9"), shown(tmp_path, halves(), blur="2x9")

    assert pixel(wide, 44, 15)[0] > 20
    assert pixel(narrow, 44, 15)[0] == 0


def test_hidden_colours_do_not_bleed_into_a_blur(tmp_path: Path) -> None:
    source = flat((*RED, 0), "RGBA")
    source.paste((*BLUE, 255), (0, 0, 20, 30))

    image = shown(tmp_path, source, blur="0x3", flatten=False)

    assert pixel(image, 20, 15, "RGBA")[0] < 5


@pytest.mark.parametrize("order", [{"blur": "0x5"}, {}])
def test_regions_are_blurred_as_ellipses(tmp_path: Path, order: Any) -> None:
    region = {"x": 30, "y": 5, "width": 40, "height": 20}

    image = shown(tmp_path, halves(), blur_regions=[region], **order)

    assert 80 < pixel(image, 49, 15)[0] < 176
    assert pixel(image, 49, 1) == (0, 0, 0)
    assert pixel(image, 50, 29) == (255, 255, 255)


def test_a_region_outside_the_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadParams) as error:
        shown(tmp_path, halves(), blur_regions=[{"x": 500, "y": 1, "width": 40, "height": 20}])

    assert error.value.code == "IMAGE_RESIZE_INVALID_BLUR_REGION"


def test_a_lookup_table_gives_new_colours(tmp_path: Path) -> None:
    table = PIL.Image.new("RGB", (256, 1))
    for light in range(256):
        table.putpixel((light, 0), (255 - light, light, 10))
    table.save(tmp_path / "clut.png")

    image = shown(tmp_path, flat((200, 200, 200)), clut=str(tmp_path / "clut.png"))

    assert near(pixel(image), (55, 200, 10))


def halves() -> PIL.Image.Image:
    """Black on the left, white on the right."""
    source = flat("black", size=(100, 30))
    source.paste("white", (50, 0, 100, 30))
    return source
