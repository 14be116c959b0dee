"""/image/resize takes what clients send, tells what is wrong with it, and reads images safely."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from robots.base.errors import BadInput
from robots.base.params import Invalid
from robots.image.resize import ImageResizeParams
from robots.probe import image
from robots.tools.vips import Images
from tests import samples
from tests.badfiles.bad import Canary
from tests.badfiles.catalogue import named
from tests.robots.image.resized import drawn, made, opened, pixel, resized
from tests.robots.workspace import Bench

pytestmark = pytest.mark.asyncio(loop_scope="session")
NOTHING = Canary(Path("/none"), "", "")


async def test_nothing_asked_gives_the_image_itself(bench: Bench, tmp_path: Path) -> None:
    source = samples.png(tmp_path, 40, 30)

    image = await resized(bench, source)

    assert list(image.get_flattened_data()) == list(opened(source).get_flattened_data())
    assert bench.warnings == []


async def test_a_drawing_reaches_no_other_file(bench: Bench, tmp_path: Path) -> None:
    drawn(tmp_path / "secret.png", color=(0, 0, 255), size=(60, 60))
    body = "".join(
        f'<image href="{path}" width="60" height="60"/>' for path in (f"file://{tmp_path}/secret.png", "secret.png")
    )

    image = await resized(bench, samples.svg(tmp_path, 60, 60, body=body), format="png")

    assert pixel(image, 2, 2) == (255, 255, 255)
    assert "refers to" in bench.warnings[0]


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


@pytest.mark.case(60)
async def test_a_picture_within_an_icon_has_no_more_pixels_either(tmp_path: Path, images: Images) -> None:
    bench, bomb = Bench(tmp_path, Images(images.pool, pixels=20_000_000)), named("icns-of-png.icns").bad.make(NOTHING)
    (icon := tmp_path / "icon.icns").write_bytes(bomb)

    with pytest.raises(BadInput, match="more pixels than the 20,000,000 that are allowed"):
        await resized(bench, icon, width=10)


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
        {"blur": "0x1001"},
        {"blur_regions": [{"x": 1, "y": 1, "width": 1}]},
        {"shave": "5x"},
        {"density": "high"},
        {"density": "0"},
        {"density": "300x9999999999"},
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


@pytest.mark.parametrize(("params", "told"), [({}, True), ({"negate": True}, False), ({"format": "png"}, True)])
async def test_the_colour_of_a_result_is_told_only_where_it_is_that_of_its_pixels(
    bench: Bench, tmp_path: Path, params: dict[str, Any], told: bool
) -> None:
    result = await made(bench, samples.jpeg(tmp_path, 800, 600), width=200, **params)

    seen = image.see(result.bytes, "image/png" if params.get("format") else "image/jpeg", [])
    colors = [bytes.fromhex(meta.get("average_color", "#")[1:]) for meta in (result.meta, seen)]
    assert bool(colors[0]) is told
    assert not told or max(abs(a - b) for a, b in zip(*colors, strict=True)) <= 1
