"""Watermarks lie where they are put, as large and as faint as they should be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from robots.base.geometry import Size
from robots.tools.images.watermark import sized
from tests import samples
from tests.robots.tools.images.shown import BLUE, RED, flat, made, near, pixel

WHITE = (255, 255, 255)


def marked(folder: Path, mark: tuple[int, int] = (20, 10), color: Any = RED, **order: Any) -> PIL.Image.Image:
    """A red watermark on white, 100 x 60."""
    flat(WHITE, size=(100, 60)).save(folder / "base.png")
    flat(color, "RGBA" if len(color) == 4 else "RGB", mark).save(folder / "mark.png")
    return made(folder, folder / "base.png", watermarks=[str(folder / "mark.png")], **order)[0]


def box(image: PIL.Image.Image) -> Any:
    """Where the picture is not white."""
    return image.convert("RGB").point(lambda value: 255 - value).getbbox()


@pytest.mark.parametrize(
    ("position", "found"),
    [
        ("top-left", (3, 2, 23, 12)),
        ("top", (43, 2, 63, 12)),
        ("top-right", (77, 2, 97, 12)),
        ("left", (3, 27, 23, 37)),
        ("center", (43, 27, 63, 37)),
        ("right", (77, 27, 97, 37)),
        ("bottom-left", (3, 48, 23, 58)),
        ("bottom", (43, 48, 63, 58)),
        ("bottom-right", (77, 48, 97, 58)),
    ],
)
def test_offsets_lead_from_the_edge_towards_the_middle(tmp_path: Path, position: str, found: Any) -> None:
    image = marked(tmp_path, watermark_position=[position], watermark_x_offset=3, watermark_y_offset=2)

    assert box(image) == found


def test_a_list_of_positions_is_drawn_by_lot(tmp_path: Path) -> None:
    found = {box(marked(tmp_path, watermark_position=["left", "right"]))[0] for _ in range(12)}

    assert found <= {0, 80}


@pytest.mark.parametrize(
    ("strategy", "size"),
    [("fit", (50, 25)), ("min_fit", (60, 30)), ("stretch", (50, 30)), ("area", (77, 39))],
)
def test_a_size_is_measured_by_its_strategy(strategy: str, size: tuple[int, int]) -> None:
    assert sized(Size(20, 10), Size(100, 60), 50, strategy) == Size(*size)


def test_a_watermark_is_scaled(tmp_path: Path) -> None:
    image = marked(tmp_path, watermark_size="50%", watermark_resize_strategy="stretch")

    assert box(image) == (25, 15, 75, 45)


def test_opacity_mixes(tmp_path: Path) -> None:
    assert near(pixel(marked(tmp_path, watermark_opacity=0.5), 50, 30), (255, 127, 127))


def test_a_transparent_watermark_shows_what_is_under_it(tmp_path: Path) -> None:
    assert near(pixel(marked(tmp_path, color=(255, 0, 0, 51)), 50, 30), (255, 204, 204))


def test_no_opacity_cannot_be_seen(tmp_path: Path) -> None:
    assert box(marked(tmp_path, watermark_opacity=0)) is None


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ({"watermark_repeat_x": True}, (0, 25, 100, 35)),
        ({"watermark_repeat_y": True}, (40, 0, 60, 60)),
        ({"watermark_repeat_x": True, "watermark_repeat_y": True}, (0, 0, 100, 60)),
    ],
)
def test_a_watermark_is_repeated(tmp_path: Path, order: Any, found: Any) -> None:
    assert box(marked(tmp_path, **order)) == found


def test_a_large_watermark_is_cut_off(tmp_path: Path) -> None:
    image = marked(tmp_path, mark=(300, 300))

    assert image.size == (100, 60)
    assert pixel(image, 1, 1) == RED


def test_a_watermark_that_cannot_be_seen_is_told(tmp_path: Path) -> None:
    flat(WHITE).save(tmp_path / "base.png")
    flat(RED).save(tmp_path / "mark.png")

    _, losses = made(tmp_path, tmp_path / "base.png", watermarks=[str(tmp_path / "mark.png")], watermark_x_offset=500)

    assert "watermark" in losses[0]


def test_every_frame_of_an_animation_is_marked(tmp_path: Path) -> None:
    flat(BLUE, size=(10, 10)).save(tmp_path / "mark.png")

    image, _ = made(tmp_path, samples.gif(tmp_path, frames=3), watermarks=[str(tmp_path / "mark.png")])

    for number in range(3):
        image.seek(number)
        assert near(pixel(image, 40, 30), BLUE, 8)


def test_a_drawing_can_be_a_watermark(tmp_path: Path) -> None:
    flat(WHITE, size=(100, 60)).save(tmp_path / "base.png")

    image, _ = made(tmp_path, tmp_path / "base.png", watermarks=[str(samples.svg(tmp_path, 40, 40))])

    assert pixel(image, 50, 30) == RED
    assert pixel(image, 31, 11) == WHITE
