"""/video/concat: the videos are seen and heard one after the other."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from robots.base.errors import BadInput, BadParams
from robots.base.file import File
from robots.base.geometry import Size
from robots.base.params import Invalid
from robots.video.concat import VideoConcatRobot
from tests import samples
from tests.robots.audio.ear import loudness, samples_of
from tests.robots.video.screen import PROGRAMS, RED, footage, like, pixel, plain, video_at, written
from tests.robots.workspace import Bench, run

QUICK = {"preset": "ultrafast", "threads": 1}
HARD = {"video_fade_seconds": 0, "audio_fade_seconds": 0}
GREEN, BLACK = (0, 255, 0), (0, 0, 0)


@pytest.fixture
def two(tmp_path: Path) -> list[File]:
    """A red clip and a green one, two seconds each."""
    return [plain(tmp_path, "red", 2, name="red.mp4"), plain(tmp_path, "lime", 2, name="green.mp4")]


async def joined(bench: Bench, files: list[File], **params: Any) -> File:
    params = {**params, "ffmpeg": {**QUICK, **params.get("ffmpeg", {})}}
    [made] = await run(VideoConcatRobot, params, files, bench)
    return made


def chapters(file: File) -> list[tuple[str, float, float]]:
    line = [str(PROGRAMS.need("ffprobe")), "-loglevel", "error", "-of", "json", "-show_chapters", str(file.path)]
    shown = json.loads(subprocess.run(line, capture_output=True, check=True).stdout)["chapters"]
    return [(one["tags"]["title"], float(one["start_time"]), float(one["end_time"])) for one in shown]


async def test_one_follows_the_other_and_fades_through_black_for_a_second_each(bench: Bench, two: list[File]) -> None:
    made = await joined(bench, two, ffmpeg_stack="v6")
    seen = await footage(made)

    assert made.name == "red.mp4"
    assert seen.duration == pytest.approx(4, abs=0.15)
    assert [like(pixel(made, 80, 60, at), color) for at, color in ((0, RED), (0.5, RED), (3.5, GREEN))] == [True] * 3
    assert like(pixel(made, 80, 60, 1.9), (25, 0, 0))
    assert like(pixel(made, 80, 60, 2), BLACK)
    assert like(pixel(made, 80, 60, 1.5), (127, 0, 0))
    assert bench.warnings == []
    assert bench.reached[-1] == pytest.approx(1, abs=0.1)


async def test_audio_fade_seconds_and_video_fade_seconds_do_not_touch_each_other(bench: Bench, two: list[File]) -> None:
    made = await joined(bench, two, video_fade_seconds=0, audio_fade_seconds=1)
    heard = samples_of(made)

    assert like(pixel(made, 80, 60, 1.9), RED)
    assert like(pixel(made, 80, 60, 2), GREEN)
    assert loudness(heard, 1.9, 0.1) < loudness(heard, 0.5) / 5
    assert loudness(heard, 0, 0.05) == pytest.approx(loudness(heard, 0.5), rel=0.3)


async def test_a_crossfade_shows_both_and_shortens_the_whole(bench: Bench, two: list[File]) -> None:
    made = await joined(bench, two, transition="crossfade", transition_duration=0.8)

    assert (await footage(made)).duration == pytest.approx(3.2, abs=0.15)
    assert like(pixel(made, 80, 60, 1.6), (127, 127, 0))
    assert like(pixel(made, 80, 60, 1), RED)
    assert loudness(samples_of(made), 1.5, 0.2) > 0.02


async def test_a_transition_takes_at_most_half_of_the_shorter_video(bench: Bench, two: list[File]) -> None:
    made = await joined(bench, two, transition="crossfade", transition_duration=60)

    assert (await footage(made)).duration == pytest.approx(3, abs=0.15)


async def test_a_fade_to_black_takes_half_its_time_out_and_half_in(bench: Bench, two: list[File]) -> None:
    made = await joined(bench, two, transition="fade_to_black", transition_duration=1)

    assert (await footage(made)).duration == pytest.approx(4, abs=0.15)
    assert like(pixel(made, 80, 60, 1.4), RED)
    assert like(pixel(made, 80, 60, 2), BLACK)
    assert like(pixel(made, 80, 60, 2.6), GREEN)


async def test_videos_of_all_kinds_come_to_the_size_of_the_first_and_the_rate_of_the_quickest(
    bench: Bench, two: list[File], tmp_path: Path
) -> None:
    tall = video_at(samples.mp4(tmp_path, seconds=1, width=120, height=160, fps=20, audio=False, name="tall.mp4"))
    turned = video_at(samples.mp4(tmp_path, seconds=1, rotation=90, name="turned.mp4"))
    other = video_at(samples.video(tmp_path, "webm", seconds=1))
    made = await joined(bench, [two[0], tall, turned, other], **HARD)
    seen, heard = await footage(made), samples_of(made)

    assert (seen.size, seen.rate) == (Size(160, 120), 20)
    assert seen.duration == pytest.approx(5, abs=0.2)
    assert like(pixel(made, 5, 60, 2.5), BLACK)
    assert not like(pixel(made, 80, 60, 2.5), BLACK)
    assert like(pixel(made, 5, 60, 3.5), BLACK)
    assert loudness(heard, 2.3, 0.4) < 0.001
    assert loudness(heard, 3.3, 0.4) > 0.02


async def test_a_wanted_width_and_height(bench: Bench, two: list[File]) -> None:
    assert (await footage(await joined(bench, two, width=100, height=100))).size == Size(100, 100)
    assert (await footage(await joined(bench, two, width=80))).size == Size(80, 60)


async def test_a_preset_gives_format_and_size(bench: Bench, two: list[File]) -> None:
    [made] = await run(VideoConcatRobot, {"preset": "gif"}, two, bench)
    seen = await footage(made)

    assert (made.name, seen.size) == ("red.gif", Size(480, 270))
    assert bench.warnings == ["The sound was left out: gif holds pictures only."]


async def test_chapter_markers_carry_the_names_of_the_files(bench: Bench, two: list[File]) -> None:
    made = await joined(bench, two, chapter_markers=True, transition="crossfade", transition_duration=0.5)

    (first, begin, middle), (second, again, end) = chapters(made)
    assert (first, second) == ("red", "green")
    assert (begin, middle, again, end) == pytest.approx((0, 1.5, 1.5, 3.5), abs=0.05)
    assert chapters(await joined(bench, two)) == []


async def test_chapters_that_cannot_be_kept_are_told(bench: Bench, two: list[File]) -> None:
    await joined(bench, two, chapter_markers=True, ffmpeg={"f": "mpegts"})

    assert bench.warnings == ["The chapters were left out: mpegts cannot hold them."]


async def test_sort_by_is_known_and_one_video_alone_comes_out_whole(bench: Bench, two: list[File]) -> None:
    made = await joined(bench, two[:1], transition="crossfade", sort_by="import_order")

    assert (await footage(made)).duration == pytest.approx(2, abs=0.15)


async def test_filters_and_a_span_of_the_user_go_over_the_whole(bench: Bench, two: list[File]) -> None:
    made = await joined(bench, two, ffmpeg={"vf": "scale=40:-2", "ss": 1, "t": 2, "r": 5, "map": "0"}, **HARD)
    seen = await footage(made)

    assert (seen.size, seen.rate) == (Size(40, 30), 5)
    assert seen.duration == pytest.approx(2, abs=0.25)
    assert like(pixel(made, 20, 15, 0.2), RED)
    assert like(pixel(made, 20, 15, 1.6), GREEN)
    assert bench.warnings == ["ffmpeg.map means nothing here and was passed over."]


async def test_subtitles_and_second_audio_tracks_that_get_lost_are_told(bench: Bench, tmp_path: Path) -> None:
    clip, cues = str(samples.mp4(tmp_path, seconds=1)), str(samples.srt(tmp_path))
    maps = ("-map", "0:v", "-map", "0:a", "-map", "0:a", "-map", "1")
    rich = written(tmp_path / "rich.mp4", "-i", clip, "-i", cues, *maps, "-c", "copy", "-c:s", "mov_text")
    await joined(bench, [rich, rich])

    assert bench.warnings == [
        "Subtitle tracks were left out: those of several files cannot be joined.",
        "Only the first audio track of each file was kept.",
    ]


async def test_hdr_is_brought_to_the_colours_of_its_neighbours(bench: Bench, two: list[File], tmp_path: Path) -> None:
    curve = ("-x265-params", "log-level=error:transfer=smpte2084:colorprim=bt2020:colormatrix=bt2020nc")
    bright = samples.mp4(
        tmp_path, seconds=1, name="hdr.mp4", args=("-c:v", "libx265", "-pix_fmt", "yuv420p10le", *curve)
    )
    made = await joined(bench, [video_at(bright), two[0]], **HARD)

    assert (await footage(made)).picture["pix_fmt"] == "yuv420p"
    assert like(pixel(made, 80, 60, 1.5), RED)
    assert any("HDR" in sentence for sentence in bench.warnings)


async def test_what_holds_no_picture_is_refused(bench: Bench, two: list[File], tmp_path: Path) -> None:
    deaf = video_at(samples.mp3(tmp_path, seconds=1))
    with pytest.raises(BadInput, match=r"sound\.mp3 has no moving picture") as caught:
        await joined(bench, [*two, deaf])
    with pytest.raises(BadParams, match="sound only"):
        await run(VideoConcatRobot, {"preset": "mp3"}, two, bench)
    with pytest.raises(BadParams, match="cannot be copied"):
        await joined(bench, two, ffmpeg={"c:v": "copy"})

    assert caught.value.code == "VIDEO_CONCAT_INVALID_INPUT"


async def test_a_damaged_video_is_told(bench: Bench, two: list[File], tmp_path: Path) -> None:
    torn = samples.video(tmp_path, "mkv", seconds=2, name="torn.mkv")
    torn.write_bytes(torn.read_bytes()[:400])

    with pytest.raises(BadInput):
        await joined(bench, [two[0], video_at(torn)])


def test_a_transition_must_last() -> None:
    with pytest.raises(Invalid, match="transition_duration: must be more than 0"):
        VideoConcatRobot.model.parse({"transition": "crossfade", "transition_duration": 0})
