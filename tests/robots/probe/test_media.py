"""What ffprobe shows becomes the API's metadata."""

from typing import Any

import orjson
import pytest

from robots.probe import media


def shown(*streams: dict[str, Any], **form: Any) -> dict[str, Any]:
    return {"streams": list(streams), "format": form}


def picture(**more: Any) -> dict[str, Any]:
    return {"index": 0, "codec_type": "video", "codec_name": "h264", "width": 720, "height": 576, **more}


def tone(**more: Any) -> dict[str, Any]:
    return {"index": 1, "codec_type": "audio", "codec_name": "aac", "channels": 2, "sample_rate": "44100", **more}


def test_the_size_is_the_one_at_which_players_show_the_picture() -> None:
    _, meta = media.read(shown(picture(sample_aspect_ratio="16:15"), duration="8.05"))

    assert (meta["width"], meta["height"], meta["duration"]) == (768, 576, 8.05)


def test_a_turned_video_has_the_size_of_the_upright_picture() -> None:
    _, meta = media.read(shown(picture(side_data_list=[{"rotation": -90}])))

    assert (meta["width"], meta["height"], meta["rotation"]) == (576, 720, 90)


@pytest.mark.parametrize(("rate", "framerate"), [("25/1", 25), ("30000/1001", 29.97), ("59/2", 29.5)])
def test_whole_frame_rates_are_whole_numbers(rate: str, framerate: float) -> None:
    _, meta = media.read(shown(picture(avg_frame_rate=rate)))

    assert meta["framerate"] == framerate
    assert type(meta["framerate"]) is type(framerate)


@pytest.mark.parametrize(("guess", "framerate"), [("90000/1", None), ("25/1", 25)])
def test_the_ticks_of_a_clock_are_no_frames(guess: str, framerate: int | None) -> None:
    """A file of headers, such as the first segment of a stream, has no frames to count."""
    _, meta = media.read(shown(picture(avg_frame_rate="0/0", r_frame_rate=guess, time_base="1/90000")))

    assert meta.get("framerate") == framerate


def test_streams_are_counted_and_listed() -> None:
    text = {"index": 2, "codec_type": "subtitle", "codec_name": "mov_text", "tags": {"language": "eng"}}

    kind, meta = media.read(shown(picture(), tone(), tone(index=3), text))

    assert kind == "video"
    assert (meta["num_video_streams"], meta["num_audio_streams"], meta["num_subtitles"]) == (1, 2, 1)
    assert meta["streams"]["subtitle"] == [{"index": 2, "codec": "mov_text", "language": "eng"}]


def test_a_cover_does_not_make_a_song_a_video() -> None:
    kind, meta = media.read(shown(picture(disposition={"attached_pic": 1}), tone()))

    assert kind == "audio"
    assert meta["has_artwork"] is True
    assert "width" not in meta


def test_the_picture_has_the_bits_that_the_sound_leaves() -> None:
    _, meta = media.read(shown(picture(), tone(bit_rate="64000"), bit_rate="564000", duration="2"))

    assert (meta["video_bitrate"], meta["audio_bitrate"], meta["overall_bitrate"]) == (500000, 64000, 564000)


@pytest.mark.parametrize(("codec", "level", "said"), [("h264", 41, "4.1"), ("hevc", 123, "4.1"), ("mpeg4", 3, "3")])
def test_levels_are_written_as_the_standards_do(codec: str, level: int, said: str) -> None:
    assert media.read(shown(picture(codec_name=codec, level=level)))[1]["encoding_level"] == said


@pytest.mark.parametrize(
    ("pixels", "bits", "alpha"), [("yuv420p", 8, False), ("yuv420p10le", 10, False), ("yuva444p12le", 12, True)]
)
def test_pixels_tell_their_depth_and_their_alpha(pixels: str, bits: int, alpha: bool) -> None:
    _, meta = media.read(shown(picture(pix_fmt=pixels)))

    assert (meta["bit_depth"], meta["has_alpha_channel"]) == (bits, alpha)


def test_the_colorspace_is_told_on_wish() -> None:
    told = shown(picture(color_space="bt709", color_transfer="bt709", color_primaries="unknown"))

    assert "colorspace" not in media.read(told)[1]
    assert media.read(told, {"colorspace"})[1]["colorspace"] == "bt709"
    assert media.read(told)[1]["colortransfer"] == "bt709"
    assert "colorprimaries" not in media.read(told)[1]


def test_numbers_that_are_none_are_left_out() -> None:
    wild = picture(avg_frame_rate="0/0", r_frame_rate="1/0", bit_rate="N/A", sample_aspect_ratio="0:0", level="inf")

    _, meta = media.read(shown(wild, duration="nan", bit_rate="1e400"))

    assert b"null" not in orjson.dumps(meta)
    assert not {"framerate", "duration", "overall_bitrate", "encoding_level"} & meta.keys()


def test_without_picture_and_sound_there_is_no_type() -> None:
    assert media.read(shown({"codec_type": "data"}))[0] is None
