"""/audio/merge: the sounds are heard together."""

from pathlib import Path
from typing import Any

import pytest

from robots.audio.merge import AudioMergeRobot
from robots.base.file import File
from tests import samples
from tests.robots.audio.ear import samples_of, sound_at, stream, tone
from tests.robots.workspace import Bench, run

LOW, HIGH = 400, 1500


@pytest.fixture
def two(tmp_path: Path) -> list[File]:
    low = samples.sound(tmp_path, "wav", seconds=1, frequency=LOW, name="low.wav")
    return [sound_at(low), sound_at(samples.sound(tmp_path, "wav", seconds=2, frequency=HIGH, name="high.wav"))]


async def mixed(bench: Bench, files: list[File], **params: Any) -> File:
    [made] = await run(AudioMergeRobot, {"preset": "wav", **params}, files, bench)
    return made


async def test_both_are_heard_at_half_their_volume_for_as_long_as_the_longer(bench: Bench, two: list[File]) -> None:
    made = await mixed(bench, two)
    heard, alone = samples_of(made), samples_of(two[0])

    assert (await stream(made))["duration"] == pytest.approx(2, abs=0.1)
    assert tone(heard, LOW, 0.5) == pytest.approx(tone(alone, LOW, 0.5) / 2, rel=0.1)
    assert tone(heard, HIGH, 1.5) == pytest.approx(tone(heard, HIGH, 0.5), rel=0.1)
    assert tone(heard, LOW, 1.5) < 0.01


async def test_the_sum_keeps_the_volume_of_each(bench: Bench, two: list[File]) -> None:
    heard, alone = samples_of(await mixed(bench, two, volume="sum")), samples_of(two[0])

    assert tone(heard, LOW, 0.5) == pytest.approx(tone(alone, LOW, 0.5), rel=0.1)


@pytest.mark.parametrize(("duration", "seconds"), [("first", 1), ("shortest", 1), ("longest", 2)])
async def test_one_of_them_gives_the_length(bench: Bench, two: list[File], duration: str, seconds: float) -> None:
    made = await mixed(bench, two, duration=duration)

    assert (await stream(made))["duration"] == pytest.approx(seconds, abs=0.1)


async def test_a_shorter_sound_can_be_repeated(bench: Bench, two: list[File]) -> None:
    made = await mixed(bench, two, loop=True)
    heard = samples_of(made)

    assert (await stream(made))["duration"] == pytest.approx(2, abs=0.1)
    assert tone(heard, LOW, 1.5) == pytest.approx(tone(heard, LOW, 0.5), rel=0.1)


async def test_the_settings_of_the_output(bench: Bench, two: list[File]) -> None:
    settings = {"preset": "mp3", "bitrate": 64_000, "sample_rate": 22_050, "ffmpeg": {"ac": 2}, "ffmpeg_stack": "v6"}
    seen = await stream(await mixed(bench, two, **settings))

    assert (seen["codec_name"], seen["bit_rate"], seen["sample_rate"]) == ("mp3", "64000", "22050")
    assert seen["channels"] == 2


async def test_channels_that_the_codec_does_not_take_are_mixed_and_told(bench: Bench, tmp_path: Path) -> None:
    wide = sound_at(samples.sound(tmp_path, "wav", seconds=1, channels=6))

    assert (await stream(await mixed(bench, [wide, wide], preset="mp3")))["channels"] == 2
    assert bench.warnings == ["The sound was mixed from 6 channels down to 2: libmp3lame takes no more."]
