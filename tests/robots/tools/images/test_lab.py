"""TIFFs of Lab are read with the colours that they have on screens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from PIL import ExifTags, ImageCms

from robots.base.errors import BadInput
from robots.probe import image as probe
from robots.tools.images.lab import screened
from tests import samples
from tests.robots.tools.images.shown import made, near, pixel

UPRIGHT = samples.picture(40, 30)


def stored(folder: Path, pages: int = 1, orientation: int = 1) -> Path:
    """As Photoshop stores it."""
    colors = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    page = ImageCms.profileToProfile(UPRIGHT, *colors, outputMode="LAB")
    assert page is not None
    exif = PIL.Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    page.save(folder / "lab.tiff", save_all=True, append_images=[page] * (pages - 1), exif=exif)
    return folder / "lab.tiff"


@pytest.mark.parametrize("wish", [{"format": "png"}, {"format": "tiff"}, {"format": "tiff", "colorspace": "Lab"}])
def test_a_picture_in_lab_keeps_its_colours(tmp_path: Path, wish: dict[str, Any]) -> None:
    image, losses = made(tmp_path, stored(tmp_path), **wish)

    seen = screened(image) if image.mode == "LAB" else image
    assert all(near(pixel(seen, *place), pixel(UPRIGHT, *place), 5) for place in ((20, 15), (10, 20), (30, 10)))
    assert "icc_profile" not in image.info
    assert losses == []


def test_its_pages_stay_and_one_can_be_chosen(tmp_path: Path) -> None:
    every, _ = made(tmp_path, stored(tmp_path, pages=2))
    one, _ = made(tmp_path, stored(tmp_path, pages=2), frame=2)

    assert [getattr(image, "n_frames", 1) for image in (every, one)] == [2, 1]


def test_its_metadata_are_those_of_the_upright_picture(tmp_path: Path) -> None:
    meta = probe.read(stored(tmp_path, pages=2, orientation=6), "image/tiff", [], 1 << 20)

    assert (meta["width"], meta["height"], meta["colorspace"]) == (30, 40, "Lab")
    assert (meta["average_color"], meta["frame_count"]) == ("#7f7f80", 2)


def test_one_that_ends_early_is_said_to(tmp_path: Path) -> None:
    source = stored(tmp_path)
    source.write_bytes(source.read_bytes()[:-1500])

    with pytest.raises(BadInput, match="ends early"):
        made(tmp_path, source)
    with pytest.raises(OSError, match="truncated"):
        probe.read(source, "image/tiff", [], 1 << 20)
