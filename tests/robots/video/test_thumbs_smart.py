"""/video/thumbs with smart: of the frames near a time the best is taken, by its faces and its detail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from robots.base.file import File
from robots.tools.choice import BLIND
from robots.tools.ffmpeg import Ffmpeg
from robots.tools.vips import Images
from robots.video.thumbs import VideoThumbsRobot
from tests import samples
from tests.faces import person
from tests.robots.video.screen import PROBE, PROGRAMS, like, pixel, video_at, written
from tests.robots.workspace import Bench, run

pytestmark = pytest.mark.asyncio(loop_scope="session")
WALL = (110, 130, 150)
# What is sharp beside a face.
FENCE = ",".join(f"drawbox=x={x}:w=10:h=180:color=0xa0b0c0:t=fill" for x in (30, 270))


@pytest.fixture
def bench(tmp_path: Path, images: Images) -> Bench:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return Bench(folder, Ffmpeg(PROGRAMS), PROBE, images)


async def smart(bench: Bench, file: File, **params: Any) -> list[File]:
    return await run(VideoThumbsRobot, {"smart": True, "count": 1, **params}, [file], bench)


def scene(folder: Path, *faces: tuple[int, tuple[int, int]]) -> Path:
    """Persons before a wall, each so high and with the corner at a place."""
    image = Image.new("RGB", (320, 180), WALL)
    for height, place in faces:
        image.paste(person(height), place)
    name = folder / f"{'-'.join(str(height) for height, _ in faces)}.png"
    image.save(name)
    return name


def film(folder: Path, *scenes: tuple[float, float, Path], change: str = "null", last: str = "null") -> File:
    """Two seconds of a busy picture, in which scenes are shown from a time to another."""
    inputs = [part for _, _, path in scenes for part in ("-loop", "1", "-framerate", "10", "-i", str(path))]
    graph, under = "", "0:v"
    for number, (start, end, _) in enumerate(scenes, 1):
        shown = f"overlay=shortest=1:enable='gte(t,{start})*lt(t,{end})'"
        graph += f"[{number}:v]{change}[scene{number}];[{under}][scene{number}]{shown}[upto{number}];"
        under = f"upto{number}"
    busy = "testsrc2=size=320x180:rate=10:duration=2"
    graph += f"[{under}]{last},format=yuv420p"
    return written(
        folder / "film.mp4", "-f", "lavfi", "-i", busy, *inputs, "-filter_complex", graph, "-preset", "ultrafast"
    )


async def test_a_face_wins_over_more_detail(bench: Bench, tmp_path: Path) -> None:
    file = film(tmp_path, (0.8, 1.1, scene(tmp_path, (150, (100, 15)))))
    [made] = await smart(bench, file)

    assert 0.8 <= made.meta["thumb_offset"] < 1.1
    assert made.meta["smart_score"] == 1
    assert made.meta["smart_reasons"] == ["1 face", "sharp", "contrast", "not black", "not white"]
    assert like(pixel(made, 10, 90), WALL)
    assert bench.warnings == []
    assert not list(bench.folder.glob("*frames*"))


@pytest.mark.parametrize(
    ("change", "wins"),
    [
        ("null", True),
        ("gblur=sigma=4", False),
        ("avgblur=sizeX=7:sizeY=1", False),
        ("colorchannelmixer=rr=0.25:gg=0.25:bb=0.25", False),
    ],
)
async def test_no_frame_wins_by_a_face_that_is_blurred_or_fades(
    bench: Bench, tmp_path: Path, change: str, wins: bool
) -> None:
    face = scene(tmp_path, (150, (100, 15)))
    [made] = await smart(bench, film(tmp_path, (0.7, 1.2, face), change=f"{change},{FENCE}"))

    assert (0.7 <= made.meta["thumb_offset"] < 1.2) is wins
    assert made.meta["smart_reasons"][0].startswith("1 face" if wins else "most detail of")


async def test_of_faces_the_largest_wins_that_is_whole(bench: Bench, tmp_path: Path) -> None:
    small, cut, large = ((70, (40, 15)), (161, (-25, 15)), (160, (100, 15)))
    times = ((0.5, 0.8), (0.8, 1.1), (1.1, 1.4))
    scenes = [(*span, scene(tmp_path, face)) for span, face in zip(times, (small, cut, large), strict=True)]
    [made] = await smart(bench, film(tmp_path, *scenes))

    assert 1.1 <= made.meta["thumb_offset"] < 1.4


async def test_a_face_that_fades_in_is_taken_when_it_is_there(bench: Bench, tmp_path: Path) -> None:
    face = scene(tmp_path, (150, (100, 15)))
    [made] = await smart(bench, film(tmp_path, (0, 2, face), last="fade=t=in:st=0:d=1.4"))

    assert made.meta["thumb_offset"] > 1.2
    assert "1 face" in made.meta["smart_reasons"]


async def test_the_faces_of_a_lying_video_are_counted_as_it_shall_stand(bench: Bench, tmp_path: Path) -> None:
    pair = scene(tmp_path, (120, (30, 30)), (140, (180, 20)))
    [made] = await smart(bench, film(tmp_path, (0.9, 1.2, pair), last="transpose=cclock"), rotate=90)

    assert 0.9 <= made.meta["thumb_offset"] < 1.2
    assert made.meta["smart_reasons"][0] == "2 faces"
    assert like(pixel(made, 10, 90), WALL)


async def test_without_the_model_detail_decides_and_that_is_told_once(bench: Bench, tmp_path: Path) -> None:
    file = film(tmp_path, (0.6, 1.0, scene(tmp_path, (150, (100, 15)))))
    blind = Bench(bench.folder, *bench.tools[:-1])
    first, second = await smart(blind, file, count=2)

    assert blind.warnings == [BLIND]
    assert [made.meta["smart_reasons"][0].startswith("most detail") for made in (first, second)] == [True, True]
    assert not 0.6 <= first.meta["thumb_offset"] < 1.0


async def test_detail_is_preferred_to_a_black_frame(bench: Bench, tmp_path: Path) -> None:
    dark = "drawbox=color=black:t=fill:enable='lt(t,1.1)'"
    source = video_at(samples.mp4(tmp_path, args=("-vf", dark)))
    [plain] = await smart(bench, source, smart=False)
    [best] = await smart(bench, source, smart_max_candidates=8)

    assert plain.meta["thumb_offset"] == 1
    assert best.meta["thumb_offset"] > 1.1
    assert set(plain.meta) == {"thumb_index", "thumb_offset", "average_color", "has_transparency"}
    assert set(best.meta) == {*plain.meta, "smart_score", "smart_reasons"}
    assert best.bytes.stat().st_size > 2 * plain.bytes.stat().st_size


async def test_how_much_there_is_to_see_is_told_and_why(bench: Bench, tmp_path: Path) -> None:
    lines = "geq=lum='if(gt(T,1.9),16+219*mod(floor(X/8),2),120)':cb=128:cr=128"
    source = video_at(samples.mp4(tmp_path, seconds=3, args=("-vf", lines)))
    gray, striped = await smart(bench, source, count=2, smart_max_candidates=5)

    assert [gray.meta["thumb_offset"] < 1.9, striped.meta["thumb_offset"] >= 1.9] == [True, True]
    assert gray.meta["smart_score"] < 0.05
    assert gray.meta["smart_reasons"] == ["most detail of 5 frames", "not black", "not white"]
    assert striped.meta["smart_score"] > 0.9
    assert striped.meta["smart_reasons"][1:] == ["sharp", "contrast", "not black", "not white"]
    assert [pixel(striped, x, 60)[0] < 40 for x in (3, 11, 19)] == [True, False, True]


async def test_hdr_is_looked_at_in_ordinary_colours(bench: Bench, tmp_path: Path) -> None:
    curve = "setparams=color_trc=smpte2084:color_primaries=bt2020:colorspace=bt2020nc"
    dull = f"format=yuv420p10le,geq=lum='if(mod(floor(X/20),2),420,610)':cb=512:cr=512,{curve}"
    source = samples.video(tmp_path, "mkv", seconds=1, args=("-vf", dull, "-pix_fmt", "yuv420p10le"))
    [made] = await smart(bench, video_at(source), smart_max_candidates=2)

    assert "contrast" in made.meta["smart_reasons"]


async def test_a_stream_that_cannot_be_sought_in_is_chosen_from_around_the_time(bench: Bench, tmp_path: Path) -> None:
    shown = film(tmp_path, (1.2, 1.5, scene(tmp_path, (150, (100, 15)))))
    raw = tmp_path / "film.h264"
    bare = written(raw, "-i", str(shown.path), "-c", "copy", "-bsf:v", "h264_mp4toannexb")
    early, late = await smart(bench, bare, count=2)

    assert 0.3 <= early.meta["thumb_offset"] <= 1.0
    assert 1.2 <= late.meta["thumb_offset"] < 1.5
    assert late.meta["smart_reasons"][0] == "1 face"
    assert like(pixel(late, 10, 90), WALL)


async def test_frames_of_a_stream_with_one_key_frame_are_measured(bench: Bench, tmp_path: Path) -> None:
    shown = film(tmp_path, (1.2, 1.5, scene(tmp_path, (150, (100, 15)))))
    stream = written(tmp_path / "film.ts", "-i", str(shown.path), "-c", "copy")
    [made] = await smart(bench, stream)

    assert 1.2 <= made.meta["thumb_offset"] < 1.5
    assert made.meta["smart_reasons"][0] == "1 face"
