"""Text stands where it is put, in its colours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from tests import samples
from tests.robots.tools.images.shown import flat, made, shown


def lettered(folder: Path, **text: Any) -> PIL.Image.Image:
    return shown(folder, flat("white", size=(200, 100)), text=[{"text": "Sluice", "size": 20, **text}]).convert("RGB")


def box(image: PIL.Image.Image) -> Any:
    return image.point(lambda value: 255 - value).getbbox()


def colors(image: PIL.Image.Image) -> set[Any]:
    return {color for _, color in image.getcolors(100_000) or []}


def test_text_is_black_and_in_the_middle(tmp_path: Path) -> None:
    left, top, right, bottom = box(lettered(tmp_path))

    assert abs((left + right) / 2 - 100) <= 2
    assert abs((top + bottom) / 2 - 50) <= 2
    assert 50 < right - left < 75
    assert (0, 0, 0) in colors(lettered(tmp_path))


@pytest.mark.parametrize(
    ("where", "horizontal", "vertical"),
    [
        ({"align": "left", "valign": "top"}, 0, 0),
        ({"align": "right", "valign": "bottom"}, 200, 100),
        ({"gravity": "top-right"}, 200, 0),
    ],
)
def test_text_is_aligned(tmp_path: Path, where: Any, horizontal: int, vertical: int) -> None:
    left, top, right, bottom = box(lettered(tmp_path, **where))

    assert (left if horizontal == 0 else right) in range(horizontal - 4, horizontal + 5)
    assert (top if vertical == 0 else bottom) in range(vertical - 6, vertical + 7)


def test_offsets_move_text(tmp_path: Path) -> None:
    plain, moved = box(lettered(tmp_path)), box(lettered(tmp_path, x_offset=10, y_offset=-5))

    assert (moved[0] - plain[0], moved[1] - plain[1]) == (10, -5)


def test_a_larger_font_is_larger(tmp_path: Path) -> None:
    small, large = box(lettered(tmp_path)), box(lettered(tmp_path, size=40))

    assert (large[2] - large[0]) / (small[2] - small[0]) == pytest.approx(2, abs=0.15)


def test_text_has_its_colour_and_its_box(tmp_path: Path) -> None:
    found = colors(lettered(tmp_path, color="#f00", background_color="yellow"))

    assert {(255, 0, 0), (255, 255, 0), (255, 255, 255)} <= found


def test_an_outline_makes_text_wider(tmp_path: Path) -> None:
    plain, outlined = lettered(tmp_path), lettered(tmp_path, stroke_width=3, stroke_color="#00f")

    assert (0, 0, 255) in colors(outlined)
    assert box(plain)[0] - box(outlined)[0] in {2, 3, 4}


def test_text_is_rotated(tmp_path: Path) -> None:
    left, top, right, bottom = box(lettered(tmp_path, rotate=90))

    assert bottom - top > right - left


def test_markup_is_written_as_it_is(tmp_path: Path) -> None:
    wide = box(lettered(tmp_path, text="<b>&amp;</b>"))

    assert wide[2] - wide[0] > 90


def test_there_may_be_several_texts_and_lines(tmp_path: Path) -> None:
    texts = [{"text": "one\ntwo", "valign": "top"}, {"text": "three", "valign": "bottom"}, {"text": ""}]

    image = shown(tmp_path, flat("white", size=(200, 100)), text=texts).convert("RGB")

    _, top, _, bottom = box(image)
    assert top < 8
    assert bottom > 92


def test_other_fonts_and_scripts_are_drawn_too(tmp_path: Path) -> None:
    assert box(lettered(tmp_path, font="No Such Font, 99", text="Grüße Ω Ж"))


def test_every_frame_of_an_animation_gets_the_text(tmp_path: Path) -> None:
    order = {"text": [{"text": "X", "color": "#ff0000", "size": 40}]}

    plain, _ = made(tmp_path, samples.gif(tmp_path, frames=2))
    image, _ = made(tmp_path, samples.gif(tmp_path, frames=2), **order)

    for number in range(2):
        plain.seek(number)
        image.seek(number)
        assert list(plain.convert("RGB").get_flattened_data()) != list(image.convert("RGB").get_flattened_data())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ({"x_offset": 10**12}, ["A text cannot be seen: its offsets put it outside the picture."]),
        ({"valign": "top", "y_offset": -90}, ["A text cannot be seen: its offsets put it outside the picture."]),
        ({"size": 90}, ["A text is cut off, for it is larger than the picture."]),
        ({"align": "left", "x_offset": -5}, []),
    ],
)
def test_a_text_that_is_not_or_not_wholly_seen_is_told(tmp_path: Path, text: dict[str, Any], told: list[str]) -> None:
    flat("white", size=(100, 50)).save(tmp_path / "a.png")

    image, losses = made(tmp_path, tmp_path / "a.png", text=[{"text": "Sluice", "size": 20, **text}])

    assert losses == told
    assert (box(image.convert("RGB")) is None) == any("cannot be seen" in sentence for sentence in told)
