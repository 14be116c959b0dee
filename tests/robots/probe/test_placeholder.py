"""A few letters hold the impression of an image."""

import base64
import math

import pytest
from PIL import Image

from robots.probe.placeholder import DIGITS, blurhash, thumbhash
from tests import samples


def number(letters: str) -> int:
    total = 0
    for letter in letters:
        total = total * 83 + DIGITS.index(letter)
    return total


def test_a_blurhash_holds_the_mean_colour_and_twelve_waves() -> None:
    made = blurhash(Image.new("RGB", (64, 48), "#336699"))

    assert len(made) == 6 + 2 * 11
    assert number(made[0]) == 3 + 2 * 9
    assert number(made[2:6]) == pytest.approx(0x336699, abs=2)


def test_a_blurhash_tells_where_red_grows() -> None:
    made = blurhash(samples.picture(64, 48))
    across, down = number(made[6:8]), number(made[12:14])

    assert across // 361 < 9
    assert across // 19 % 19 == 9
    assert down // 19 % 19 < 9


def test_a_thumbhash_holds_the_mean_lightness_and_the_shape() -> None:
    made = base64.b64decode(thumbhash(Image.new("RGB", (80, 40), "#ffffff")))
    shape = made[3] | made[4] << 8

    assert made[0] & 63 == 63
    assert shape >> 15 == 1
    assert shape & 7 == math.floor(7 * 40 / 80 + 0.5)


def test_a_thumbhash_of_a_transparent_image_holds_its_transparency() -> None:
    clear = base64.b64decode(thumbhash(samples.picture(60, 60, "RGBA")))
    solid = base64.b64decode(thumbhash(samples.picture(60, 60)))

    assert clear[2] >> 7 == 1
    assert solid[2] >> 7 == 0
    assert clear[5] & 15 == pytest.approx(7.5, abs=1)
