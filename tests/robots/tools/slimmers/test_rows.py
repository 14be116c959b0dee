"""Which filters a PNG is tried with."""

from __future__ import annotations

from pathlib import Path

import oxipng
import pytest
import pyvips
from pyvips import Image

from robots.tools.slimmers import png
from robots.tools.slimmers.rows import AS_IS, FILTERED, filters
from robots.tools.slimmers.wish import Wish


def waves(width: int = 320, height: int = 240) -> Image:
    plain = Image.sines(width, height, hfreq=3, vfreq=2) * 100 + Image.gaussnoise(
        width, height, mean=128, sigma=3, seed=1
    )
    return plain.bandjoin([plain * 0.8, plain * 0.5]).cast("uchar").copy(interpretation="srgb")


def letters() -> Image:
    """Scattered pixels of two colours, which have nothing to do with those beside them."""
    dots = (Image.gaussnoise(320, 240, mean=0, sigma=1, seed=1) > 0).ifthenelse(255, 0)
    return dots.bandjoin([dots, dots]).copy(interpretation="srgb")


def test_soft_colours_are_taken_from_their_neighbours_and_dots_are_left_as_they_are() -> None:
    assert filters(waves()) == [FILTERED]
    assert filters(letters()) == [AS_IS]


def test_a_palette_is_left_as_it_is(tmp_path: Path) -> None:
    waves().pngsave(str(tmp_path / "a.png"), palette=True)

    assert filters(Image.pngload(str(tmp_path / "a.png"), access="sequential")) == [AS_IS]


@pytest.mark.parametrize("image", [waves(1, 9), waves(9, 1), waves(64, 9), waves(64, 48) * 200])
def test_pictures_of_any_size_and_depth_keep_every_pixel(tmp_path: Path, image: Image) -> None:
    source, target = tmp_path / "a.png", tmp_path / "b.png"
    image.cast("ushort" if image.format == "float" else "uchar").pngsave(str(source), compression=0)

    png.slim(source, target, Wish())

    before, after = Image.pngload(str(source)), Image.pngload(str(target))
    assert target.stat().st_size <= source.stat().st_size
    assert (before - after).abs().max() == 0


def test_the_filter_that_is_chosen_packs_better(tmp_path: Path) -> None:
    source = tmp_path / "a.png"
    for image in (waves(), letters()):
        image.pngsave(str(source))
        chosen = filters(image)
        sizes = {kind: packed(source, kind) for kind in (AS_IS, FILTERED)}

        assert sizes[chosen[0]] == min(sizes.values())


def packed(source: Path, kind: oxipng.RowFilter) -> int:
    target = source.with_suffix(".out")
    oxipng.optimize(source, target, level=1, filter=[kind], force=True)
    return target.stat().st_size


def test_nothing_is_said_of_a_picture_that_ends_early(tmp_path: Path) -> None:
    whole = waves().pngsave_buffer()
    (tmp_path / "a.png").write_bytes(whole[: len(whole) // 2])

    with pytest.raises((pyvips.Error, oxipng.PngError)):
        png.slim(tmp_path / "a.png", tmp_path / "b.png", Wish())
