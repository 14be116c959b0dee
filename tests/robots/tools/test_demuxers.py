"""The first bytes of a file choose what may read it."""

import wave
from pathlib import Path

import numpy as np
import pytest

from robots.tools import demuxers
from robots.tools.ffprobe import Ffprobe
from robots.tools.programs import Programs
from tests import samples

SYNC = b"\x7f\xfe\x80\x01"  # begins each frame of DTS
VIDEOS = ("mp4", "mov", "mkv", "webm", "avi", "ts")
SOUNDS = ("mp3", "wav", "flac", "ogg", "opus", "m4a", "aac")
READERS = {"mp4": "mov", "mkv": "matroska,webm", "avi": "avi", "ts": "mpegts"}


@pytest.mark.parametrize("ending", VIDEOS)
async def test_every_common_video_is_read_by_the_demuxers_of_its_kind(ending: str, tmp_path: Path) -> None:
    path = samples.video(tmp_path, ending, seconds=1)

    shown = await Ffprobe(Programs()).show(path)

    assert shown["streams"]
    assert demuxers.of(path) == READERS.get(ending, demuxers.of(path)) != demuxers.SELF_CONTAINED


async def test_a_photo_is_read_whatever_its_name_ends_in(tmp_path: Path) -> None:
    paths = [samples.jpeg(tmp_path, 2000, 1500, name=name) for name in ("photo.jpg", "photo.jpeg", "photo")]

    shown = [await Ffprobe(Programs()).show(path) for path in paths]

    assert [each["streams"][0]["width"] for each in shown] == [2000] * 3


async def test_a_transport_stream_of_two_frames_is_read(tmp_path: Path) -> None:
    path = samples.video(tmp_path, "ts", seconds=0.2, width=2, height=2, audio=False)

    shown = await Ffprobe(Programs()).show(path)

    assert path.stat().st_size < 11 * 188
    assert shown["streams"][0]["width"] == 2


@pytest.mark.parametrize("ending", SOUNDS)
async def test_every_common_sound_is_read_by_the_demuxers_of_its_kind(ending: str, tmp_path: Path) -> None:
    path = samples.sound(tmp_path, ending, seconds=1)

    shown = await Ffprobe(Programs()).show(path)

    assert shown["streams"]
    assert demuxers.of(path) != demuxers.SELF_CONTAINED


@pytest.mark.parametrize(("bits", "silence"), [(16, 0.17), (16, 2.6), (14, 0), (14, 2.6)])
async def test_dts_behind_the_name_of_pcm_is_found(bits: int, silence: float, tmp_path: Path) -> None:
    """As on discs: in all bits of each sample or in the lower ones, at once or after some silence."""
    _, *frames = samples.sound(tmp_path, "dts", channels=2).read_bytes().split(SYNC)
    path = tmp_path / "disc.wav"
    with wave.open(str(path), "wb") as disc:
        disc.setparams((2, 2, 44100, 0, "NONE", ""))
        disc.writeframes(bytes(4 * int(44100 * silence)))
        for frame in frames:
            disc.writeframes(_words(SYNC + frame, bits))

    shown = await Ffprobe(Programs()).show(path)

    assert shown["streams"][0]["codec_name"] == "dts"


def test_a_sound_of_pcm_is_not_searched_for_codecs_any_further(tmp_path: Path) -> None:
    assert demuxers.options(samples.sound(tmp_path, "wav", seconds=1))[2:] == demuxers.QUICKLY


def _words(frame: bytes, bits: int) -> bytes:
    """So many bits to each sample, with the sign in those above."""
    parts = np.unpackbits(np.frombuffer(frame, np.uint8))
    rows = parts[: len(parts) // bits * bits].reshape(-1, bits)
    return np.packbits(np.pad(rows, ((0, 0), (16 - bits, 0)), "edge")).view("<u2").byteswap().tobytes()


@pytest.mark.case(59)
@pytest.mark.parametrize("start", [b"#EXTM3U\n", b"ffconcat version 1.0\n", b"v=0\n", b"<?xml version='1.0'?><MPD/>"])
def test_text_is_never_more_than_subtitles(start: bytes, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(start)

    assert demuxers.of(path) == demuxers.TEXT


@pytest.mark.case(59)
def test_what_names_other_files_is_read_by_nobody() -> None:
    allowed = set(",".join([demuxers.SELF_CONTAINED, *(names for _, names in demuxers.KNOWN)]).split(","))

    assert not allowed & {"hls", "dash", "concat", "sdp", "rtsp", "image2", "imf", "lavfi", "tty", "vobsub", "xbin"}
