"""Every preset names a format and encoders that this server's ffmpeg has."""

import subprocess
from functools import cache

import pytest
from pydantic import TypeAdapter, ValidationError

from robots.tools.encoders import CONTAINERS
from robots.tools.encoders import VIDEO as ENCODERS
from robots.tools.presets import AUDIO, VIDEO, AudioPreset, Preset, VideoPreset, preset
from robots.tools.programs import Programs

EVERY = {**VIDEO, **AUDIO}


@cache
def listed(what: str) -> set[str]:
    """The names that ffmpeg prints for `-encoders` or `-muxers`."""
    program = str(Programs().need("ffmpeg"))
    told = subprocess.run([program, "-hide_banner", f"-{what}"], capture_output=True, text=True, check=True).stdout
    return {line.split()[1] for line in told.splitlines() if len(line.split()) > 1}


@pytest.mark.parametrize("name", sorted(EVERY))
def test_a_preset_can_be_written_by_this_ffmpeg(name: str) -> None:
    found = EVERY[name]

    assert found.container in listed("muxers") & CONTAINERS.keys()
    assert {found.video, found.audio} - {None} <= listed("encoders")
    assert found.video is None or found.video in ENCODERS


def test_every_encoder_and_container_that_is_set_up_exists() -> None:
    assert ENCODERS.keys() - {"copy"} <= listed("encoders")
    assert CONTAINERS.keys() <= listed("muxers")
    assert {held.subtitles for held in CONTAINERS.values()} - {None} <= listed("encoders")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("android", (480, 320, 512_000)),
        ("dash-1080p-video", (1920, 1080, 7_500_000)),
        ("dash-480p-video", (854, 480, 1_300_000)),
        ("flash", (320, 240, 512_000)),
        ("hevc", (None, None, 1_200_000)),
        ("web/mp4/8k", (7680, 4320, 60_000_000)),
    ],
)
def test_sizes_and_rates_are_the_documented_ones(name: str, expected: tuple[int | None, ...]) -> None:
    found = VIDEO[name]

    assert (found.width, found.height, found.video_rate) == expected


def test_sizes_that_players_can_decode_are_even() -> None:
    assert all(not (made.width or 0) % 2 and not (made.height or 0) % 2 for made in VIDEO.values())


def test_underscores_mean_hyphens() -> None:
    video, audio = TypeAdapter(VideoPreset), TypeAdapter(AudioPreset)

    assert video.validate_python("ipad_high") == "ipad-high"
    assert audio.validate_python("dash/128k_audio") == "dash/128k-audio"
    assert preset("web/mp4_x265/720p") == VIDEO["web/mp4-x265/720p"]


def test_video_robots_take_audio_presets_but_not_the_other_way_round() -> None:
    assert TypeAdapter(VideoPreset).validate_python("mp3") == "mp3"

    with pytest.raises(ValidationError, match="there is no preset gif"):
        TypeAdapter(AudioPreset).validate_python("gif")


def test_empty_sets_nothing() -> None:
    assert preset(TypeAdapter(VideoPreset).validate_python("empty")) is None
    assert isinstance(preset("mp3"), Preset)
