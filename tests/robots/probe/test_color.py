"""Colours are those that can be seen."""

from PIL import Image

from robots.probe import color


def test_the_average_lies_between_the_colours() -> None:
    image = Image.new("RGB", (4, 2), "#000000")
    image.paste("#ff8800", (0, 0, 2, 2))

    assert color.average(image) == "#804400"


def test_transparent_pixels_have_no_colour() -> None:
    image = Image.new("RGBA", (4, 2), "#00ff0000")
    image.paste("#3366cc", (0, 0, 1, 2))

    assert color.average(image) == "#3366cc"
    assert color.dominant(image) == ["#3366cc"]
    assert color.average(Image.new("RGBA", (4, 2), "#00ff0000")) == "#000000"


def test_dominant_colours_come_by_their_frequency() -> None:
    image = Image.new("RGB", (10, 1), "#ff0000")
    image.paste("#0000ff", (0, 0, 3, 1))

    assert color.dominant(image) == ["#ff0000", "#0000ff"]
