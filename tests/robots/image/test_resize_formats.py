"""/image/resize writes many formats, each as it was ordered."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from robots.base.errors import BadInput
from tests import samples
from tests.badfiles.bad import Canary
from tests.badfiles.catalogue import CATALOGUE
from tests.robots.image.resized import drawn, made, near, opened, pixel, resized
from tests.robots.workspace import Bench

pytestmark = pytest.mark.asyncio(loop_scope="session")

PLAIN_LIBVIPS = """
import os, pyvips, sys
made, disguised = sys.argv[1:]
pyvips.Image.black(8, 8).write_to_file(made)
os.rename(made, disguised)
print(pyvips.Image.new_from_file(disguised).width)
"""


@pytest.mark.parametrize(
    ("ending", "form"),
    [
        ("jpg", "JPEG"),
        ("JPEG", "JPEG"),
        ("png", "PNG"),
        ("gif", "GIF"),
        ("webp", "WEBP"),
        ("avif", "AVIF"),
        ("tiff", "TIFF"),
        ("heic", "HEIF"),
        ("jxl", "JXL"),
        ("bmp", "BMP"),
        ("ico", "ICO"),
        ("jp2", "JPEG2000"),
        ("ppm", "PPM"),
        ("tga", "TGA"),
    ],
)
async def test_images_can_be_written_in_many_formats(bench: Bench, tmp_path: Path, ending: str, form: str) -> None:
    source = drawn(tmp_path / "a.png", mode="RGBA", color=(200, 100, 50, 255), size=(64, 48))

    file = await made(bench, source, width=32, format=ending)
    image = opened(file.bytes)

    assert file.name == f"a.{ending.lower()}"
    assert (image.format, image.size) == (form, (32, 24))
    assert near(pixel(image, 10, 10), (200, 100, 50))


@pytest.mark.parametrize(
    ("sample", "name"),
    [
        (samples.jpeg, "picture.jpg"),
        (samples.png, "picture.png"),
        (samples.gif, "picture.gif"),
        (samples.webp, "picture.webp"),
        (samples.avif, "picture.avif"),
        (samples.heic, "picture.heic"),
        (samples.jxl, "picture.jxl"),
        (samples.tiff, "picture.tiff"),
        (samples.bmp, "picture.bmp"),
        (samples.svg, "drawing.png"),
    ],
)
async def test_without_a_format_the_input_s_is_kept(bench: Bench, tmp_path: Path, sample: Any, name: str) -> None:
    file = await made(bench, sample(tmp_path), width=40)

    assert file.name == name
    assert (file.meta["width"], file.meta["height"]) == (40, 30)
    assert opened(file.bytes).size == (40, 30)


async def test_an_icon_of_apple_becomes_a_png(bench: Bench, tmp_path: Path) -> None:
    source = tmp_path / "icon.icns"
    samples.picture(64, 64).save(source, "ICNS")

    file = await made(bench, source, width=40)

    assert (file.name, opened(file.bytes).size) == ("icon.png", (40, 40))
    assert bench.warnings == ["The result is a PNG, for icns files are only read here; `format` chooses another."]


async def test_the_bytes_say_what_a_file_is_not_its_name(bench: Bench, tmp_path: Path) -> None:
    source = samples.png(tmp_path).rename(tmp_path / "liar.jpg")

    assert (await made(bench, source, width=40)).name == "liar.png"


async def test_quality_decides_the_size_of_a_file(bench: Bench, tmp_path: Path) -> None:
    source = samples.jpeg(tmp_path)

    coarse, fine = await made(bench, source, quality=20), await made(bench, source, quality=95)

    assert coarse.bytes.stat().st_size < fine.bytes.stat().st_size


@pytest.mark.parametrize("best", [{"quality": 100}, {"compress": "Lossless"}])
async def test_a_jpeg_xl_of_full_quality_has_every_pixel(bench: Bench, tmp_path: Path, best: dict[str, Any]) -> None:
    source = samples.png(tmp_path, 60, 40)

    image = await resized(bench, source, format="jxl", **best)

    assert list(image.get_flattened_data()) == list(opened(source).get_flattened_data())
    assert bench.warnings == []


async def test_progressive_files_show_a_coarse_image_first(bench: Bench, tmp_path: Path) -> None:
    jpeg = await resized(bench, samples.jpeg(tmp_path), width=40, progressive=True)
    png = await resized(bench, samples.png(tmp_path), width=40, progressive=True)

    assert jpeg.info["progressive"]
    assert png.info["interlace"]


async def test_density_is_noted(bench: Bench, tmp_path: Path) -> None:
    image = await resized(bench, samples.png(tmp_path, 40, 30), density="300x150")

    assert [round(dots) for dots in image.info["dpi"]] == [300, 150]


@pytest.mark.parametrize(
    ("compress", "name"),
    [
        ("LZW", "tiff_lzw"),
        ("Zip", "tiff_adobe_deflate"),
        ("JPEG", "jpeg"),
        ("RLE", "packbits"),
        ("Group4", "group4"),
        ("None", "raw"),
        (None, "raw"),
    ],
)
async def test_a_tiff_is_compressed_as_asked(bench: Bench, tmp_path: Path, compress: str | None, name: str) -> None:
    image = await resized(bench, samples.png(tmp_path), width=40, format="tiff", compress=compress)

    assert image.info["compression"] == name


async def test_a_compression_that_a_format_lacks_is_told(bench: Bench, tmp_path: Path) -> None:
    await resized(bench, samples.png(tmp_path), width=40, compress="Fax")

    assert "compress" in bench.warnings[0]


async def test_adaptive_filtering_makes_smooth_images_smaller(bench: Bench, tmp_path: Path) -> None:
    source = samples.png(tmp_path)

    plain, filtered = await made(bench, source), await made(bench, source, adaptive_filtering=True)

    assert filtered.bytes.stat().st_size < plain.bytes.stat().st_size


@pytest.mark.case(62)
@pytest.mark.parametrize("ending", ["v", "mat"])
async def test_a_whole_picture_that_only_a_risky_reader_reads_is_refused(
    bench: Bench, tmp_path: Path, ending: str
) -> None:
    disguised = tmp_path / "a.jpg"
    plain = [sys.executable, "-c", PLAIN_LIBVIPS, str(tmp_path / f"a.{ending}"), str(disguised)]
    assert await asyncio.to_thread(subprocess.check_output, plain) == b"8\n"

    with pytest.raises(BadInput, match="of a kind that cannot be read") as caught:
        await made(bench, disguised, width=4)

    assert caught.value.code == "IMAGE_RESIZE_ERROR"


@pytest.mark.case(62)
async def test_nothing_is_made_of_what_only_says_that_it_is_a_photo(bench: Bench, tmp_path: Path) -> None:
    for entry in [entry for entry in CATALOGUE if entry.bad.kind == "loader-sniff"]:
        with pytest.raises(BadInput, match=r"of a kind that cannot be read|pixels, more than"):
            await made(bench, entry.write(tmp_path, Canary(tmp_path, "", "")), width=4)


@pytest.mark.parametrize("type", ["Bilevel", "TrueColor"])
async def test_a_pcx_that_was_made_can_be_read_again(bench: Bench, tmp_path: Path, type: str) -> None:
    first = await made(bench, samples.png(tmp_path), width=40, format="pcx", type=type)

    assert (await resized(bench, first.bytes, width=20)).format == "PCX"
