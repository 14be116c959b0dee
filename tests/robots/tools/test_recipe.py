"""A recipe lays the user's ffmpeg object over a preset, and keeps what still fits."""

from typing import Any

import pytest

from robots.tools.presets import AUDIO, VIDEO
from robots.tools.recipe import recipe


def setting(name: str, preset: str | None, **given: Any) -> str | None:
    values = recipe(preset, given).settings.get(name)
    return values[0] if values else None


def test_without_preset_and_ffmpeg_it_is_an_mp4_that_every_player_shows() -> None:
    made = recipe(None, None)

    assert (made.ext, made.video, made.audio) == ("mp4", "libx264", "aac")
    assert made.settings["pix_fmt"] == ["yuv420p"]
    assert made.settings["movflags"] == ["+faststart"]


@pytest.mark.parametrize("name", sorted({**VIDEO, **AUDIO}))
def test_every_preset_has_a_recipe(name: str) -> None:
    made = recipe(name, None)

    assert made.ext
    assert ("vn" in made.settings) == (name in AUDIO)
    assert ("an" in made.settings) == (made.audio is None)


@pytest.mark.parametrize(
    ("name", "expected"), [("ipad-high", "2400000"), ("web/webm/240p", "260000"), ("web/mp4/240p", None)]
)
def test_a_documented_rate_is_the_average_and_web_presets_have_a_ceiling(name: str, expected: str | None) -> None:
    assert setting("b:v", name) == expected


def test_the_users_quality_replaces_the_rate_of_the_preset() -> None:
    assert setting("b:v", "ipad", crf=20) is None
    assert setting("crf", "web/mp4/720p", **{"b:v": "1M"}) is None
    assert setting("crf", None, crf=18) == "18"


def test_null_drops_a_setting_of_the_preset() -> None:
    assert setting("b:v", "ipad", **{"b:v": None}) is None
    assert setting("ar", "mp3", ar=None) is None


def test_another_codec_leaves_the_settings_of_the_first_behind() -> None:
    made = recipe("ipad-high", {"codec:v": "hevc", "f": "matroska"})

    assert (made.ext, made.video, made.audio) == ("mkv", "libx265", "aac")
    assert "profile:v" not in made.settings


def test_another_container_brings_its_own_codecs() -> None:
    made = recipe("ipad", {"f": "webm"})

    assert (made.ext, made.video, made.audio) == ("webm", "libvpx-vp9", "libopus")
    assert made.settings["ar"] == ["48000"]


def test_a_format_alone_is_enough() -> None:
    assert recipe(None, {"f": "mkv"}).ext == "mkv"
    assert recipe(None, {"f": "mp3"}).settings["vn"] == []


def test_empty_sets_nothing_and_keeps_the_format_of_the_file() -> None:
    made = recipe("empty", {"c": "copy"}, ext="mkv")

    assert made.ext == "mkv"
    assert made.settings == {"c:v": ["copy"], "c:a": ["copy"]}


def test_sound_alone_has_an_extension_of_its_own() -> None:
    assert recipe("aac", None).ext == "m4a"
    assert recipe("opus", None).ext == "ogg"
    assert recipe("ogv", None).ext == "ogv"
    assert recipe(None, {"vn": True}).ext == "m4a"
