"""/image/resize keeps the frames of animations and the pages of documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from robots.base.errors import BadParams
from tests import samples
from tests.robots.image.resized import pixel, resized
from tests.robots.workspace import Bench

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("sample", [samples.gif, samples.webp])
async def test_animations_keep_their_frames_and_times(bench: Bench, tmp_path: Path, sample: Any) -> None:
    image = await resized(bench, sample(tmp_path, 80, 60, frames=4), width=40)

    assert image.size == (40, 30)
    assert getattr(image, "n_frames", 1) == 4
    for number in range(4):
        image.seek(number)
        image.load()
        assert image.info["duration"] == 100
        assert abs(pixel(image, 20, 15)[2] - (128 + 40 * number)) < 16


async def test_an_animated_gif_becomes_an_animated_webp(bench: Bench, tmp_path: Path) -> None:
    image = await resized(
        bench, samples.gif(tmp_path, frames=3), format="webp", resize_strategy="pad", width=50, height=50
    )

    assert (image.size, getattr(image, "n_frames", 1)) == ((50, 50), 3)


async def test_an_animated_png_stays_one(bench: Bench, tmp_path: Path) -> None:
    first, *rest = samples.picture_row(60, 40, 3)
    first.save(tmp_path / "a.png", save_all=True, append_images=rest, duration=70)

    image = await resized(bench, tmp_path / "a.png", width=30)

    assert (image.size, getattr(image, "n_frames", 1), image.info["duration"]) == ((30, 20), 3, 70)


async def test_a_transparent_animation_is_never_flattened(bench: Bench, tmp_path: Path) -> None:
    frames = [PIL.Image.new("RGBA", (20, 20), (0, 0, 0, 0)) for _ in range(2)]
    for number, frame in enumerate(frames):
        frame.paste((255, 0, 0, 255), (number * 10, 0, number * 10 + 10, 10))
        frame.paste((0, 255, 0, 255), (10, 15, 20, 20))
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:], lossless=True)

    image = await resized(bench, tmp_path / "a.webp", width=20)

    assert pixel(image, 5, 18, "RGBA")[3] == 0


async def test_a_frame_can_be_chosen(bench: Bench, tmp_path: Path) -> None:
    image = await resized(bench, samples.gif(tmp_path, frames=3), frame=3, format="png")

    assert abs(pixel(image, 40, 30)[2] - 208) < 10
    assert bench.warnings == []


async def test_an_animation_made_still_says_so(bench: Bench, tmp_path: Path) -> None:
    image = await resized(bench, samples.gif(tmp_path, frames=3), format="jpg")

    assert image.size == (80, 60)
    assert "first of 3 frames" in bench.warnings[0]


async def test_a_frame_that_is_not_there_is_refused(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(BadParams, match="no frame 9, the file has 3"):
        await resized(bench, samples.gif(tmp_path, frames=3), frame=9)


async def test_the_pages_of_a_tiff_stay_pages(bench: Bench, tmp_path: Path) -> None:
    image = await resized(bench, samples.tiff(tmp_path, pages=3), width=60)

    assert (image.size, getattr(image, "n_frames", 1)) == ((60, 45), 3)


async def test_a_page_of_a_pdf_becomes_an_image(bench: Bench, tmp_path: Path) -> None:
    image = await resized(bench, samples.pdf(tmp_path, pages=2), frame=2, format="png", width=300)

    assert image.width == 300
    assert image.mode == "RGB"
    assert pixel(image, 0, 0) == (255, 255, 255)
    assert min(low for low, _ in image.convert("RGB").getextrema()) < 100  # type: ignore[misc]


@pytest.mark.parametrize("form", ["gif", "tiff"])
async def test_many_pages_of_a_pdf_have_the_size_that_one_has(bench: Bench, tmp_path: Path, form: str) -> None:
    one = await resized(bench, samples.pdf(tmp_path), format=form, width=99)
    many = await resized(bench, samples.pdf(tmp_path, pages=2), format=form, width=99)

    assert one.size == many.size == (99, 140)
    assert getattr(many, "n_frames", 1) == 2
