"""/image/resize lays watermarks on images, from a tagged file or a URL."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from aiohttp import web

from robots.base.errors import BadInput, BadParams, ImportFailed
from robots.image.resize import ImageResizeRobot
from robots.tools.http import HttpClient
from robots.tools.vips import Images
from tests import samples
from tests.robots.image.resized import drawn, near, pixel, resized
from tests.robots.workspace import Bench, file_at, run
from tests.web import always, site

pytestmark = pytest.mark.asyncio(loop_scope="session")


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


async def test_a_job_of_watermarks_alone_has_no_input(bench: Bench, tmp_path: Path) -> None:
    mark = file_at(samples.png(tmp_path), tag="watermark")

    with pytest.raises(BadInput) as error:
        await run(ImageResizeRobot, {}, [mark], bench)

    assert error.value.code == "IMAGE_RESIZE_NO_INPUT_FILE"


def box(image: PIL.Image.Image) -> Any:
    """Where the picture is not white."""
    return image.convert("RGB").point(lambda value: 255 - value).getbbox()


async def marked(bench: Bench, folder: Path, **params: Any) -> PIL.Image.Image:
    """A blue watermark of 20 x 10 pixels on white, 100 x 60."""
    mark = file_at(drawn(folder / "mark.png", size=(20, 10), color="blue"), tag="watermark")
    return await resized(bench, drawn(folder / "base.png", size=(100, 60), color="white"), [mark], **params)


@pytest.mark.parametrize(
    ("position", "found"),
    [("top-left", (3, 2, 23, 12)), ("bottom-right", (77, 48, 97, 58)), (["right"], (77, 27, 97, 37))],
)
async def test_offsets_lead_towards_the_middle(bench: Bench, tmp_path: Path, position: Any, found: Any) -> None:
    image = await marked(bench, tmp_path, watermark_position=position, watermark_x_offset=3, watermark_y_offset="2")

    assert box(image) == found


async def test_the_old_names_of_offsets_are_known(bench: Bench, tmp_path: Path) -> None:
    image = await marked(bench, tmp_path, watermark_position="top-left", watermark_position_x=7, watermark_position_y=9)

    assert box(image) == (7, 9, 27, 19)


@pytest.mark.parametrize(
    ("strategy", "size"), [("fit", (50, 25)), ("min_fit", (60, 30)), ("stretch", (50, 30)), ("area", (77, 39))]
)
async def test_a_watermark_size_is_measured_by_its_strategy(
    bench: Bench, tmp_path: Path, strategy: str, size: Any
) -> None:
    image = await marked(
        bench, tmp_path, watermark_size="50%", watermark_resize_strategy=strategy, watermark_position="top-left"
    )

    assert box(image) == (0, 0, *size)


async def test_a_watermark_may_be_faint(bench: Bench, tmp_path: Path) -> None:
    assert near(pixel(await marked(bench, tmp_path, watermark_opacity=0.5), 50, 30), (127, 127, 255))


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"watermark_repeat_x": True}, (0, 25, 100, 35)),
        ({"watermark_repeat_y": True}, (40, 0, 60, 60)),
        ({"watermark_repeat_x": True, "watermark_repeat_y": True}, (0, 0, 100, 60)),
    ],
)
async def test_a_watermark_is_repeated(bench: Bench, tmp_path: Path, params: Any, found: Any) -> None:
    assert box(await marked(bench, tmp_path, **params)) == found


async def test_a_watermark_outside_the_image_is_told(bench: Bench, tmp_path: Path) -> None:
    image = await marked(bench, tmp_path, watermark_x_offset=500)

    assert box(image) is None
    assert "cannot be seen" in bench.warnings[0]


async def test_a_watermark_that_would_be_too_large_is_the_fault_of_its_size(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(BadParams, match="watermark_size: the watermark would have"):
        await marked(bench, tmp_path, watermark_size="99999999%")
