"""Images are opened by the library that knows their type."""

import struct
from pathlib import Path

import pytest

from robots.probe.raster import SMALL, PillowRaster, opened
from tests import samples


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_small_copy_has_three_channels_and_few_pixels(mode: str, tmp_path: Path) -> None:
    image = opened(samples.jpeg(tmp_path, 1200, 900, mode=mode), "image/jpeg")

    assert image is not None
    small = image.small()

    assert (small.mode, small.size) == ("RGB", (SMALL, 96))


def test_a_small_copy_keeps_its_alpha(tmp_path: Path) -> None:
    image = opened(samples.webp(tmp_path, 300, 200, alpha=True), "image/webp")

    assert image is not None
    small = image.small()

    assert small.mode == "RGBA"
    assert image.shows_through()


def test_a_file_is_never_opened_as_another_type(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="jpegload"):
        opened(samples.png(tmp_path), "image/jpeg")


def test_a_tiff_tells_its_tags(tmp_path: Path) -> None:
    image = opened(samples.tiff(tmp_path, pages=2), "image/tiff")

    assert image is not None
    assert image.frames == 2


def test_a_picture_of_very_many_pixels_tells_its_size(tmp_path: Path) -> None:
    path = samples.bmp(tmp_path)
    content = bytearray(path.read_bytes())
    content[18:26] = struct.pack("<ii", 16_320, 12_240)
    path.write_bytes(content)

    image = opened(path, "image/bmp")

    assert isinstance(image, PillowRaster)
    with image.image:
        assert (image.width, image.height) == (16_320, 12_240)
