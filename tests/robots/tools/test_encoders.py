"""Formats are known by ffmpeg's names and by the extensions that people write."""

import pytest

from robots.tools.encoders import CONTAINERS, container, muxer, nearest


@pytest.mark.parametrize(
    ("name", "expected"), [("mkv", "matroska"), ("ts", "mpegts"), ("m4a", "ipod"), ("wmv", "asf"), ("mp4", "mp4")]
)
def test_extensions_name_formats(name: str, expected: str) -> None:
    assert muxer(name) == expected
    assert container(name) is CONTAINERS[expected]


@pytest.mark.parametrize(
    ("encoder", "rate", "known"),
    [("libmp3lame", 23_500, 24_000), ("flac", 700_000, 655_350), ("flac", 44_100, 44_100), ("pcm_s16le", 1, 1)],
)
def test_the_nearest_sample_rate_is_one_that_the_encoder_knows(encoder: str, rate: int, known: int) -> None:
    assert nearest(encoder, rate) == known


def test_an_unknown_format_has_no_container() -> None:
    assert container("tee") is None


def test_some_formats_have_another_extension_without_a_picture() -> None:
    assert [CONTAINERS["mp4"].extension(picture) for picture in (True, False)] == ["mp4", "m4a"]
    assert [CONTAINERS["ogg"].extension(picture) for picture in (True, False)] == ["ogv", "ogg"]
    assert CONTAINERS["mpegts"].extension(False) == "ts"
