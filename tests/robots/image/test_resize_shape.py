"""/image/resize gives images of the size and shape that is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from PIL import ImageDraw

from robots.base.errors import BadParams
from robots.image.resize import ImageResizeParams, ImageResizeRobot
from robots.probe.probe import Prober
from robots.tools.ffprobe import Ffprobe
from robots.tools.programs import Programs
from robots.tools.vips import Images
from tests import samples
from tests.robots.image.resized import drawn, near, opened, pixel, resized
from tests.robots.workspace import Bench, file_at, run

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


async def test_a_picture_that_was_left_on_its_side_is_told_as_it_is_shown(bench: Bench, tmp_path: Path) -> None:
    source = file_at(samples.jpeg(tmp_path, 40, 30, orientation=6))
    [made] = await run(ImageResizeRobot, {"rotation": False}, [source], bench)
    shown = await Prober(bench.tool(Images).pool, Ffprobe(Programs())).probe(made.bytes, made.name)
    told = {**shown.meta, **made.meta}

    assert (told["width"], told["height"], told["orientation"]) == (30, 40, 6)


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


async def test_a_drawing_is_drawn_as_large_as_it_is_needed(bench: Bench, tmp_path: Path) -> None:
    image = await resized(bench, samples.svg(tmp_path, 60, 60), width=600, format="png")

    edge = [pixel(image, x, 300) for x in range(600)]
    assert image.size == (600, 600)
    assert sum(color not in {(255, 255, 255), (255, 0, 0)} for color in edge) <= 4


@pytest.mark.parametrize(("density", "size"), [("72", (60, 30)), ("144", (120, 60))])
async def test_density_says_how_large_a_drawing_is(bench: Bench, tmp_path: Path, density: str, size: Any) -> None:
    source = tmp_path / "a.svg"
    source.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="60pt" height="30pt"><rect width="9" height="9"/></svg>'
    )

    assert (await resized(bench, source, density=density, format="png")).size == size


@pytest.mark.parametrize(("given", "taken"), [(1, 1.0), ("90", 90.0), (True, True), ("false", False), (0, 0.0)])
async def test_rotation_tells_numbers_from_yes_and_no(given: Any, taken: Any) -> None:
    rotation = ImageResizeParams.parse({"rotation": given}).rotation

    assert (type(rotation), rotation) == (type(taken), taken)
