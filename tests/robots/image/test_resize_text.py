"""/image/resize writes text on images."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from robots.base.errors import BadParams
from tests.robots.image.resized import dark, drawn, pixel, resized
from tests.robots.workspace import Bench

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_text_is_one_object_or_a_list(bench: Bench, tmp_path: Path) -> None:
    source = drawn(tmp_path / "a.png", color="white", size=(80, 40))

    one = await resized(bench, source, text={"text": "A", "size": "30"})
    two = await resized(bench, source, text=[{"text": "A", "size": 30}, {"text": "B", "align": "left", "unknown": 1}])

    assert pixel(one, 79, 39) == (255, 255, 255)
    assert dark(two) > dark(one) > 20


@pytest.mark.parametrize(
    ("look", "where"),
    [
        ({"align": "left", "valign": "top"}, (0, 0)),
        ({"align": "right", "valign": "bottom"}, (1, 1)),
        ({"align": "left", "valign": "bottom"}, (0, 1)),
        ({"gravity": "bottom-right"}, (1, 1)),
    ],
)
async def test_text_stands_where_it_is_put(bench: Bench, tmp_path: Path, look: Any, where: tuple[int, int]) -> None:
    source = drawn(tmp_path / "a.png", color="white", size=(100, 60))

    image = await resized(bench, source, text={"text": "O", "size": 20, **look})

    halves = [image.crop((50 * x, 30 * y, 50 * x + 50, 30 * y + 30)) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))]
    assert [dark(half) > 0 for half in halves].index(True) == where[0] + 2 * where[1]
    assert sum(dark(half) > 0 for half in halves) == 1


@pytest.mark.parametrize(
    ("look", "color"),
    [
        ({"color": "#ff0000"}, (255, 0, 0)),
        ({"background_color": "blue"}, (0, 0, 255)),
        ({"stroke_width": 2, "stroke_color": "green"}, (0, 128, 0)),
    ],
)
async def test_text_has_its_colours(bench: Bench, tmp_path: Path, look: Any, color: Any) -> None:
    source = drawn(tmp_path / "a.png", color="white", size=(80, 40))

    image = await resized(bench, source, text={"text": "M", "size": 30, **look})

    assert color in {pixel(image, x, y) for x in range(80) for y in range(40)}


async def test_offsets_and_rotation_move_text(bench: Bench, tmp_path: Path) -> None:
    source = drawn(tmp_path / "a.png", color="white", size=(80, 80))

    def box(image: PIL.Image.Image) -> Any:
        return image.convert("L").point(lambda value: 255 - value).getbbox()

    plain = box(await resized(bench, source, text={"text": "IIII", "size": 20}))
    moved = box(await resized(bench, source, text={"text": "IIII", "size": 20, "x_offset": 9, "y_offset": -7}))
    turned = box(await resized(bench, source, text={"text": "IIII", "size": 20, "rotate": 90}))

    assert moved == (plain[0] + 9, plain[1] - 7, plain[2] + 9, plain[3] - 7)
    assert (turned[2] - turned[0] > turned[3] - turned[1]) != (plain[2] - plain[0] > plain[3] - plain[1])


def fonts(*asked: str) -> list[str]:
    """Those of this machine that are as they are asked for."""
    told = subprocess.run(["fc-list", *asked, "family"], capture_output=True, check=True, text=True).stdout
    return sorted({line.split(",")[0] for line in told.splitlines()})


def breadth(image: PIL.Image.Image) -> int:
    left, _, right, _ = image.convert("L").point(lambda value: 255 - value).getbbox() or (0, 0, 0, 0)
    return right - left


async def test_a_text_is_set_in_the_font_that_is_asked_for(bench: Bench, tmp_path: Path) -> None:
    source = drawn(tmp_path / "a.png", color="white", size=(200, 40))

    async def broad(font: str, letters: str) -> int:
        return breadth(await resized(bench, source, text={"text": letters, "size": 20, "font": font}))

    typewriter = fonts(":spacing=100")[0]
    assert await broad("Arial", "HHHH") > 2 * await broad("Arial", "llll")
    assert await broad(typewriter, "HHHH") < 2 * await broad(typewriter, "llll")
    assert bench.warnings == []


@pytest.mark.parametrize(("font", "told"), [("Arial", 0), ("Helvetica", 0), ("No Such, Font", 1)])
async def test_a_font_that_is_not_there_is_replaced_and_told(
    bench: Bench, tmp_path: Path, font: str, told: int
) -> None:
    image = await resized(bench, drawn(tmp_path / "a.png", color="white"), text={"text": "A", "size": 20, "font": font})

    assert dark(image) > 20
    assert bench.warnings == ["The font is Liberation Sans, for there is no No Such, Font on this server."] * told


async def test_a_text_of_which_nothing_can_be_seen_is_told(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(BadParams, match="nothing that can be drawn") as told:
        await resized(bench, drawn(tmp_path / "a.png"), text=[{"text": "\u200b"}])

    assert told.value.code == "IMAGE_RESIZE_INVALID_TEXT_VALUE"
