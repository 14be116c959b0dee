"""/audio/encode: what comes out is the sound that was asked for."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from robots.audio.encode import AudioEncodeRobot
from robots.base.errors import BadInput, ToolFailed
from robots.base.file import File
from robots.base.params import Invalid
from robots.tools.presets import AUDIO
from tests import samples
from tests.robots.audio.ear import PROBE, PROGRAMS, loudness, samples_of, sound_at, stream
from tests.robots.workspace import Bench, run


@pytest.fixture
def wav(tmp_path: Path) -> File:
    return sound_at(samples.sound(tmp_path, "wav", seconds=1))


async def encoded(bench: Bench, file: File, **params: Any) -> File:
    [made] = await run(AudioEncodeRobot, params, [file], bench)
    return made


async def test_without_wishes_it_is_an_mp3_of_the_same_length(bench: Bench, wav: File) -> None:
    made = await encoded(bench, wav)
    seen = await stream(made)

    assert made.name == "sound.mp3"
    assert (seen["codec_name"], seen["sample_rate"], seen["bit_rate"]) == ("mp3", "44100", "128000")
    assert seen["duration"] == pytest.approx(1, abs=0.1)
    assert loudness(samples_of(made), 0.5) == pytest.approx(loudness(samples_of(wav), 0.5), rel=0.1)
    assert bench.warnings == []
    assert bench.reached[-1] == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("name", sorted(AUDIO))
async def test_every_preset_gives_its_codec_and_rates(bench: Bench, wav: File, name: str) -> None:
    made = await encoded(bench, wav, preset=name)
    wanted = AUDIO[name]

    if wanted.container == "f32le":
        assert made.bytes.stat().st_size == pytest.approx(16_000 * 4, rel=0.02)
        return
    seen = await stream(made)
    codec = {"libmp3lame": "mp3", "libvorbis": "vorbis", "libopus": "opus"}.get(wanted.audio or "", wanted.audio)
    assert seen["codec_name"] == codec
    assert seen["sample_rate"] == str(wanted.sample_rate)
    assert seen["duration"] == pytest.approx(1, abs=0.1)


async def test_names_may_be_written_with_underscores(bench: Bench, wav: File) -> None:
    made = await encoded(bench, wav, preset="dash_32k_audio")

    assert made.name == "sound.m4a"


async def test_bitrate_and_sample_rate_win_over_the_preset(bench: Bench, wav: File) -> None:
    seen = await stream(await encoded(bench, wav, preset="mp3", bitrate=64_000, sample_rate=22_050))

    assert (seen["bit_rate"], seen["sample_rate"]) == ("64000", "22050")


@pytest.mark.parametrize(
    ("params", "rate", "encoder"),
    [
        ({"sample_rate": 1}, 8_000, "libmp3lame"),
        ({"preset": "aac", "sample_rate": 192_000}, 96_000, "aac"),
        ({"preset": "aac", "ffmpeg": {"ar": 1}}, 7_350, "aac"),
        ({"preset": "ogg", "sample_rate": 300_000}, 200_000, "libvorbis"),
        ({"preset": "flac", "sample_rate": 768_000}, 655_350, "flac"),
    ],
)
async def test_a_format_gets_the_nearest_rate_that_it_knows(
    bench: Bench, wav: File, params: dict[str, Any], rate: int, encoder: str
) -> None:
    seen = await stream(await encoded(bench, wav, **params))

    wished = params.get("sample_rate", 1)
    assert seen["sample_rate"] == str(rate)
    assert bench.warnings == [f"The sound has {rate} samples a second, for {encoder} does not know {wished}."]


async def test_opus_gets_the_nearest_rate_that_it_knows(bench: Bench, wav: File) -> None:
    seen = await stream(await encoded(bench, wav, preset="opus", sample_rate=22_050))

    assert seen["codec_name"] == "opus"
    assert bench.warnings == ["The sound has 24000 samples a second, for libopus does not know 22050."]


async def test_a_part_behind_the_end_is_told(bench: Bench, wav: File) -> None:
    with pytest.raises(BadInput, match="ends before second 100"):
        await encoded(bench, wav, preset="mp3", ffmpeg={"ss": 100})


async def test_a_wav_that_lost_its_end_gives_what_is_there_and_that_is_told(bench: Bench, wav: File) -> None:
    whole = wav.bytes.read_bytes()
    wav.bytes.write_bytes(whole[: len(whole) * 3 // 4])

    await encoded(bench, wav)

    assert bench.warnings == [f"The file {wav.name} ends early: 75% of what its header tells of is there."]


@pytest.mark.parametrize("rate", [8_000, 22_050, 96_000])
async def test_vorbis_does_without_the_bit_rate_of_its_preset_at_other_sample_rates(
    bench: Bench, wav: File, rate: int
) -> None:
    seen = await stream(await encoded(bench, wav, preset="ogg", sample_rate=rate))

    assert (seen["codec_name"], seen["sample_rate"], bench.warnings) == ("vorbis", str(rate), [])


async def test_a_bit_rate_that_vorbis_cannot_have_is_told(bench: Bench, wav: File) -> None:
    with pytest.raises(ToolFailed, match="cannot have this bit rate"):
        await encoded(bench, wav, preset="ogg", bitrate=1_000)


async def test_ffmpeg_without_a_preset_keeps_the_format_of_the_file(bench: Bench, wav: File) -> None:
    made = await encoded(bench, wav, ffmpeg={"ac": 2}, ffmpeg_stack="v7")
    seen = await stream(made)

    assert made.name == "sound.wav"
    assert seen["channels"] == 2


async def test_ffmpeg_wins_over_the_preset_and_the_parameters(bench: Bench, wav: File) -> None:
    options = {"b:a": "48k", "ar": 24000, "t": 0.5}
    seen = await stream(await encoded(bench, wav, preset="mp3", bitrate=96_000, ffmpeg=options))

    assert (seen["bit_rate"], seen["sample_rate"]) == ("48000", "24000")
    assert seen["duration"] == pytest.approx(0.5, abs=0.1)


async def test_a_filter_of_the_user_changes_the_sound(bench: Bench, wav: File) -> None:
    made = await encoded(bench, wav, preset="wav", ffmpeg={"af": "volume=0.25"})

    assert loudness(samples_of(made), 0.5) == pytest.approx(loudness(samples_of(wav), 0.5) / 4, rel=0.1)


async def test_the_sound_of_a_video_is_taken_out_of_it(bench: Bench, tmp_path: Path) -> None:
    video = sound_at(samples.mp4(tmp_path, seconds=1))
    made = await encoded(bench, video, preset="aac")

    assert made.name == "video.m4a"
    assert len((await stream(made))["codec_name"]) == 3


async def test_tags_survive(bench: Bench, tmp_path: Path) -> None:
    file = sound_at(samples.sound(tmp_path, "mp3", seconds=1, tags={"artist": "Ada", "title": "Engine"}))
    seen = await stream(await encoded(bench, file, preset="flac"))

    assert {key.lower(): value for key, value in seen["tags"].items()}["artist"] == "Ada"


@pytest.fixture
def covered(tmp_path: Path) -> File:
    """An mp3 with a picture in it."""
    plain, picture = samples.mp3(tmp_path, seconds=1), samples.jpeg(tmp_path, 40, 30)
    target = tmp_path / "covered.mp3"
    line = [str(PROGRAMS.need("ffmpeg")), "-loglevel", "error", "-i", str(plain), "-i", str(picture)]
    line += ["-map", "0:a", "-map", "1:v", "-c", "copy", "-disposition:v", "attached_pic", str(target)]
    subprocess.run(line, check=True)
    return sound_at(target)


async def test_a_cover_that_the_format_cannot_hold_is_said_to_be_lost(bench: Bench, covered: File) -> None:
    await encoded(bench, covered, preset="wav")

    assert bench.warnings == ["The cover picture was left out: wav cannot hold it here."]


async def test_a_cover_goes_along(bench: Bench, covered: File) -> None:
    made = await encoded(bench, covered, preset="alac")
    shown = await PROBE.show(made.bytes)

    assert [item["codec_name"] for item in shown["streams"]] == ["alac", "mjpeg"]
    assert bench.warnings == []


async def test_more_channels_than_the_codec_takes_are_mixed_and_said(bench: Bench, tmp_path: Path) -> None:
    file = sound_at(samples.sound(tmp_path, "wav", seconds=1, channels=6))
    seen = await stream(await encoded(bench, file, preset="mp3"))

    assert seen["channels"] == 2
    assert bench.warnings == ["The sound was mixed from 6 channels down to 2: libmp3lame takes no more."]


async def test_a_video_without_sound_is_refused_with_a_sentence(bench: Bench, tmp_path: Path) -> None:
    silent = sound_at(samples.mp4(tmp_path, seconds=1, audio=False))

    with pytest.raises(BadInput, match="no sound"):
        await encoded(bench, silent)


@pytest.mark.parametrize("params", [{"preset": "mp4"}, {"bitrate": 0}, {"sample_rate": -1}, {"ffmpeg": {"i": "/etc"}}])
def test_what_cannot_be_is_refused(params: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        AudioEncodeRobot.model.parse(params)
