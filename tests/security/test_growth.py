"""A result that would grow beyond the caps is refused before anything is made."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from robots.base.errors import BadInput
from robots.tools.encoding import Encoding
from robots.tools.footage import Footage
from robots.tools.framing import Framing
from robots.tools.recipe import recipe
from tests import samples
from tests.customer import customer_of_new_server

ORIGINAL = {"robot": "/upload/handle", "ignore_errors": ["meta"]}
PICTURES: list[dict[str, Any]] = [
    {"width": 25000, "height": 25000, "resize_strategy": "stretch"},
    {"width": 25000, "height": 25000, "resize_strategy": "pad"},
    {"width": 25000, "height": 25000, "resize_strategy": "fillcrop"},
    {"width": 25000, "resize_strategy": "fit"},
    {"width": 14000, "height": 14000, "resize_strategy": "stretch", "rotation": 45},
]
VIDEOS: list[dict[str, Any]] = [
    {"width": 16384, "height": 16384, "resize_strategy": "stretch"},
    {"width": 16384, "height": 16384, "resize_strategy": "pad"},
]


@pytest.mark.case(86)
async def test_a_result_that_would_be_too_large_or_too_long_is_refused_before_it_is_made(tmp_path: Path) -> None:
    picture, video = samples.png(tmp_path, 16, 16), samples.mp4(tmp_path, seconds=1)
    async with customer_of_new_server(tmp_path / "data", max_image_pixels="200000000") as customer:
        for file, robot, asked in [
            *((picture, "/image/resize", params) for params in PICTURES),
            *((video, "/video/encode", params) for params in VIDEOS),
        ]:
            began = time.monotonic()
            status = await customer.create(
                {":original": ORIGINAL, "grown": {"robot": robot, "use": ":original", **asked}}, file
            )
            over = await customer.ended(status)

            assert "more than the" in over.get("message", ""), (asked, over.get("message"))
            assert "allowed" in over["message"]
            assert time.monotonic() - began < 15


@pytest.mark.case(73, 86)
def test_a_length_of_years_is_refused_before_it_is_encoded() -> None:
    sound = {"codec_type": "audio", "codec_name": "aac", "channels": 1, "index": 0}
    footage = Footage(None, [sound], [], 4e8)

    with pytest.raises(BadInput, match="more than the 48 that are allowed"):
        Encoding.of(footage, recipe("mp3", {}, ext="mp3"), Framing(), sources=[])
