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
from tests.security.attacker import Attacker, instructions

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

# What no source could make small: more than the parameters of these robots may ever say.
BEYOND: list[dict[str, Any]] = [
    {"robot": "/image/resize", "width": 30_000, "height": 30_000},
    {"robot": "/image/resize", "text": [{"text": "x", "size": 10**6}]},
    {"robot": "/image/merge", "border": 10**6},
    {"robot": "/file/preview", "width": 10**6},
    {"robot": "/file/preview", "clip_framerate": 10**6},
    {"robot": "/html/convert", "url": "http://a.example", "height": 10**6},
    {"robot": "/document/thumbs", "density": "1000000"},
    {"robot": "/document/thumbs", "width": 10**6},
    {"robot": "/audio/encode", "sample_rate": 10**9},
    {"robot": "/audio/encode", "ffmpeg": {"input_options": {"stream_loop": -1}}},
    {"robot": "/audio/encode", "ffmpeg": {"input_options": {"stream_loop": 10**9}}},
    {"robot": "/audio/encode", "ffmpeg": {"af": "apad"}},
    {"robot": "/audio/waveform", "width": 30_000, "height": 30_000},
    {"robot": "/video/encode", "width": 10**6},
    {"robot": "/video/encode", "ffmpeg": {"vf": "loop=-1:9"}},
    {"robot": "/video/encode", "ffmpeg": {"vf": "fps=1000000"}},
    {"robot": "/video/encode", "ffmpeg": {"s": "30000x30000"}},
    {"robot": "/video/encode", "ffmpeg": {"filter_complex": "[0:v]scale=iw*100:-1"}},
    {"robot": "/audio/encode", "ffmpeg": {"ar": 10**9}},
    {"robot": "/audio/encode", "ffmpeg": {"af": "asetrate=1"}},
    {"robot": "/audio/encode", "ffmpeg": {"input_options": {"itsoffset": 10**9}}},
    {"robot": "/video/merge", "duration": 10**9},
    {"robot": "/video/subtitle", "font_size": 10**6},
    {"robot": "/video/thumbs", "count": 10**9},
    {"robot": "/video/thumbs", "offsets": [1] * 1000},
]


@pytest.mark.case(86)
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("asked", BEYOND, ids=lambda asked: asked["robot"])
async def test_what_no_result_may_be_is_refused_with_the_request(attacker: Attacker, asked: dict[str, Any]) -> None:
    use = {} if "url" in asked else {"use": ":original"}

    status, told = await attacker.create(instructions({"grown": {**asked, **use}}))

    assert (status, told["error"]) == (400, asked["robot"][1:].replace("/", "_").upper() + "_VALIDATION"), told


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
@pytest.mark.parametrize(
    ("seconds", "wish"),
    [
        (4e8, {}),
        (600, {"input_options": {"stream_loop": 999}}),
        (600, {"af": "atempo=0.5,rubberband=tempo=0.003"}),
        (600, {"af": "adelay=200000s"}),
        (2, {"af": "atempo=0.5,rubberband=tempo=0.003", "input_options": {"stream_loop": 999}}),
    ],
)
def test_a_length_of_days_is_refused_before_it_is_encoded(seconds: float, wish: dict[str, Any]) -> None:
    sound = {"codec_type": "audio", "codec_name": "aac", "channels": 1, "index": 0}

    with pytest.raises(BadInput, match="more than the 48 that are allowed"):
        Encoding.of(Footage(None, [sound], [], seconds), recipe("mp3", wish, ext="mp3"), Framing(), sources=[])
