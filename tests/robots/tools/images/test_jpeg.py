"""A JPEG that is decoded in one go has the pixels and the notes that libvips would have read."""

from __future__ import annotations

from math import log10
from pathlib import Path

import pytest
from pyvips import Image

from robots.base.errors import BadInput
from robots.tools.images.jpeg import READER, decoded
from robots.tools.images.pipeline import resize
from tests import samples
from tests.robots.image.resized import drawn, wide_profile

ORIENTATION = 0x0112


def header(path: Path, shrink: int = 1) -> Image:
    return Image.jpegload(str(path), shrink=shrink, access="sequential")


@pytest.mark.parametrize("shrink", [1, 2, 4, 8])
@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0"])
def test_the_pixels_are_the_same_at_each_size(tmp_path: Path, subsampling: str, shrink: int) -> None:
    path = tmp_path / "odd.jpg"
    samples.picture(203, 149).save(path, subsampling=subsampling, quality=90)

    given = header(path, shrink)
    image = decoded(path, given)

    wanted = header(path, shrink).copy_memory()
    assert image is not given
    assert (image.width, image.height) == (wanted.width, wanted.height)
    assert (image - wanted).abs().max() == 0


def test_all_that_is_noted_of_it_stays(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    exif = samples.camera()
    exif[ORIENTATION] = 6
    samples.picture(400, 300).save(path, exif=exif, icc_profile=wide_profile(), xmp=b"<x:xmpmeta/>", dpi=(300, 300))

    image = decoded(path, header(path, 2))

    wanted = header(path, 2)
    told = set(wanted.get_fields()) - READER
    assert {"exif-data", "icc-profile-data", "xmp-data", "orientation", "exif-ifd0-Make"} <= told
    assert set(image.get_fields()) - READER == told
    assert {name: image.get(name) for name in told} == {name: wanted.get(name) for name in told}


@pytest.mark.parametrize(("factor", "least"), [(4, 45), (5.3, 45), (7.9, 36), (10, 35)])
def test_rings_of_fine_lines_come_as_near_to_what_the_filter_makes_of_all_pixels(
    tmp_path: Path, factor: float, least: float
) -> None:
    path = tmp_path / "rings.jpg"
    rings = ((Image.zone(960, 720) + 1) * 127.5).cast("uchar")
    rings.bandjoin([rings, rings]).copy(interpretation="srgb").jpegsave(str(path), Q=95)

    resize(str(path), str(tmp_path / "out"), "jpg", {"width": round(960 / factor), "format": "png"})

    made, whole = Image.pngload(str(tmp_path / "out")), Image.jpegload(str(path))
    error = made - whole.resize(made.width / whole.width, vscale=made.height / whole.height)
    assert 10 * log10(255**2 / (error**2).avg()) > least  # PSNR in dB


@pytest.mark.parametrize(
    ("mode", "size", "how"),
    [
        ("L", (90, 60), {}),
        ("CMYK", (90, 60), {}),
        ("RGB", (90, 7), {}),
        ("RGB", (90, 60), {"progressive": True}),
    ],
)
def test_what_is_unusual_is_left_to_libvips(
    tmp_path: Path, mode: str, size: tuple[int, int], how: dict[str, bool]
) -> None:
    path = drawn(
        tmp_path / "a.jpg", mode=mode, size=size, color=80 if mode == "L" else (90, 60, 30, 0)[: len(mode)], **how
    )
    given = header(path)

    assert decoded(path, given) is given


def test_what_ends_early_is_left_to_libvips_which_says_so(tmp_path: Path) -> None:
    path = tmp_path / "cut.jpg"
    path.write_bytes(samples.jpeg(tmp_path).read_bytes()[:-3000])
    given = header(path)

    assert decoded(path, given) is given
    with pytest.raises(BadInput, match="ends early"):
        resize(str(path), str(tmp_path / "out"), "jpg", {"width": 100})


def test_what_the_quicker_library_complains_of_is_read_nevertheless(tmp_path: Path) -> None:
    path, whole = tmp_path / "rubbish.jpg", samples.jpeg(tmp_path).read_bytes()
    scan = whole.index(b"\xff\xda")
    path.write_bytes(whole[:scan] + b"rubbish" + whole[scan:])

    made = resize(str(path), str(tmp_path / "out"), "jpg", {"width": 100})

    assert (made["width"], made["losses"]) == (100, ())
