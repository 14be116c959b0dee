"""A JPEG that is decoded or encoded in one go has the pixels and the notes that libvips would have read or written."""

from __future__ import annotations

import struct
from io import BytesIO
from math import log10
from pathlib import Path
from random import Random

import PIL.Image
import pytest
from pyvips import Image

from robots.base.errors import BadInput
from robots.tools.images.jpeg import HEIGHT, READER, WIDTH, decoded, encoded
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


@pytest.mark.parametrize("keep", ["all", "none"])
@pytest.mark.parametrize("quality", [20, 89, 90, 100])
@pytest.mark.parametrize("size", [(203, 149), (1, 1)])
def test_what_is_written_is_what_libvips_writes(tmp_path: Path, size: tuple[int, int], quality: int, keep: str) -> None:
    path = tmp_path / "photo.jpg"
    samples.picture(*size).save(path, exif=samples.camera(), icc_profile=wide_profile(), xmp=b"<x:xmpmeta/>")
    image = Image.jpegload(str(path)).copy_memory()

    content = encoded(image, quality, keep)

    assert content == image.jpegsave_buffer(Q=quality, optimize_coding=True, keep=keep)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", [3, 4])
def test_the_sides_in_its_notes_are_those_of_the_picture(tmp_path: Path, kind: int, order: str) -> None:
    entries = [struct.pack(order + "HHI" + ("H2x" if kind == 3 else "I"), tag, kind, 1, 9) for tag in (WIDTH, HEIGHT)]
    pointer = struct.pack(order + "HHHIIIH", 1, 0x8769, 4, 1, 26, 0, len(entries))
    exif = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(order + "I", 8) + pointer + b"".join(entries) + bytes(4)
    samples.picture(70, 50).save(tmp_path / "photo.jpg", exif=b"Exif\0\0" + exif)
    image = Image.jpegload(str(tmp_path / "photo.jpg")).copy_memory()

    content = encoded(image, 92, "all")

    assert content == image.jpegsave_buffer(Q=92, optimize_coding=True, keep="all")
    assert content is not None
    assert PIL.Image.open(BytesIO(content)).getexif().get_ifd(0x8769)[WIDTH] == 70


def test_grays_are_written_as_such(tmp_path: Path) -> None:
    image = Image.jpegload(str(samples.jpeg(tmp_path))).colourspace("b-w").copy_memory()

    content = encoded(image, 80, "all")

    made, wanted = (Image.jpegload_buffer(one) for one in (content, image.jpegsave_buffer(Q=80)))
    assert made.bands == 1
    assert (made - wanted).abs().max() == 0


@pytest.mark.parametrize("quality", [90, 100])
def test_noise_is_written_too_though_it_takes_more_bytes_than_pixels(tmp_path: Path, quality: int) -> None:
    (tmp_path / "noise.ppm").write_bytes(b"P6 400 300 255\n" + Random(1).randbytes(400 * 300 * 3))

    made = resize(str(tmp_path / "noise.ppm"), str(tmp_path / "out"), "ppm", {"format": "jpg", "quality": quality})

    assert (made["width"], made["height"]) == (400, 300)
    assert (tmp_path / "out").stat().st_size > 400 * 300


@pytest.mark.parametrize("interpretation", ["cmyk", "rgb16"])
def test_what_it_cannot_write_is_left_to_libvips(tmp_path: Path, interpretation: str) -> None:
    image = Image.jpegload(str(samples.jpeg(tmp_path))).colourspace(interpretation)

    assert encoded(image, 92, "all") is None
