"""ffmpeg writes what it is asked for, tells its progress, and says why when it cannot."""

import os
from pathlib import Path

import pytest

from robots.base.errors import BadInput, RobotError, ToolFailed, ToolStalled
from robots.tools.ffmpeg import Ffmpeg, Input
from robots.tools.programs import Programs
from tests import samples
from tests.robots.workspace import Bench

FFMPEG = Ffmpeg(Programs())
QUICK = ["-c:v", "libx264", "-preset", "ultrafast", "-threads", "1"]


async def failure(source: Path, *arguments: str) -> RobotError:
    bench = Bench(source.parent)
    with pytest.raises(RobotError) as raised:
        await FFMPEG.encode(arguments, inputs=[source], output=bench.fresh("made.mp4"), workspace=bench)
    return raised.value


async def test_a_video_is_written_and_progress_reaches_its_end(tmp_path: Path) -> None:
    source, made, bench = samples.mp4(tmp_path), tmp_path / "made.mp4", Bench(tmp_path)

    await FFMPEG.encode(QUICK, inputs=[source], output=made, workspace=bench, seconds=2)

    assert made.stat().st_size > 1000
    assert bench.reached[-1] == pytest.approx(1.0, abs=0.1)
    assert bench.reached == sorted(bench.reached)


async def test_one_run_of_several_moves_only_its_share_of_the_progress(tmp_path: Path) -> None:
    source, made, bench = samples.mp4(tmp_path), tmp_path / "made.mp4", Bench(tmp_path)

    await FFMPEG.encode(QUICK, inputs=[source], output=made, workspace=bench, seconds=2, share=(0.5, 0.75))

    assert bench.reached[-1] == pytest.approx(0.75, abs=0.05)


async def test_a_robot_can_add_a_source_of_its_own(tmp_path: Path) -> None:
    source, made, bench = samples.mp4(tmp_path, audio=False), tmp_path / "made.mp4", Bench(tmp_path)

    silence = Input("anullsrc", ("-t", "1"))
    await FFMPEG.encode([*QUICK, "-shortest"], inputs=[source, silence], output=made, workspace=bench)

    assert b"mp4a" in made.read_bytes()


@pytest.mark.parametrize(
    ("keep", "words"), [(5000, "ends early"), (0, "not audio or video"), (None, "not audio or video")]
)
async def test_a_damaged_file_is_the_files_fault(tmp_path: Path, keep: int | None, words: str) -> None:
    source = samples.mp4(tmp_path)
    source.write_bytes(b"a" * 10_000 if keep is None else source.read_bytes()[:keep])

    error = await failure(source)

    assert isinstance(error, BadInput)
    assert words in error.message


@pytest.mark.parametrize("name", ["list.m3u8", "list.mp4", "list.ffconcat"])
async def test_a_playlist_cannot_make_ffmpeg_read_other_files(tmp_path: Path, name: str) -> None:
    secret = samples.mp4(tmp_path, name="secret.mp4")
    playlist = tmp_path / name
    lines = {"list.ffconcat": f"ffconcat version 1.0\nfile {secret}\n"}
    hls = f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{secret}\n#EXT-X-ENDLIST\n"
    playlist.write_text(lines.get(name, hls))

    error = await failure(playlist)

    assert isinstance(error, BadInput)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-c:v", "nosuch"], "no encoder nosuch"),
        (["-vf", "nosuch"], "no filter nosuch"),
        (["-vf", "scale=101:99", "-c:v", "libx264", "-pix_fmt", "yuv420p"], "must be even for this codec, not 101x99"),
        (["-c:v", "libx264", "-f", "webm"], "Only VP8 or VP9 or AV1 video"),
        (["-c:v", "libx264", "-profile:v", "zip"], "invalid profile: zip"),
    ],
)
async def test_a_wrong_wish_is_explained(tmp_path: Path, arguments: list[str], words: str) -> None:
    error = await failure(samples.mp4(tmp_path), *arguments)

    assert isinstance(error, ToolFailed)
    assert words in error.message


async def test_an_encode_that_gets_no_further_is_stopped(tmp_path: Path) -> None:
    source, bench = samples.video(tmp_path, "ts", audio=False), Bench(tmp_path)
    os.mkfifo(pipe := tmp_path / "pipe.ts")
    never_ending = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    os.write(never_ending, source.read_bytes())

    with pytest.raises(ToolStalled, match="got no further for 1 seconds") as caught:
        await Ffmpeg(Programs(), stall=1).run(
            [*QUICK, str(tmp_path / "made.mp4")], inputs=[Input(pipe, ("-probesize", "5000"))], workspace=bench
        )
    os.close(never_ending)
    assert caught.value.retry


async def test_a_filter_that_reads_all_before_it_gives_anything_has_its_time(tmp_path: Path) -> None:
    source, bench = samples.mp4(tmp_path, audio=False), Bench(tmp_path)
    slow = Input(source, ("-re",))

    await Ffmpeg(Programs(), stall=1.5).run(
        ["-vf", "reverse", *QUICK, str(tmp_path / "made.mp4")], inputs=[slow], workspace=bench
    )

    assert (tmp_path / "made.mp4").stat().st_size > 1000


async def test_no_path_of_this_machine_is_told(tmp_path: Path) -> None:
    source = samples.mp4(tmp_path)
    source.write_bytes(b"nothing")

    error = await failure(source)

    assert error.details["stderr"]
    assert str(tmp_path) not in error.message + error.details["stderr"]


async def test_an_output_without_frames_is_a_failure(tmp_path: Path) -> None:
    source, bench = samples.mp4(tmp_path), Bench(tmp_path)

    with pytest.raises(ToolFailed):
        await FFMPEG.encode(
            ["-frames:v", "1", "-ss", "100", "-q:v", "2"],
            inputs=[source],
            output=tmp_path / "frame.jpg",
            workspace=bench,
        )
