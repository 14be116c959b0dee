"""Shared parameter types take what the API documents and nothing else."""

import pytest
from pydantic import TypeAdapter, ValidationError

from robots.base.fields import Color, Crop, VideoColor, rgba
from robots.base.geometry import Box, Size


@pytest.mark.parametrize(
    ("color", "channels"),
    [
        ("#f00", (255, 0, 0, 255)),
        ("00ff80", (0, 255, 128, 255)),
        ("11223380", (17, 34, 51, 128)),
        ("transparent", (0, 0, 0, 0)),
        ("grey", (128, 128, 128, 255)),
    ],
)
def test_a_colour_has_four_channels(color: str, channels: tuple[int, int, int, int]) -> None:
    assert rgba(color) == channels


@pytest.mark.parametrize("wrong", ["#ff", "12345678", "mauve", "#ggg", ""])
def test_an_image_colour_is_hexadecimal_or_a_known_name(wrong: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Color).validate_python(wrong)


@pytest.mark.parametrize("wrong", ["fff", "red", "#1234567"])
def test_a_video_colour_has_six_or_eight_digits(wrong: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(VideoColor).validate_python(wrong)


@pytest.mark.parametrize(
    "given",
    [
        {"x1": 80, "y1": 100, "x2": "60%", "y2": "80%"},
        {"x1": "80", "y1": "100px", "x2": "240", "y2": 240},
        '{"x1": 80, "y1": 100, "x2": "60%", "y2": "80%"}',
    ],
)
def test_a_crop_is_in_pixels_or_percentages_or_json(given: object) -> None:
    crop = Crop.model_validate(given)

    assert crop.box(Size(400, 300)) == Box(80, 100, 160, 140)


def test_a_crop_stays_inside_the_picture() -> None:
    crop = Crop(x1=-20, y1=0, x2=9000, y2="50%")

    assert crop.box(Size(400, 300)) == Box(0, 0, 400, 150)


def test_an_open_corner_is_the_picture_s_own() -> None:
    crop = Crop.model_validate({"x1": 100, "y2": None})

    assert crop.box(Size(400, 300)) == Box(100, 0, 300, 300)


@pytest.mark.parametrize("wrong", ["{", "[1]", {"x3": 1}, {"x1": 1, "y1": 1, "x2": "a", "y2": 2}])
def test_a_wrong_crop_is_refused(wrong: object) -> None:
    with pytest.raises(ValidationError):
        Crop.model_validate(wrong)
