"""/image/resize keeps colours, or converts them knowingly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import PIL.Image
import pytest
import pyvips

from robots.base.errors import BadParams
from robots.image.resize import ImageResizeRobot
from tests import samples
from tests.robots.image.resized import drawn, near, opened, pixel, resized, wide_profile
from tests.robots.workspace import Bench, file_at, run

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_profile_is_kept_with_its_pixels(bench: Bench, tmp_path: Path) -> None:
    source = drawn(tmp_path / "a.png", icc_profile=wide_profile())

    image = await resized(bench, source, width=20)

    assert image.info["icc_profile"] == wide_profile()
    assert pixel(image, 5, 5) == (200, 100, 50)


@pytest.mark.parametrize("params", [{"strip": True}, {"format": "gif"}, {"brightness": 1.0001}, {"background": "#123"}])
async def test_without_its_profile_a_pixel_is_converted(bench: Bench, tmp_path: Path, params: Any) -> None:
    source = drawn(tmp_path / "a.png", icc_profile=wide_profile())

    image = await resized(bench, source, width=20, **params)

    red, _, blue = pixel(image, 5, 5)
    assert "icc_profile" not in image.info
    assert red > 210
    assert blue < 45


async def test_stripping_removes_exif_and_profile(bench: Bench, tmp_path: Path) -> None:
    source = samples.jpeg(tmp_path, exif=samples.camera())

    kept, stripped = await resized(bench, source, width=40), await resized(bench, source, width=40, strip=True)

    assert kept.getexif()[0x010F] == "Apple"
    assert dict(stripped.getexif()) == {}
    assert "icc_profile" not in stripped.info


@pytest.mark.parametrize("wanted", ["jxl", "webp", "avif", "heic", "png"])
async def test_what_the_camera_noted_is_kept(bench: Bench, tmp_path: Path, wanted: str) -> None:
    image = await resized(bench, samples.jpeg(tmp_path, exif=samples.camera()), width=40, format=wanted)

    assert image.getexif()[0x010F] == "Apple"
    assert bench.warnings == []


@pytest.mark.parametrize("wanted", ["gif", "tiff", "bmp"])
async def test_a_format_without_exif_says_so(bench: Bench, tmp_path: Path, wanted: str) -> None:
    await resized(bench, samples.jpeg(tmp_path, exif=samples.camera()), width=40, format=wanted)

    assert "holds no EXIF" in bench.warnings[0]


async def test_ink_becomes_light(bench: Bench, tmp_path: Path) -> None:
    image = await resized(bench, drawn(tmp_path / "a.jpg", mode="CMYK", color=(0, 255, 255, 0)), width=20)

    red, green, blue = pixel(image, 5, 5)
    assert image.mode == "RGB"
    assert red > 180
    assert max(green, blue) < 90


@pytest.mark.parametrize(("mode", "color"), [("L", 100), ("LA", (100, 255)), ("P", 0), ("1", 1), ("I;16", 25700)])
async def test_other_kinds_of_pixels_come_through(bench: Bench, tmp_path: Path, mode: str, color: Any) -> None:
    source = drawn(tmp_path / "a.png", mode=mode, color=color)

    image = await resized(bench, source, width=20, format="jpg")

    gray = {"1": 255, "P": 0}.get(mode, 100)
    assert near(pixel(image, 5, 5), (gray,) * 3)


async def test_sixteen_bits_stay_where_they_fit(bench: Bench, tmp_path: Path) -> None:
    image = await resized(bench, drawn(tmp_path / "a.png", mode="I;16", color=25701), width=20)

    assert image.mode == "I;16"
    assert image.getpixel((5, 5)) == 25701


async def test_correct_gamma_keeps_the_light_of_fine_lines(bench: Bench, tmp_path: Path) -> None:
    lines = PIL.Image.new("L", (80, 80), 0)
    for x in range(0, 80, 2):
        lines.paste(255, (x, 0, x + 1, 80))
    lines.convert("RGB").save(tmp_path / "lines.png")

    by_number = await resized(bench, tmp_path / "lines.png", width=20)
    by_light = await resized(bench, tmp_path / "lines.png", width=20, correct_gamma=True)

    assert near(pixel(by_number, 10, 10), (128, 128, 128))
    assert near(pixel(by_light, 10, 10), (188, 188, 188))


async def test_a_file_tagged_clut_recolours_the_image(bench: Bench, tmp_path: Path) -> None:
    table = file_at(drawn(tmp_path / "table.png", size=(256, 1), color=(1, 2, 3)), tag="clut")
    base = file_at(samples.png(tmp_path), tag="base")

    (result,) = await run(ImageResizeRobot, {"clut": True, "width": 20}, [table, base], bench)

    assert pixel(opened(result.bytes), 5, 5) == (1, 2, 3)


async def test_a_file_tagged_clut_that_is_not_asked_for_is_told(bench: Bench, tmp_path: Path) -> None:
    table = file_at(drawn(tmp_path / "table.png", size=(256, 1), color=(1, 2, 3)), tag="clut")

    image = await resized(bench, drawn(tmp_path / "a.png"), [table], width=20, gravity="top")

    assert pixel(image, 5, 5) == (200, 100, 50)
    assert bench.warnings == [
        "The file that is tagged clut was left out, for `clut` is not true.",
        "`gravity` was left out, for fit cuts nothing off.",
    ]


async def test_a_clut_without_its_file_has_its_own_code(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(BadParams) as error:
        await resized(bench, samples.png(tmp_path), clut=True)

    assert error.value.code == "IMAGE_RESIZE_NO_CLUT_FILE"


@pytest.mark.parametrize(
    ("params", "color"),
    [
        ({"brightness": 0.5}, (100, 50, 25)),
        ({"brightness": "1.2"}, (213, 129, 87)),
        ({"saturation": 0}, (125, 125, 125)),
        ({"hue": 0}, (50, 150, 200)),
        ({"hue": 200}, (50, 150, 200)),
        ({"contrast": 0}, (128, 128, 128)),
        ({"contrast": 2}, (255, 73, 0)),
        ({"negate": True}, (55, 155, 205)),
        ({"sepia": 80}, (179, 145, 94)),
        ({"colorspace": "Gray"}, (124, 124, 124)),
        ({"type": "Grayscale"}, (124, 124, 124)),
        ({"alpha": "Extract"}, (255, 255, 255)),
    ],
)
async def test_colours_change_as_they_should(bench: Bench, tmp_path: Path, params: Any, color: Any) -> None:
    image = await resized(bench, drawn(tmp_path / "a.png"), **params)

    assert near(pixel(image, 20, 15), color, 8)


@pytest.mark.parametrize("params", [{"monochrome": True}, {"type": "Bilevel"}])
async def test_monochrome_is_black_and_white(bench: Bench, tmp_path: Path, params: Any) -> None:
    image = await resized(bench, samples.png(tmp_path, 60, 40), **params)

    assert {color for _, color in image.convert("RGB").getcolors() or []} == {(0, 0, 0), (255, 255, 255)}


async def test_colours_of_a_palette_are_few(bench: Bench, tmp_path: Path) -> None:
    image = await resized(bench, samples.png(tmp_path), type="Palette")

    assert image.mode == "P"
    assert len(image.convert("RGB").getcolors() or []) <= 256


async def test_ink_is_kept_where_it_is_asked_for(bench: Bench, tmp_path: Path) -> None:
    image = await resized(bench, samples.jpeg(tmp_path, 40, 30), colorspace="CMYK")

    assert image.mode == "CMYK"


async def test_a_blur_mixes_neighbours(bench: Bench, tmp_path: Path) -> None:
    source = PIL.Image.new("RGB", (40, 30), "white")
    source.paste("black", (20, 0, 40, 30))
    source.save(tmp_path / "a.png")

    image = await resized(bench, tmp_path / "a.png", blur="0x3")

    assert 40 < pixel(image, 20, 15)[0] < 215


async def test_blur_regions_leave_the_rest_alone(bench: Bench, tmp_path: Path) -> None:
    source = PIL.Image.new("RGB", (80, 30), "white")
    for x in range(0, 80, 4):
        source.paste("black", (x, 0, x + 2, 30))
    source.save(tmp_path / "a.png")

    regions = [{"x": "1", "y": 1, "width": 30, "height": 28}]
    image = await resized(bench, tmp_path / "a.png", blur="0x4", blur_regions=regions)

    assert near(pixel(image, 16, 15), (128, 128, 128), 20)
    assert [pixel(image, x, 15)[0] for x in (60, 62)] == [0, 255]


async def test_a_colour_becomes_transparent(bench: Bench, tmp_path: Path) -> None:
    image = await resized(bench, drawn(tmp_path / "a.png"), transparent="200,100,50", background="none")

    assert pixel(image, 5, 5, "RGBA")[3] == 0


@pytest.mark.parametrize("params", [{"alpha": "Transparent"}, {"preclip_alpha": "Transparent", "background": "none"}])
async def test_alpha_can_hide_all(bench: Bench, tmp_path: Path, params: Any) -> None:
    image = await resized(bench, drawn(tmp_path / "a.png"), **params)

    assert pixel(image, 5, 5, "RGBA")[3] == 0


@pytest.mark.parametrize(("params", "alpha"), [({}, 255), ({"background": "none"}, 0), ({"flatten": False}, 0)])
async def test_what_is_transparent_comes_out_on_white_and_says_so(
    bench: Bench, tmp_path: Path, params: Any, alpha: int
) -> None:
    image = await resized(bench, drawn(tmp_path / "a.png", mode="RGBA", color=(9, 9, 9, 0)), **params)

    assert pixel(image, 5, 5, "RGBA")[3] == alpha
    assert [sentence.split(",")[0] for sentence in bench.warnings] == (
        ["The transparent parts of the picture are white now"] if alpha else []
    )


@pytest.mark.parametrize("params", [{}, {"background": "none"}])
async def test_a_format_without_transparency_says_so(bench: Bench, tmp_path: Path, params: Any) -> None:
    await resized(bench, samples.png(tmp_path, 40, 30, alpha=True), format="jpg", **params)

    assert bench.warnings == ["The transparent parts of the picture are white now, for a jpeg has no transparency."]


async def test_a_chosen_background_needs_no_warning(bench: Bench, tmp_path: Path) -> None:
    await resized(bench, samples.png(tmp_path, 40, 30, alpha=True), format="jpg", background="black")

    assert bench.warnings == []


async def test_a_clip_without_its_path_is_told(bench: Bench, tmp_path: Path) -> None:
    await resized(bench, samples.png(tmp_path, 40, 30), clip="cut", negate=True)

    assert "`clip` was left out" in bench.warnings[0]


@pytest.mark.parametrize("params", [{"format": "jpg"}, {"negate": True}, {"format": "webp"}])
async def test_fewer_bits_are_told(bench: Bench, tmp_path: Path, params: Any) -> None:
    await resized(bench, drawn(tmp_path / "a.png", mode="I;16", color=25701), **params)

    assert bench.warnings == ["The picture has 8 bits a channel now, and had more."]


async def test_a_profile_that_goes_is_told_unless_it_was_to_go(bench: Bench, tmp_path: Path) -> None:
    source = drawn(tmp_path / "a.png", icc_profile=wide_profile())

    await resized(bench, source, strip=True)
    assert bench.warnings == []

    await resized(bench, source, format="gif")
    assert "became sRGB" in bench.warnings[0]


async def test_the_usual_profile_goes_without_a_word(bench: Bench, tmp_path: Path) -> None:
    usual = bytes(pyvips.Image.profile_load("srgb"))

    await resized(bench, drawn(tmp_path / "a.png", icc_profile=usual), format="gif")

    assert bench.warnings == []


async def test_ink_that_became_light_is_told(bench: Bench, tmp_path: Path) -> None:
    await resized(bench, drawn(tmp_path / "a.jpg", mode="CMYK", color=(0, 255, 255, 0)))

    assert "CMYK" in bench.warnings[0]


async def test_a_gain_map_that_goes_is_told(bench: Bench, tmp_path: Path) -> None:
    note = b'<x:xmpmeta xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" xmlns:x="adobe:ns:meta/"/>'

    await resized(bench, samples.jpeg(tmp_path, 40, 30, xmp=note))

    assert "HDR" in bench.warnings[0]
