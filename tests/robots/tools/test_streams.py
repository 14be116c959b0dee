"""Streams go along where the container holds them, and what is lost is told."""

from typing import Any

import pytest

from robots.tools.footage import Footage
from robots.tools.recipe import recipe
from robots.tools.streams import chosen, losses

AUDIO = {"index": 1, "channels": 2}


def footage(*texts: str, audio: int = 1, **picture: Any) -> Footage:
    subtitles = [{"index": 5 + place, "codec_name": name} for place, name in enumerate(texts)]
    return Footage({"index": 0, **picture}, [{**AUDIO, "index": 1 + n} for n in range(audio)], subtitles, 1.0)


def test_an_mp4_takes_every_sound_and_every_text() -> None:
    line = chosen(footage("subrip", "hdmv_pgs_subtitle", "ass", audio=2), recipe(None, None))

    assert line == [
        *("-map", "0:0", "-map", "0:a"),
        *("-map", "0:5", "-c:s:0", "mov_text", "-map", "0:7", "-c:s:1", "mov_text"),
    ]


def test_a_flash_video_takes_one_sound() -> None:
    assert chosen(footage("subrip", audio=2), recipe("flash", None)) == ["-map", "0:0", "-map", "0:1"]


def test_the_picture_of_a_filter_graph_replaces_the_stream() -> None:
    assert chosen(footage(), recipe(None, None), "[done]") == ["-map", "[done]", "-map", "0:a"]


def test_subtitles_that_are_pictures_are_lost_and_told() -> None:
    assert list(losses(footage("subrip", "dvd_subtitle"), recipe(None, None))) == [
        "1 subtitle track was left out: mp4 cannot hold this kind."
    ]


def test_what_the_user_left_out_is_no_loss() -> None:
    assert not list(losses(footage("dvd_subtitle"), recipe(None, {"sn": True, "an": True})))
    assert not list(losses(footage("subrip"), recipe("mp3", None)))


@pytest.mark.parametrize(("name", "channels", "most"), [("ogg", 8, 6), ("mp3", 6, 2), ("aac", 8, None)])
def test_channels_that_an_encoder_does_not_take_are_mixed(name: str, channels: int, most: int | None) -> None:
    wide = Footage(None, [{**AUDIO, "channels": channels}], (), 1.0)

    line, told = chosen(wide, recipe(name, None)), list(losses(wide, recipe(name, None)))

    assert line[2:] == (["-ac:a:0", str(most)] if most else [])
    assert [sentence.partition(":")[0] for sentence in told] == (
        [f"The sound was mixed from {channels} channels down to {most}"] if most else []
    )


@pytest.mark.parametrize(("muxer", "lost"), [("mpegts", True), ("avi", True), ("mov", False), ("matroska", False)])
def test_a_picture_that_is_copied_to_where_nothing_turns_it_is_told(muxer: str, lost: bool) -> None:
    turned = footage(side_data_list=[{"rotation": -90}])

    told = list(losses(turned, recipe("empty", {"c": "copy", "f": muxer})))

    assert told == (
        [f"The picture is not turned upright any more: {muxer} does not tell players to do so."] if lost else []
    )
    assert not list(losses(turned, recipe(None, {"f": muxer})))


def test_depth_and_alpha_are_told_when_they_go() -> None:
    told = list(losses(footage(pix_fmt="yuva444p10le"), recipe(None, None)))

    assert [sentence.split(" ")[0] for sentence in told] == ["The", "Transparency"]
