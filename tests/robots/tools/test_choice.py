"""Near a time the best frame is found, and it is that very frame which is taken."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from robots.tools.choice import SIDE, Choice
from robots.tools.ffmpeg import Ffmpeg
from robots.tools.ffprobe import Ffprobe
from robots.tools.footage import Footage
from robots.tools.framing import Framing
from robots.tools.programs import Programs
from robots.tools.stills import Stills
from tests import samples
from tests.robots.workspace import Bench

PROGRAMS = Programs()


async def choice(source: Path, most: int = 100) -> Choice:
    footage = Footage.of(await Ffprobe(PROGRAMS).show(source))
    return Choice(Stills(source, footage, ["-c:v", "png"]), most, Framing().small(footage, SIDE))


def striped(folder: Path, number: int) -> Path:
    """Gray frames, 30 a second, of which one has stripes."""
    lines = f"geq=lum='if(eq(N,{number}),16+219*mod(floor(X/8),2),120)':cb=128:cr=128"
    return samples.mp4(folder, fps=30, width=64, height=48, args=("-vf", lines))


@pytest.mark.parametrize("number", [37, 38])
async def test_the_frame_that_was_measured_is_the_one_that_is_taken(tmp_path: Path, number: int) -> None:
    chosen, bench = await choice(striped(tmp_path, number)), Bench(tmp_path, Ffmpeg(PROGRAMS))

    at, told = await chosen.near(1.2, 0.5, bench)
    await chosen.stills.take([(at, tmp_path / "taken.png")], bench)

    assert at == pytest.approx(number / 30, abs=0.001)
    assert told["smart_reasons"][0] == "most detail of 15 frames"
    with Image.open(tmp_path / "taken.png") as picture:
        row = picture.convert("L").tobytes()[20 * 64 :]
        assert [row[x] > 128 for x in (4, 12, 20)] == [False, True, False]


async def test_no_more_frames_are_looked_at_than_asked_for(tmp_path: Path) -> None:
    chosen, bench = await choice(samples.mp4(tmp_path), most=3), Bench(tmp_path, Ffmpeg(PROGRAMS))

    _, told = await chosen.near(1.0, 2.0, bench)

    assert "most detail of 3 frames" in told["smart_reasons"]


async def test_after_the_end_there_is_nothing_to_choose_from(tmp_path: Path) -> None:
    chosen = await choice(samples.mp4(tmp_path))

    assert await chosen.near(9.0, 1.0, Bench(tmp_path, Ffmpeg(PROGRAMS))) == (9.0, {})
