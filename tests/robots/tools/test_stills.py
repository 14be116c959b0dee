"""Frames are found by time."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from robots.tools.ffmpeg import Ffmpeg
from robots.tools.ffprobe import Ffprobe
from robots.tools.footage import Footage
from robots.tools.programs import Programs
from robots.tools.stills import Stills, length
from tests import samples
from tests.robots.video.screen import pixel, video_at, written
from tests.robots.workspace import Bench

PROGRAMS = Programs()


async def stills(source: Path, **how: Any) -> Stills:
    footage = Footage.of(await Ffprobe(PROGRAMS).show(source))
    return Stills(source, footage, ["-c:v", "png"], **how)


async def test_several_frames_come_in_one_run(tmp_path: Path) -> None:
    found = await stills(samples.mp4(tmp_path))
    shots = [(at, tmp_path / f"{at}.png") for at in (0.0, 0.5, 1.5)]

    await found.take(shots, Bench(tmp_path, Ffmpeg(PROGRAMS)))

    assert len({path.read_bytes() for _, path in shots}) == 3


@pytest.mark.parametrize("name", ["film.ts", "film.mpg"])
async def test_a_stream_with_few_key_frames_shows_what_it_shows_at_a_time(name: str, tmp_path: Path) -> None:
    change = "drawbox=color=blue:t=fill:enable='gte(t,3)',drawbox=color=lime:t=fill:enable='gte(t,5)'"
    film = f"color=red:size=64x48:rate=25:duration=6,{change}"
    written(tmp_path / name, "-f", "lavfi", "-i", film, "-g", "600", "-sc_threshold", "1000000000")
    shots = [(at, tmp_path / f"{at}.png") for at in (1.0, 2.5, 4.0, 5.5)]

    await (await stills(tmp_path / name)).take(shots, Bench(tmp_path, Ffmpeg(PROGRAMS)))

    brightest = [max(enumerate(pixel(video_at(path), 20, 20)), key=lambda band: band[1])[0] for _, path in shots]
    assert brightest == [0, 0, 2, 1]


async def test_a_frame_that_was_taken_tells_its_colour(tmp_path: Path) -> None:
    orange = ("-vf", "drawbox=color=0xff8000:t=fill")
    found = await stills(samples.mp4(tmp_path, args=orange), sights=True, filters=["crop=100:60"])
    bench = Bench(tmp_path, Ffmpeg(PROGRAMS))

    await found.take([(1.0, tmp_path / "taken.png")], bench)
    await found.take_last(2.0, tmp_path / "last.png", bench)

    for name in ("taken.png", "last.png"):
        sight = found.sight(tmp_path / name)
        red, green, blue = bytes.fromhex(sight["average_color"][1:])
        with Image.open(tmp_path / name) as picture:
            assert picture.size == (100, 60)
            assert picture.convert("RGB").getpixel((50, 30)) == pytest.approx((red, green, blue), abs=3)
        assert (red, green, blue) == pytest.approx((255, 128, 0), abs=8)
        assert sight["has_transparency"] is False
    assert found.sight(tmp_path / "nothing.png") == {}


async def test_after_the_end_there_is_the_last_frame(tmp_path: Path) -> None:
    found, bench = await stills(samples.mp4(tmp_path)), Bench(tmp_path, Ffmpeg(PROGRAMS))

    await found.take_last(2.0, tmp_path / "last.png", bench)

    with Image.open(tmp_path / "last.png") as picture:
        assert picture.size == (160, 120)


async def test_the_length_of_the_picture_counts_not_that_of_the_sound(tmp_path: Path) -> None:
    short = samples.mp4(tmp_path, args=("-vf", "trim=end=1"))
    footage = Footage.of(await Ffprobe(PROGRAMS).show(short))

    assert await length(short, footage, Bench(tmp_path)) == pytest.approx(1, abs=0.1)
