"""/image/resize gives images of the right size, shape, format and metadata."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from aiohttp import web
from PIL import ImageDraw

from robots.base.errors import BadInput, BadParams, ImportFailed
from robots.base.params import Invalid
from robots.image.resize import ImageResizeParams, ImageResizeRobot
from robots.tools.http import HttpClient
from robots.tools.vips import Images
from tests import samples
from tests.robots.image.resized import dark, drawn, made, near, opened, pixel, resized, wide_profile
from tests.robots.workspace import Bench, file_at, run
from tests.web import always, site

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    ("strategy", "size"),
    [
        ("fit", (100, 75)),
        ("min_fit", (133, 100)),
        ("fillcrop", (100, 100)),
        ("pad", (100, 100)),
        ("stretch", (100, 100)),
        ("crop", (100, 100)),
    ],
)
@pytest.mark.parametrize("sample", [samples.jpeg, samples.png])
async def test_every_strategy_gives_its_size(
    bench: Bench, tmp_path: Path, strategy: str, size: Any, sample: Any
) -> None:
    image = await resized(bench, sample(tmp_path), width=100, height=100, resize_strategy=strategy)

    assert image.size == size


async def test_without_zoom_a_small_image_stays_small(bench: Bench, tmp_path: Path) -> None:
    image = await resized(bench, samples.png(tmp_path, 40, 30), width=100, height=100, zoom=False)

    assert image.size == (40, 30)


async def test_with_zoom_it_grows(bench: Bench, tmp_path: Path) -> None:
    image = await resized(bench, samples.png(tmp_path, 40, 30), width="100")

    assert image.size == (100, 75)


async def test_nothing_asked_gives_the_image_itself(bench: Bench, tmp_path: Path) -> None:
    source = samples.png(tmp_path, 40, 30)

    image = await resized(bench, source)

    assert list(image.get_flattened_data()) == list(opened(source).get_flattened_data())
    assert bench.warnings == []


@pytest.mark.parametrize(
    "crop",
    [
        {"x1": 80, "y1": 100, "x2": "60%", "y2": "80%"},
        '{"x1": 80, "y1": 100, "x2": 240, "y2": 240}',
    ],
)
async def test_a_crop_cuts_its_rectangle_and_ignores_the_size(bench: Bench, tmp_path: Path, crop: Any) -> None:
    source = samples.png(tmp_path)

    image = await resized(bench, source, crop=crop, width=10, resize_strategy="fit")

    assert image.size == (160, 140)
    assert pixel(image, 0, 0) == pixel(opened(source), 80, 100)


async def test_an_empty_crop_is_refused(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(BadParams, match="crop"):
        await resized(bench, samples.png(tmp_path), crop={"x1": 20, "x2": 20})


@pytest.mark.parametrize(("gravity", "x"), [("left", 0), ("center", 150), ("right", 300)])
async def test_gravity_chooses_what_a_crop_keeps(bench: Bench, tmp_path: Path, gravity: str, x: int) -> None:
    source = samples.png(tmp_path)

    image = await resized(bench, source, resize_strategy="crop", width=100, height=300, gravity=gravity)

    assert pixel(image, 0, 0) == pixel(opened(source), x, 0)


@pytest.mark.parametrize("gravity", ["attention", "entropy"])
async def test_smart_gravity_keeps_what_is_to_be_seen(bench: Bench, tmp_path: Path, gravity: str) -> None:
    source = PIL.Image.new("RGB", (300, 100), "white")
    ImageDraw.Draw(source).ellipse((240, 30, 280, 70), fill="red", outline="black", width=5)
    source.save(tmp_path / "face.png")

    image = await resized(
        bench, tmp_path / "face.png", resize_strategy="fillcrop", width=100, height=100, gravity=gravity
    )

    colors = {color for _, color in image.convert("RGB").getcolors(10_000) or []}
    assert (255, 0, 0) in colors


async def test_a_pad_is_filled_with_the_background(bench: Bench, tmp_path: Path) -> None:
    image = await resized(
        bench, drawn(tmp_path / "a.png"), width=40, height=40, resize_strategy="pad", background="#00f"
    )

    assert pixel(image, 20, 0) == (0, 0, 255)
    assert pixel(image, 20, 20) == (200, 100, 50)


async def test_a_pad_may_be_transparent(bench: Bench, tmp_path: Path) -> None:
    source = drawn(tmp_path / "a.png")

    image = await resized(bench, source, width=40, height=40, resize_strategy="pad", background="transparent")

    assert pixel(image, 20, 0, "RGBA") == (0, 0, 0, 0)
    assert pixel(image, 20, 20, "RGBA") == (200, 100, 50, 255)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("width", [100, 20])
async def test_images_come_out_upright(bench: Bench, tmp_path: Path, orientation: int, width: int) -> None:
    upright = PIL.Image.new("RGB", (160, 80), "blue")
    upright.paste("red", (0, 0, 40, 40))
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    stored = upright.transpose(PIL.Image.Transpose(undo[orientation])) if orientation > 1 else upright
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / "a.jpg", exif=exif, quality=95)

    image = await resized(bench, tmp_path / "a.jpg", width=width)

    assert image.size == (width, width // 2)
    assert near(pixel(image, width // 10, width // 10), (254, 0, 0), 25)
    assert near(pixel(image, width - 2, width // 10), (0, 0, 254), 25)
    assert image.getexif().get(0x0112, 1) == 1


async def test_rotation_false_leaves_pixels_and_tag(bench: Bench, tmp_path: Path) -> None:
    image = await resized(bench, samples.jpeg(tmp_path, 40, 30, orientation=6), rotation="false")

    assert image.size == (40, 30)
    assert image.getexif()[0x0112] == 6


@pytest.mark.parametrize(("degrees", "size"), [(90, (30, 40)), ("180", (40, 30)), (-90, (30, 40)), (45, (50, 50))])
async def test_a_number_rotates_clockwise(bench: Bench, tmp_path: Path, degrees: Any, size: tuple[int, int]) -> None:
    image = await resized(bench, samples.png(tmp_path, 40, 30), rotation=degrees)

    assert abs(image.width - size[0]) <= 1
    assert abs(image.height - size[1]) <= 1


async def test_the_corners_of_a_rotated_image_get_the_background(bench: Bench, tmp_path: Path) -> None:
    image = await resized(bench, drawn(tmp_path / "a.png"), rotation=30.5, background="yellow")

    assert pixel(image, 0, 0) == (255, 255, 0)


async def test_a_quarter_turn_goes_with_the_clock(bench: Bench, tmp_path: Path) -> None:
    source = PIL.Image.new("RGB", (40, 30), "white")
    source.paste("red", (0, 0, 10, 10))
    source.save(tmp_path / "a.png")

    image = await resized(bench, tmp_path / "a.png", rotation=90)

    assert pixel(image, 29, 0) == (255, 0, 0)


async def test_whitespace_is_trimmed_before_the_image_is_scaled(bench: Bench, tmp_path: Path) -> None:
    source = PIL.Image.new("RGB", (100, 100), "white")
    source.paste("red", (20, 30, 60, 50))
    source.save(tmp_path / "a.png")

    image = await resized(bench, tmp_path / "a.png", trim_whitespace=True, width=80)

    assert image.size == (80, 40)
    assert pixel(image, 0, 0) == (255, 0, 0)


async def test_transparent_borders_are_trimmed_too(bench: Bench, tmp_path: Path) -> None:
    source = PIL.Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    source.paste((0, 0, 0, 255), (20, 30, 60, 50))
    source.save(tmp_path / "a.png")

    assert (await resized(bench, tmp_path / "a.png", trim_whitespace=True)).size == (40, 20)


@pytest.mark.parametrize(("shave", "size"), [(5, (30, 20)), ("5x10", (30, 10)), ("0", (40, 30))])
async def test_shaving_takes_pixels_from_each_side(bench: Bench, tmp_path: Path, shave: Any, size: Any) -> None:
    assert (await resized(bench, samples.png(tmp_path, 40, 30), shave=shave)).size == size


async def test_shaving_all_away_is_refused(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(BadParams, match="shave"):
        await resized(bench, samples.png(tmp_path, 40, 30), shave=15)


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


async def test_the_bytes_say_what_a_file_is_not_its_name(bench: Bench, tmp_path: Path) -> None:
    source = samples.png(tmp_path).rename(tmp_path / "liar.jpg")

    assert (await made(bench, source, width=40)).name == "liar.png"


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


async def test_a_drawing_is_drawn_as_large_as_it_is_needed(bench: Bench, tmp_path: Path) -> None:
    image = await resized(bench, samples.svg(tmp_path, 60, 60), width=600, format="png")

    edge = [pixel(image, x, 300) for x in range(600)]
    assert image.size == (600, 600)
    assert sum(color not in {(255, 255, 255), (255, 0, 0)} for color in edge) <= 4


async def test_a_drawing_reaches_no_other_file(bench: Bench, tmp_path: Path) -> None:
    drawn(tmp_path / "secret.png", color=(0, 0, 255), size=(60, 60))
    body = "".join(
        f'<image href="{path}" width="60" height="60"/>' for path in (f"file://{tmp_path}/secret.png", "secret.png")
    )

    image = await resized(bench, samples.svg(tmp_path, 60, 60, body=body), format="png")

    assert pixel(image, 2, 2) == (255, 255, 255)
    assert "refers to" in bench.warnings[0]


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


async def test_quality_decides_the_size_of_a_file(bench: Bench, tmp_path: Path) -> None:
    source = samples.jpeg(tmp_path)

    coarse, fine = await made(bench, source, quality=20), await made(bench, source, quality=95)

    assert coarse.bytes.stat().st_size < fine.bytes.stat().st_size


async def test_progressive_files_show_a_coarse_image_first(bench: Bench, tmp_path: Path) -> None:
    jpeg = await resized(bench, samples.jpeg(tmp_path), width=40, progressive=True)
    png = await resized(bench, samples.png(tmp_path), width=40, progressive=True)

    assert jpeg.info["progressive"]
    assert png.info["interlace"]


async def test_density_is_noted(bench: Bench, tmp_path: Path) -> None:
    image = await resized(bench, samples.png(tmp_path, 40, 30), density="300x150")

    assert [round(dots) for dots in image.info["dpi"]] == [300, 150]


@pytest.mark.parametrize(("density", "size"), [("72", (60, 30)), ("144", (120, 60))])
async def test_density_says_how_large_a_drawing_is(bench: Bench, tmp_path: Path, density: str, size: Any) -> None:
    source = tmp_path / "a.svg"
    source.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="60pt" height="30pt"><rect width="9" height="9"/></svg>'
    )

    assert (await resized(bench, source, density=density, format="png")).size == size


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


async def test_correct_gamma_keeps_the_light_of_fine_lines(bench: Bench, tmp_path: Path) -> None:
    lines = PIL.Image.new("L", (80, 80), 0)
    for x in range(0, 80, 2):
        lines.paste(255, (x, 0, x + 1, 80))
    lines.convert("RGB").save(tmp_path / "lines.png")

    by_number = await resized(bench, tmp_path / "lines.png", width=20)
    by_light = await resized(bench, tmp_path / "lines.png", width=20, correct_gamma=True)

    assert near(pixel(by_number, 10, 10), (128, 128, 128))
    assert near(pixel(by_light, 10, 10), (188, 188, 188))


async def test_a_truncated_file_is_said_to_end_early(bench: Bench, tmp_path: Path) -> None:
    source = samples.jpeg(tmp_path)
    source.write_bytes(source.read_bytes()[:2000])

    with pytest.raises(BadInput, match="ends early") as error:
        await resized(bench, source, width=100)

    assert error.value.code == "IMAGE_RESIZE_ERROR"


@pytest.mark.parametrize("sample", [samples.png, samples.gif, samples.webp, samples.tiff, samples.heic, samples.avif])
async def test_half_a_file_of_any_kind_is_a_fault_of_the_file(bench: Bench, tmp_path: Path, sample: Any) -> None:
    source = sample(tmp_path)
    source.write_bytes(source.read_bytes()[: source.stat().st_size // 2])

    with pytest.raises(BadInput, match=r"early|damaged"):
        await resized(bench, source, width=30, format="png")


@pytest.mark.parametrize("content", [b"", b"just words", b"\x89PNG\r\n\x1a\n and no more", b"%PDF-1.4 no"])
async def test_what_is_no_image_is_said_to_be_none(bench: Bench, tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "a.png"
    source.write_bytes(content)

    with pytest.raises(BadInput, match=r"empty|damaged|early"):
        await resized(bench, source, width=30)


async def test_an_image_of_too_many_pixels_is_refused_before_it_is_read(tmp_path: Path, images: Images) -> None:
    bench = Bench(tmp_path, Images(images.pool, pixels=1000))

    with pytest.raises(BadInput, match="400 × 300 pixels"):
        await resized(bench, samples.jpeg(tmp_path), width=10)


async def test_a_file_tagged_watermark_lies_on_the_image(bench: Bench, tmp_path: Path) -> None:
    mark = file_at(drawn(tmp_path / "mark.png", size=(10, 10), color="blue"), tag="watermark_1")

    image = await resized(bench, samples.png(tmp_path), [mark], width=100, watermark_position="top-left")

    assert pixel(image, 5, 5) == (0, 0, 255)
    assert pixel(image, 20, 20) != (0, 0, 255)


async def test_a_watermark_is_fetched_from_its_url(tmp_path: Path, images: Images) -> None:
    mark = drawn(tmp_path / "mark.png", size=(10, 10), color="blue").read_bytes()
    client = HttpClient(allow=[ip_network("127.0.0.0/8")])
    bench = Bench(tmp_path, images, client)

    async with site(always(lambda: web.Response(body=mark, content_type="image/png"))) as url:
        image = await resized(bench, samples.png(tmp_path), width=100, watermark_url=f"{url}/mark.png")
    await client.close()

    assert pixel(image, 50, 37) == (0, 0, 255)


async def test_a_watermark_that_cannot_be_fetched_is_told(tmp_path: Path, images: Images) -> None:
    client = HttpClient(allow=[ip_network("127.0.0.0/8")])
    bench = Bench(tmp_path, images, client)

    async with site(always(lambda: web.Response(status=404))) as url:
        with pytest.raises(ImportFailed, match="404"):
            await resized(bench, samples.png(tmp_path), watermark_url=f"{url}/mark.png")
    await client.close()


async def test_a_file_tagged_clut_recolours_the_image(bench: Bench, tmp_path: Path) -> None:
    table = file_at(drawn(tmp_path / "table.png", size=(256, 1), color=(1, 2, 3)), tag="clut")
    base = file_at(samples.png(tmp_path), tag="base")

    (result,) = await run(ImageResizeRobot, {"clut": True, "width": 20}, [table, base], bench)

    assert pixel(opened(result.bytes), 5, 5) == (1, 2, 3)


async def test_a_clut_without_its_file_has_its_own_code(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(BadParams) as error:
        await resized(bench, samples.png(tmp_path), clut=True)

    assert error.value.code == "IMAGE_RESIZE_NO_CLUT_FILE"


async def test_text_is_one_object_or_a_list(bench: Bench, tmp_path: Path) -> None:
    source = drawn(tmp_path / "a.png", color="white", size=(80, 40))

    one = await resized(bench, source, text={"text": "A", "size": "30"})
    two = await resized(bench, source, text=[{"text": "A", "size": 30}, {"text": "B", "align": "left", "unknown": 1}])

    assert pixel(one, 79, 39) == (255, 255, 255)
    assert dark(two) > dark(one) > 20


async def test_a_job_of_watermarks_alone_has_no_input(bench: Bench, tmp_path: Path) -> None:
    mark = file_at(samples.png(tmp_path), tag="watermark")

    with pytest.raises(BadInput) as error:
        await run(ImageResizeRobot, {}, [mark], bench)

    assert error.value.code == "IMAGE_RESIZE_NO_INPUT_FILE"


@pytest.mark.parametrize(
    "wrong",
    [
        {"width": 0},
        {"height": 25001},
        {"width": "wide"},
        {"format": "docx"},
        {"resize_strategy": "squeeze"},
        {"gravity": "up"},
        {"quality": 101},
        {"frame": 0},
        {"sepia": 100},
        {"contrast": 2.5},
        {"brightness": -1},
        {"rotation": "upside"},
        {"blur": "5"},
        {"blur_regions": [{"x": 1, "y": 1, "width": 1}]},
        {"shave": "5x"},
        {"density": "high"},
        {"background": "mauve"},
        {"transparent": "1,2"},
        {"watermark_size": "50"},
        {"watermark_position": "middle"},
        {"watermark_position": []},
        {"watermark_opacity": 1.5},
        {"text": {"size": 10}},
        {"text": {"text": "a", "align": "top"}},
        {"imagemagick_stack": "v4"},
        {"colour": "red"},
    ],
)
async def test_wrong_parameters_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match=next(iter(wrong))):
        ImageResizeParams.parse(wrong)


async def test_what_old_clients_send_is_taken() -> None:
    params = ImageResizeParams.parse(
        {
            "imagemagick_stack": "v2.0.10",
            "stack": "v1",
            "rotation": "auto",
            "clip": "false",
            "zoom": "false",
            "format": None,
            "crop": None,
            "watermark_position": ["left", "right"],
        }
    )

    assert params.rotation is True
    assert params.zoom is False
    assert params.clip is False


@pytest.mark.parametrize(("given", "taken"), [(1, 1.0), ("90", 90.0), (True, True), ("false", False), (0, 0.0)])
async def test_rotation_tells_numbers_from_yes_and_no(given: Any, taken: Any) -> None:
    rotation = ImageResizeParams.parse({"rotation": given}).rotation

    assert (type(rotation), rotation) == (type(taken), taken)
