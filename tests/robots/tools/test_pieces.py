"""Of the pieces of a stream each is known as well as if ffprobe had looked at it."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from robots.probe import media
from robots.tools.ffprobe import Ffprobe
from robots.tools.pieces import Pieces
from robots.tools.programs import Programs
from robots.tools.segments import Segments
from tests.robots.video.screen import written

SIZES = {"overall_bitrate", "video_bitrate", "audio_bitrate", "duration", "streams"}


@pytest.fixture
def cut(tmp_path: Path) -> list[tuple[Path, float]]:
    """Three seconds in three pieces of a second each."""
    return pieces_of(tmp_path, seconds=3)


def pieces_of(folder: Path, seconds: int, silence: int = 0) -> list[tuple[Path, float]]:
    """A stream in pieces of a second each, whose sound begins after a silence."""
    segments = Segments(1)
    picture = ("-f", "lavfi", "-i", f"testsrc2=size=96x64:rate=10:duration={seconds}")
    sound = ("-itsoffset", str(silence), "-f", "lavfi", "-i", f"sine=duration={seconds - silence}")
    coded = ("-preset", "ultrafast", "-force_key_frames", "expr:gte(t,n_forced)", "-c:a", "aac", "-ac", "1")
    whole = written(folder / "whole.ts", *picture, *sound, *coded, "-f", "mpegts")
    patient = ("-probesize", "20M", "-analyzeduration", "30M")
    _run(*patient, "-i", str(whole.bytes), "-map", "0", "-c", "copy", *segments.arguments(folder))
    return [(piece.path, piece.ends_at - piece.starts_at) for piece in segments.pieces(folder)]


@pytest.fixture
def ffprobe() -> Ffprobe:
    return Ffprobe(Programs())


async def told(ffprobe: Ffprobe, path: Path) -> dict[str, Any]:
    kind, meta = media.read(await ffprobe.show(path))
    assert kind == "video"
    return meta


async def test_they_are_known_by_one_look_at_all_of_them(ffprobe: Ffprobe, cut: list[tuple[Path, float]]) -> None:
    pieces = Pieces(ffprobe)
    await pieces.look(cut)

    assert len(cut) == 3
    for path, seconds in cut:
        assert not ffprobe.knows(path)
        pieces.tell(path)
        assert ffprobe.knows(path)
        assert (await ffprobe.show(path))["format"]["filename"] == f"file:{path}"
        known, seen = await told(ffprobe, path), await told(Ffprobe(Programs()), path)
        assert known.keys() == seen.keys()
        assert {key: known[key] for key in known.keys() - SIZES} == {key: seen[key] for key in seen.keys() - SIZES}
        assert known["duration"] == pytest.approx(seconds, abs=0.001) == pytest.approx(seen["duration"], abs=0.2)
        assert known["overall_bitrate"] == pytest.approx(path.stat().st_size * 8 / seconds, abs=1)


@pytest.mark.parametrize("wrong", ["gone", "longer", "no stream"])
async def test_they_are_not_known_if_they_are_not_what_their_list_says(
    ffprobe: Ffprobe, cut: list[tuple[Path, float]], wrong: str
) -> None:
    last, seconds = cut[-1]
    if wrong == "gone":
        last.unlink()
    elif wrong == "longer":
        cut[-1] = last, seconds + 5
    else:
        cut[0][0].write_bytes(b"no stream" * 1000)
    pieces = Pieces(ffprobe)
    await pieces.look(cut)

    pieces.tell(cut[1][0])

    assert not ffprobe.knows(cut[1][0])


async def test_they_are_not_known_if_a_stream_begins_after_the_seconds_that_are_read(
    ffprobe: Ffprobe, tmp_path: Path
) -> None:
    cut = pieces_of(tmp_path, seconds=9, silence=7)
    pieces = Pieces(ffprobe)
    await pieces.look(cut)

    pieces.tell(cut[-1][0])

    assert not ffprobe.knows(cut[-1][0])
    assert (await told(ffprobe, cut[-1][0]))["audio_channels"] == 1


def _run(*arguments: str) -> None:
    line = [str(Programs().need("ffmpeg")), "-nostdin", "-loglevel", "error", *arguments]
    subprocess.run(line, check=True, timeout=60)
