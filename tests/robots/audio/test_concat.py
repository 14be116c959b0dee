"""/audio/concat: the sounds are heard one after the other."""

from pathlib import Path
from typing import Any

import pytest

from robots.audio.concat import AudioConcatRobot
from robots.base.errors import BadInput
from robots.base.file import File
from tests import samples
from tests.robots.audio.ear import loudness, samples_of, sound_at, stream, tone
from tests.robots.video.screen import written
from tests.robots.workspace import Bench, run

LOW, HIGH = 400, 1500


@pytest.fixture
def two(tmp_path: Path) -> list[File]:
    low = samples.sound(tmp_path, "wav", seconds=2, frequency=LOW, name="low.wav")
    return [sound_at(low), sound_at(samples.mp3(tmp_path, seconds=2, frequency=HIGH, channels=2, name="high.mp3"))]


async def joined(bench: Bench, files: list[File], **params: Any) -> File:
    [made] = await run(AudioConcatRobot, {"preset": "wav", **params}, files, bench)
    return made


async def test_one_follows_the_other_in_stereo_when_one_of_them_is(bench: Bench, two: list[File]) -> None:
    made = await joined(bench, two, audio_fade_seconds=0)
    seen, heard = await stream(made), samples_of(made)

    assert made.name == "low.wav"
    assert (seen["channels"], seen["duration"]) == (2, pytest.approx(4, abs=0.1))
    assert tone(heard, LOW, 1) > 10 * tone(heard, LOW, 3)
    assert tone(heard, HIGH, 3) > 10 * tone(heard, HIGH, 1)


async def test_by_default_the_seam_fades_for_a_second_and_the_ends_do_not(bench: Bench, two: list[File]) -> None:
    heard = samples_of(await joined(bench, two))

    assert loudness(heard, 1.95, 0.04) < loudness(heard, 0.5) / 8
    assert loudness(heard, 1.5) == pytest.approx(loudness(heard, 0.5) / 2, rel=0.3)
    assert loudness(heard, 2.05, 0.04) < loudness(heard, 3.5) / 4
    assert loudness(heard, 0, 0.05) == pytest.approx(loudness(heard, 0.5), rel=0.2)


async def test_a_crossfade_lets_both_be_heard_and_shortens_the_whole(bench: Bench, two: list[File]) -> None:
    made = await joined(bench, two, crossfade=True, audio_fade_seconds=0.8)
    heard = samples_of(made)

    assert (await stream(made))["duration"] == pytest.approx(3.2, abs=0.1)
    assert tone(heard, LOW, 1.55) > 0.02
    assert tone(heard, HIGH, 1.55) > 0.02


async def test_a_crossfade_without_a_length_lasts_a_second(bench: Bench, two: list[File]) -> None:
    made = await joined(bench, two, crossfade=True, audio_fade_seconds=0)

    assert (await stream(made))["duration"] == pytest.approx(3, abs=0.1)


async def test_a_fade_takes_at_most_half_of_the_shorter_sound(bench: Bench, two: list[File]) -> None:
    made = await joined(bench, two, crossfade=True, audio_fade_seconds=60)

    assert (await stream(made))["duration"] == pytest.approx(3, abs=0.1)


async def test_one_sound_alone_comes_out_whole(bench: Bench, two: list[File]) -> None:
    made = await joined(bench, two[:1], crossfade=True)

    assert (await stream(made))["duration"] == pytest.approx(2, abs=0.1)


async def test_the_settings_of_the_output(bench: Bench, two: list[File]) -> None:
    made = await joined(
        bench, two, preset="mp3", bitrate=64_000, sample_rate=22_050, ffmpeg={"ac": 1}, ffmpeg_stack="v6"
    )
    seen = await stream(made)

    assert made.name == "low.mp3"
    assert (seen["bit_rate"], seen["sample_rate"], seen["channels"]) == ("64000", "22050", 1)


async def test_a_filter_of_the_user_goes_over_the_whole(bench: Bench, two: list[File]) -> None:
    made = await joined(bench, two, ffmpeg={"af": "atempo=2.0"})

    assert (await stream(made))["duration"] == pytest.approx(2, abs=0.1)
    assert bench.warnings == []


async def test_a_part_behind_the_end_is_told(bench: Bench, two: list[File]) -> None:
    with pytest.raises(BadInput, match="ends before second 9"):
        await joined(bench, two, preset="mp3", ffmpeg={"ss": 9})


async def test_a_file_without_sound_is_named(bench: Bench, two: list[File], tmp_path: Path) -> None:
    silent = sound_at(samples.mp4(tmp_path, seconds=1, audio=False, name="silent.mp4"))

    with pytest.raises(BadInput, match=r"silent\.mp4 has no sound"):
        await joined(bench, [*two, silent])


async def test_the_order_is_that_in_which_the_files_were_handed_over(bench: Bench, two: list[File]) -> None:
    heard = samples_of(await joined(bench, two[::-1], sort_by="import_order", audio_fade_seconds=0))

    assert tone(heard, HIGH, 1) > 10 * tone(heard, LOW, 1)


async def test_channels_bits_and_tracks_that_go_are_told(bench: Bench, tmp_path: Path) -> None:
    wide = sound_at(samples.sound(tmp_path, "wav", seconds=1, channels=6))
    twice = ("-i", str(wide.bytes), "-map", "0:a", "-map", "0:a", "-c:a", "pcm_s24le")
    fine = sound_at(written(tmp_path / "fine.mka", *twice).bytes)

    assert (await stream(await joined(bench, [wide, wide], preset="mp3")))["channels"] == 2
    await joined(bench, [wide, fine], preset="wav")

    assert bench.warnings == [
        "The sound was mixed from 6 channels down to 2: libmp3lame takes no more.",
        "The sound was rounded from 24 bits a sample to 16: pcm_s16le holds no more.",
        "Only the first audio track of each file was kept.",
    ]


async def test_a_wav_that_lost_its_end_is_told_by_its_name(bench: Bench, two: list[File]) -> None:
    whole = two[0].bytes.read_bytes()
    two[0].bytes.write_bytes(whole[: len(whole) // 2])

    await joined(bench, two)

    assert bench.warnings == ["The file low.wav ends early: 50% of what its header tells of is there."]
