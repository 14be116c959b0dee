"""What is written holds what the picture shows, and nothing that it no longer shows."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
import pyvips

from robots.base.errors import BadParams
from robots.tools.images.pipeline import resize
from tests import samples
from tests.robots.tools.images.shown import flat, made

JPEG = b"\xff\xd8\xff"


@pytest.mark.parametrize(("ending", "jpegs"), [("jpg", 1), ("webp", 0), ("png", 0), ("tiff", 0), ("heic", 0)])
def test_the_camera_s_small_picture_is_left_out(tmp_path: Path, ending: str, jpegs: int) -> None:
    small = BytesIO()
    samples.picture(80, 60).save(small, "JPEG")
    image = pyvips.Image.jpegload(str(samples.jpeg(tmp_path, exif=samples.camera()))).copy()
    image.set_type(pyvips.GValue.blob_type, "jpeg-thumbnail-data", small.getvalue())
    image.jpegsave(str(tmp_path / "photo.jpg"))

    resize(str(tmp_path / "photo.jpg"), str(tmp_path / "out"), "jpg", {"format": ending, "width": 100})

    assert (tmp_path / "photo.jpg").read_bytes().count(JPEG) == 2
    assert (tmp_path / "out").read_bytes().count(JPEG) == jpegs


def test_pages_of_different_sizes_stay_pages(tmp_path: Path) -> None:
    first, second = flat("red", size=(80, 60)), flat("blue", size=(50, 90))
    first.save(tmp_path / "a.tif", save_all=True, append_images=[second])

    image, _ = made(tmp_path, tmp_path / "a.tif", width=40, compress="LZW")

    assert (image.size, image.info["compression"]) == ((40, 30), "tiff_lzw")
    image.seek(1)
    assert image.size == (40, 72)


def test_played_pages_lie_on_the_largest(tmp_path: Path) -> None:
    first, second = flat("red", size=(80, 60)), flat("blue", size=(50, 90))
    first.save(tmp_path / "a.tif", save_all=True, append_images=[second])

    image, _ = made(tmp_path, tmp_path / "a.tif", format="gif")

    assert (image.size, getattr(image, "n_frames", 1)) == ((80, 90), 2)


@pytest.mark.parametrize(
    ("mode", "wish"),
    [
        ("I;16", {"format": "tiff"}),
        ("RGB", {"format": "tiff", "type": "ColorSeparationAlpha"}),
        ("L", {"format": "sgi"}),
        ("L", {"format": "eps", "type": "PaletteAlpha"}),
        ("RGB", {"format": "pcx", "type": "PaletteAlpha"}),
    ],
)
def test_every_format_is_written_with_or_without_its_transparency(
    tmp_path: Path, mode: str, wish: dict[str, str]
) -> None:
    source, target = tmp_path / "a.png", tmp_path / "made"
    flat(90, mode).save(source)
    wide = {"width": 60, "height": 30, "resize_strategy": "pad", "background": "none"}

    told = resize(str(source), str(target), "png", {**wide, **wish})

    assert (told["width"], told["height"]) == (60, 30)
    if wish["format"] == "tiff":
        alpha = pyvips.Image.tiffload(str(target))[-1]
        assert (alpha(1, 1)[0], alpha(30, 15)[0] > 0) == (0, True)


def test_a_picture_too_long_for_its_format_is_refused(tmp_path: Path) -> None:
    flat("red", size=(17000, 1)).save(tmp_path / "a.png")

    with pytest.raises(BadParams, match="16383"):
        made(tmp_path, tmp_path / "a.png", format="webp")


def test_an_icon_is_small(tmp_path: Path) -> None:
    with pytest.raises(BadParams, match="256"):
        made(tmp_path, samples.png(tmp_path), format="ico")


def test_notes_that_a_format_cannot_hold_are_told(tmp_path: Path) -> None:
    photo = samples.jpeg(tmp_path, 40, 30, exif=samples.camera(), xmp=b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>')

    assert made(tmp_path, photo, format="gif")[1][0].endswith("a gif holds no EXIF and no XMP.")
    assert made(tmp_path, photo, format="gif", strip=True)[1] == []
    image, losses = made(tmp_path, photo, format="heic")
    assert (image.info["xmp"][:10], losses) == (b"<x:xmpmeta", [])
