"""/video/encode: what comes out is what was asked for, as ffprobe and the pixels say."""

import subprocess
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from PIL import Image

from robots.base.errors import BadInput, BadParams, ImportFailed
from robots.base.file import File
from robots.base.geometry import Size
from robots.base.params import Invalid
from robots.tools.footage import Footage
from robots.tools.http import HttpClient
from robots.tools.vips import Images
from robots.video.encode import VideoEncodeRobot
from tests import samples
from tests.robots.video.screen import PROBE, PROGRAMS, RED, footage, hd, like, pixel, video_at, written
from tests.robots.workspace import Bench, run

QUICK = {"preset": "ultrafast", "threads": 1}


async def encoded(bench: Bench, *files: File, **params: Any) -> File:
    """The one result, encoded as quickly as x264 can."""
    if "preset" not in params:
        params["ffmpeg"] = {**QUICK, **params.get("ffmpeg", {})}
    [made] = await run(VideoEncodeRobot, params, files, bench)
    return made


async def test_without_wishes_it_is_an_mp4_of_the_same_size_length_and_rate(bench: Bench, clip: File) -> None:
    made = await encoded(bench, replace(clip, name="holiday.mov"))
    seen = await footage(made)

    assert made.name == "holiday.mp4"
    assert (seen.picture["codec_name"], seen.picture["pix_fmt"]) == ("h264", "yuv420p")
    assert [track["codec_name"] for track in seen.audio] == ["aac"]
    assert (seen.size, seen.rate) == (Size(160, 120), 10)
    assert seen.duration == pytest.approx(2, abs=0.1)
    assert bench.warnings == []
    assert bench.reached[-1] == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(
    ("preset", "name", "video", "audio", "size"),
    [
        ("iphone_low", "video.mp4", "h264", "aac", Size(480, 320)),
        ("dash-270p-video", "video.mp4", "h264", None, Size(480, 270)),
        ("hls/270p", "video.mp4", "h264", "aac", Size(480, 270)),
        ("hevc", "video.mp4", "hevc", "aac", Size(160, 120)),
        ("vp9", "video.webm", "vp9", "opus", Size(160, 120)),
        ("webm", "video.webm", "vp8", "vorbis", Size(160, 120)),
        ("web/webm-av1/240p", "video.webm", "av1", "opus", Size(426, 240)),
        ("ogv", "video.ogv", "theora", "vorbis", Size(160, 120)),
        ("wmv", "video.wmv", "wmv2", "wmav2", Size(160, 120)),
        ("flash", "video.flv", "flv1", "mp3", Size(320, 240)),
        ("gif", "video.gif", "gif", None, Size(480, 270)),
        ("mp3", "video.mp3", None, "mp3", None),
        ("alac", "video.m4a", None, "alac", None),
    ],
)
async def test_each_family_of_presets(
    bench: Bench, tmp_path: Path, preset: str, name: str, video: str | None, audio: str | None, size: Size | None
) -> None:
    made = await encoded(bench, video_at(samples.mp4(tmp_path, seconds=1)), preset=preset)
    seen = await footage(made)

    assert made.name == name
    assert (seen.video and seen.video["codec_name"]) == video
    assert [track["codec_name"] for track in seen.audio] == ([audio] if audio else [])
    assert (seen.video and seen.size) == size
    assert seen.duration == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize(
    ("params", "size"),
    [
        ({"width": 80}, Size(80, 60)),
        ({"height": 90}, Size(120, 90)),
        ({"width": 100, "height": 100}, Size(100, 100)),
        ({"width": 100, "height": 100, "resize_strategy": "fit"}, Size(100, 76)),
        ({"width": 100, "height": 100, "resize_strategy": "min_fit"}, Size(132, 100)),
        ({"width": 100, "height": 100, "resize_strategy": "fillcrop"}, Size(100, 100)),
        ({"width": 100, "height": 100, "resize_strategy": "stretch"}, Size(100, 100)),
        ({"width": 100, "height": 100, "resize_strategy": "crop"}, Size(100, 100)),
        ({"width": 320, "resize_strategy": "fit", "zoom": False}, Size(160, 120)),
        ({"width": 320, "height": 200, "zoom": False}, Size(320, 200)),
        ({"width": 101, "height": 77, "resize_strategy": "stretch"}, Size(100, 76)),
        ({"crop": {"x1": 10, "y1": 20, "x2": "50%", "y2": "50%"}}, Size(70, 40)),
        ({"crop": '{"x1": 0, "y1": 0, "x2": 33, "y2": 33}', "width": 90}, Size(32, 32)),
        ({"ffmpeg": {"s": "64x48"}}, Size(64, 48)),
        ({"ffmpeg": {"vf": "scale=40:-2"}, "width": 80}, Size(40, 30)),
    ],
)
async def test_sizes(bench: Bench, tmp_path: Path, params: dict[str, Any], size: Size) -> None:
    made = await encoded(bench, video_at(samples.mp4(tmp_path, seconds=1)), **params)

    assert (await footage(made)).size == size


async def test_a_preset_scales_up_unless_zoom_is_off_or_the_size_is_null(bench: Bench, clip: File) -> None:
    grown = await encoded(bench, clip, preset="android")
    kept = await encoded(bench, clip, preset="android", width=None, height=None)
    framed = await encoded(bench, clip, preset="android", zoom=False, background="ff0000")

    assert [(await footage(made)).size for made in (grown, kept, framed)] == [
        Size(480, 320),
        Size(160, 120),
        Size(480, 320),
    ]
    assert like(pixel(framed, 10, 10), RED)
    assert not like(pixel(framed, 240, 160), RED)


async def test_an_odd_size_loses_one_row(bench: Bench, tmp_path: Path) -> None:
    odd = samples.mp4(tmp_path, width=161, height=121, seconds=1, args=("-pix_fmt", "yuv444p"))

    assert (await footage(await encoded(bench, video_at(odd)))).size == Size(160, 120)


async def test_pixels_that_are_not_square_become_square(bench: Bench, tmp_path: Path) -> None:
    wide = samples.mp4(tmp_path, seconds=1, args=("-vf", "setsar=2/1"))
    seen = await footage(await encoded(bench, video_at(wide)))

    assert (seen.size, seen.picture["sample_aspect_ratio"]) == (Size(320, 120), "1:1")


@pytest.mark.parametrize(
    ("noted", "rotate", "size"),
    [
        (90, None, Size(120, 160)),
        (90, False, Size(160, 120)),
        (90, 180, Size(160, 120)),
        (0, 90, Size(120, 160)),
        (0, "270", Size(120, 160)),
        (0, 360, Size(160, 120)),
    ],
)
async def test_rotation(bench: Bench, tmp_path: Path, noted: int, rotate: Any, size: Size) -> None:
    source = samples.mp4(tmp_path, seconds=1, rotation=noted)
    wish = {} if rotate is None else {"rotate": rotate}
    seen = await footage(await encoded(bench, video_at(source), **wish))

    assert (seen.stored, seen.rotation) == (size, 0)


async def test_a_rotation_by_90_turns_clockwise(bench: Bench, tmp_path: Path) -> None:
    half = samples.mp4(tmp_path, seconds=1, args=("-vf", "drawbox=0:0:iw:20:red:fill"))
    made = await encoded(bench, video_at(half), rotate=90)

    assert like(pixel(made, 115, 80), RED)


async def test_codecs_and_rates_of_the_ffmpeg_object_win(bench: Bench, clip: File) -> None:
    wish = {"codec:v": "mpeg4", "codec": {"a": "libmp3lame"}, "b:a": "64k", "ar": 22050, "ac": 2, "preset": None}
    seen = await footage(await encoded(bench, clip, ffmpeg={**wish, "r": 5}))

    assert (seen.picture["codec_name"], seen.rate) == ("mpeg4", 5)
    [sound] = seen.audio
    assert (sound["codec_name"], sound["sample_rate"], sound["channels"]) == ("mp3", "22050", 2)
    assert int(sound["bit_rate"]) == pytest.approx(64000, rel=0.2)


async def test_frames_above_60_a_second_need_a_null(bench: Bench, tmp_path: Path) -> None:
    quick = video_at(samples.mp4(tmp_path, seconds=1, fps=90, width=64, height=64))

    rates = [(await footage(await encoded(bench, quick, ffmpeg=wish))).rate for wish in ({}, {"r": 75}, {"r": None})]

    assert rates == [60, 60, 90]
    assert len([sentence for sentence in bench.warnings if "frame rate was lowered to 60" in sentence]) == 2


def sparse(folder: Path, ending: str = "ts", every: int = 600) -> File:
    """Red, and from second 3 on blue, with a key frame after so many frames only; a tone."""
    film = "color=red:size=64x48:rate=10:duration=6,drawbox=color=blue:t=fill:enable='gte(t,3)'"
    keys = (
        "-g",
        str(every),
        "-keyint_min",
        str(every),
        "-sc_threshold",
        "0",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
    )
    tone = ("-f", "lavfi", "-i", "sine=duration=6")
    return written(folder / f"film.{ending}", "-f", "lavfi", "-i", film, *tone, *keys)


@pytest.mark.parametrize(
    "wish", [{}, {"vf": "hflip"}, {"af": "volume=0.5"}, {"vf": "fade=in:d=0.2", "c:a": "copy"}], ids=str
)
async def test_a_part_of_a_stream_with_one_key_frame_begins_when_it_should(
    wish: dict[str, Any], bench: Bench, tmp_path: Path
) -> None:
    made = await encoded(bench, sparse(tmp_path), ffmpeg={"f": "mp4", "ss": 2, "t": 2, **wish})

    assert (await footage(made)).duration == pytest.approx(2, abs=0.1)
    assert like(pixel(made, 20, 20, 0.5), RED)
    assert not like(pixel(made, 20, 20, 1.5), RED)


async def test_filters_and_watermarks_count_from_the_part_of_a_stream_that_is_wanted(
    bench: Bench, tmp_path: Path
) -> None:
    wish = {"f": "mp4", "ss": 2, "t": 2, "vf": "drawbox=w=9:h=9:color=white:t=fill:enable='gte(t,1.4)'"}
    timed = {"watermark_start_time": 0.5, "watermark_position": "bottom-right", "watermark_size": "20%"}
    made = await encoded(bench, sparse(tmp_path), mark(tmp_path), ffmpeg=wish, **timed)

    assert [like(pixel(made, 3, 3, at), (255, 255, 255)) for at in (0.2, 1.2, 1.7)] == [False, False, True]
    assert [like(pixel(made, 60, 46, at), RED) for at in (0.2, 1.2)] == [True, True]
    assert not like(pixel(made, 20, 20, 1.2), RED)
    assert bench.warnings == []


@pytest.mark.parametrize(
    ("ending", "to", "sentence"),
    [("ts", "mp4", "1.0 seconds later"), ("mp4", "mkv", "1.0 seconds earlier"), ("mp4", "mp4", "")],
)
async def test_a_copied_picture_that_begins_elsewhere_is_told(
    ending: str, to: str, sentence: str, bench: Bench, tmp_path: Path
) -> None:
    at = 3 if ending == "ts" else 5
    await encoded(bench, sparse(tmp_path, ending, 40), preset="empty", ffmpeg={"c": "copy", "f": to, "ss": at})

    assert [sentence in told for told in bench.warnings] == [True] * bool(sentence)


async def test_where_no_key_frame_follows_nothing_can_be_copied(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no key frame after second 2,"):
        await encoded(bench, sparse(tmp_path), preset="empty", ffmpeg={"c": "copy", "f": "mp4", "ss": 2})


async def test_a_part_after_the_last_frame_is_not_told_to_be_damaged(bench: Bench, clip: File) -> None:
    with pytest.raises(BadInput, match=r"No frame after second 1\.95 could be decoded; the picture may"):
        await encoded(bench, clip, ffmpeg={"ss": 1.95})


async def test_a_graph_of_the_user_is_told_to_begin_with_a_key_frame(bench: Bench, tmp_path: Path) -> None:
    wish = {"f": "mp4", "ss": 2, "filter_complex": "[0:v]hflip[v]", "map": "[v]"}
    await encoded(bench, sparse(tmp_path, every=30), ffmpeg=wish)

    assert [told for told in bench.warnings if "first key frame after ffmpeg.ss" in told]


@pytest.mark.parametrize(
    ("wish", "length"),
    [({"ss": 0.5}, 1.5), ({"t": "00:00:01"}, 1.0), ({"ss": 0.5, "to": 1}, 0.5), ({"input_options": {"ss": 1}}, 1.0)],
)
async def test_a_part_of_the_video(bench: Bench, clip: File, wish: dict[str, Any], length: float) -> None:
    seen = await footage(await encoded(bench, clip, ffmpeg=wish))

    assert seen.duration == pytest.approx(length, abs=0.12)
    assert bench.warnings == []


async def test_copy_leaves_the_streams_as_they_are(bench: Bench, clip: File) -> None:
    made = await encoded(bench, clip, preset="empty", ffmpeg={"c": "copy", "f": "mkv"}, width=80)
    seen = await footage(made)

    assert (made.name, seen.size, seen.picture["codec_name"]) == ("video.mkv", Size(160, 120), "h264")


@pytest.mark.parametrize("wish", [{"c": "copy"}, {"c:v": "libx265", "preset": "ultrafast"}], ids=["copied", "anew"])
async def test_hevc_in_an_mp4_has_the_tag_that_apple_wants_without_a_preset(
    bench: Bench, tmp_path: Path, wish: dict[str, str]
) -> None:
    args = ("-c:v", "libx265", "-x265-params", "log-level=error", "-preset", "ultrafast", "-c:a", "aac")
    film = video_at(samples.video(tmp_path, "mkv", seconds=0.5, width=64, height=64, args=args))

    made = await encoded(bench, film, preset="empty", ffmpeg={"f": "mp4", **wish})
    named = await encoded(bench, film, preset="empty", ffmpeg={"f": "mp4", **wish, "tag:v": "hev1"})

    tags = [(await footage(each)).picture["codec_tag_string"] for each in (made, named)]
    assert tags == ["hvc1", "hev1"]


async def test_a_filter_graph_of_the_user_replaces_ours(bench: Bench, clip: File) -> None:
    graph = "[0:v]split[a][b];[b]hflip[c];[a][c]hstack[out]"
    seen = await footage(await encoded(bench, clip, ffmpeg={"filter_complex": graph, "map": ["[out]", "0:a"]}))

    assert seen.size == Size(320, 120)
    assert len(seen.audio) == 1


async def test_an_mp4_plays_before_it_is_whole_and_hint_adds_tracks_for_rtp(bench: Bench, clip: File) -> None:
    plain, hinted = await encoded(bench, clip), await encoded(bench, clip, hint=True)

    for made in (plain, hinted):
        content = made.bytes.read_bytes()
        assert content.index(b"moov") < content.index(b"mdat")
    tags = [stream["codec_tag_string"] for stream in (await PROBE.show(hinted.bytes))["streams"]]
    assert tags.count("rtp ") == 2


async def test_speed_hints_are_accepted(bench: Bench, clip: File) -> None:
    hints = {"turbo": True, "chunk_duration": 5, "chunked_transcoding": True, "freeze_detect": True, "realtime": False}
    text = {"font_size": 12, "font_color": "ffffff", "text_background_color": "000000", "ffmpeg_stack": "v4.3.1"}

    assert (await footage(await encoded(bench, clip, **hints, **text))).size == Size(160, 120)


async def test_every_track_of_sound_and_text_goes_along(bench: Bench, tmp_path: Path) -> None:
    seen = await footage(await encoded(bench, rich(tmp_path)))

    assert len(seen.audio) == 2
    assert [track["codec_name"] for track in seen.subtitles] == ["mov_text"]
    assert bench.warnings == []


async def test_what_a_format_cannot_hold_is_told(bench: Bench, tmp_path: Path) -> None:
    await encoded(bench, rich(tmp_path, "-ac", "6"), preset="flash")

    assert [sentence.partition(":")[0] for sentence in bench.warnings] == [
        "Only the first of 2 audio tracks was kept",
        "The sound was mixed from 6 channels down to 2",
        "1 subtitle track was left out",
    ]


async def test_surround_that_an_encoder_does_not_take_becomes_stereo(bench: Bench, tmp_path: Path) -> None:
    source = video_at(samples.video(tmp_path, "mkv", seconds=1, args=("-ac", "6")))
    [sound] = (await footage(await encoded(bench, source, preset="wmv"))).audio

    assert (sound["codec_name"], sound["channels"]) == ("wmav2", 2)
    assert bench.warnings == ["The sound was mixed from 6 channels down to 2: wmav2 takes no more."]


async def test_surround_stays_surround(bench: Bench, tmp_path: Path) -> None:
    source = video_at(
        samples.video(tmp_path, "mkv", seconds=1, args=("-af", "pan=5.1(side)|c0=c0|c1=c0|c2=c0", "-c:a", "ac3"))
    )

    for preset in ("web/webm/240p", "hls/270p"):
        [sound] = (await footage(await encoded(bench, source, preset=preset))).audio
        assert sound["channels"] == 6
    assert bench.warnings == []


PQ = ("-vf", "format=yuv420p10le,setparams=color_trc=smpte2084:color_primaries=bt2020:colorspace=bt2020nc")


async def test_hdr_stays_hdr_where_the_codec_holds_it_and_is_tone_mapped_where_not(
    bench: Bench, tmp_path: Path
) -> None:
    source = video_at(samples.video(tmp_path, "mkv", seconds=1, args=(*PQ, "-pix_fmt", "yuv420p10le")))
    kept, mapped = await encoded(bench, source, preset="hevc"), await encoded(bench, source)
    deep, flat = (await footage(kept)).picture, (await footage(mapped)).picture

    assert (deep["pix_fmt"], deep["color_transfer"], deep["color_space"]) == ("yuv420p10le", "smpte2084", "bt2020nc")
    assert (flat["pix_fmt"], flat["color_transfer"], flat["color_space"]) == ("yuv420p", "bt709", "bt709")
    assert [sentence for sentence in bench.warnings if "HDR" in sentence] == bench.warnings[:1]


@pytest.mark.parametrize(
    "wish",
    [
        *({"preset": "webm"}, {"ffmpeg": {"f": "ogg"}}, {"ffmpeg": {"f": "flv"}}),
        *({"ffmpeg": {"f": "webp", "preset": None}}, {"ffmpeg": {"f": "mov", "c:v": "mjpeg"}}),
    ],
)
async def test_colours_of_hd_video_stay_in_formats_that_write_others(
    bench: Bench, tmp_path: Path, wish: dict[str, Any]
) -> None:
    made = await encoded(bench, hd(tmp_path, (255, 0, 0)), **wish)

    if made.ext == "webp":
        with Image.open(made.bytes) as frame:
            assert frame.convert("RGB").getpixel((30, 20)) == pytest.approx((255, 0, 0), abs=6)
    else:
        assert pixel(made, 30, 20) == pytest.approx((255, 0, 0), abs=6)


async def test_a_gif_of_hdr_has_the_colours_of_ordinary_screens(bench: Bench, tmp_path: Path) -> None:
    gray = ("-f", "lavfi", "-i", "color=#949494:size=64x48:rate=5:duration=0.4", *PQ, "-c:v", "ffv1")
    made = await encoded(bench, written(tmp_path / "gray.mkv", *gray), preset="gif")

    assert all(channel > 180 for channel in pixel(made, 240, 135))  # and 148 as it is stored
    assert ["HDR" in sentence for sentence in bench.warnings] == [True]


async def test_transparency_stays_in_webm_and_is_told_lost_in_mp4(bench: Bench, tmp_path: Path) -> None:
    hole = (
        "-vf",
        "format=yuva420p,geq=lum='p(X,Y)':a='if(lt(X,80),0,255)'",
        "-auto-alt-ref",
        "0",
        "-pix_fmt",
        "yuva420p",
    )
    source = video_at(samples.video(tmp_path, "webm", seconds=1, args=hole))
    kept = await encoded(bench, source, preset="vp9")

    assert (await footage(kept)).alpha
    assert bench.warnings == []
    await encoded(bench, source)
    assert bench.warnings == ["Transparency was lost: libx264 cannot hold it."]


async def test_an_animated_gif_becomes_a_video_and_a_still_one_is_passed_over(bench: Bench, tmp_path: Path) -> None:
    path = samples.gif(tmp_path, width=81, height=61, frames=4)
    gif = replace(video_at(path), type="image", mime="image/gif", meta={"frame_count": 4})
    seen = await footage(await encoded(bench, gif))

    assert (seen.picture["codec_name"], seen.size) == ("h264", Size(80, 60))
    assert VideoEncodeRobot.takes(gif)
    assert not VideoEncodeRobot.takes(replace(gif, meta={"frame_count": 1}))
    assert not VideoEncodeRobot.takes(replace(gif, mime="image/png"))
    assert VideoEncodeRobot.takes(replace(gif, mime="image/png", tag="watermark"))


def rich(folder: Path, *args: str) -> File:
    """A video with two audio tracks and a subtitle track."""
    path = folder / "rich.mkv"
    sources = ["-i", str(samples.mp4(folder)), "-i", str(samples.srt(folder))]
    maps = ["-map", "0:v", "-map", "0:a", "-map", "0:a", "-map", "1:s", "-c:v", "copy"]
    subprocess.run([PROGRAMS.need("ffmpeg"), "-loglevel", "error", *sources, *maps, *args, path], check=True)
    return video_at(path)


def mark(folder: Path, width: int = 40, height: int = 20) -> File:
    path = folder / "mark.png"
    Image.new("RGB", (width, height), RED).save(path)
    return video_at(path, tag="watermark")


@pytest.mark.parametrize(
    ("params", "inside", "outside"),
    [
        ({}, (80, 60), (50, 60)),
        ({"watermark_position": "top-left"}, (5, 5), (45, 25)),
        ({"watermark_position": ["bottom-right"]}, (155, 115), (110, 95)),
        (
            {"watermark_position": "bottom-right", "watermark_x_offset": 10, "watermark_y_offset": 20},
            (140, 90),
            (155, 115),
        ),
        ({"watermark_position": "left", "watermark_size": "50%"}, (75, 75), (75, 85)),
        (
            {"watermark_position": "left", "watermark_size": "50%", "watermark_resize_strategy": "stretch"},
            (75, 88),
            (85, 60),
        ),
        (
            {"watermark_position": "left", "watermark_size": "50%", "watermark_resize_strategy": "area"},
            (133, 60),
            (145, 60),
        ),
    ],
)
async def test_a_watermark_lies_where_it_should(
    bench: Bench, tmp_path: Path, params: dict[str, Any], inside: tuple[int, int], outside: tuple[int, int]
) -> None:
    source = video_at(samples.mp4(tmp_path, seconds=1, args=("-vf", "drawbox=color=blue:t=fill")), tag="video")
    made = await encoded(bench, mark(tmp_path), source, **params)

    assert made.name == "video.mp4"
    assert like(pixel(made, *inside), RED)
    assert not like(pixel(made, *outside), RED)


async def test_a_watermark_lies_on_the_frame_after_resizing_and_before_filters_of_the_user(
    bench: Bench, tmp_path: Path, clip: File
) -> None:
    wish = {"width": 80, "watermark_position": "top-left", "ffmpeg": {"vf": "hflip"}}
    made = await encoded(bench, clip, mark(tmp_path), **wish)

    assert [like(pixel(made, x, 5), RED) for x in (75, 45, 35)] == [True, True, False]


async def test_a_watermark_comes_and_goes_and_can_be_faint(bench: Bench, tmp_path: Path) -> None:
    source = video_at(samples.mp4(tmp_path, args=("-vf", "drawbox=color=blue:t=fill")))
    timed = {"watermark_start_time": 0.5, "watermark_duration": 1}
    made = await encoded(bench, source, mark(tmp_path), **timed)
    faint = await encoded(bench, source, mark(tmp_path), watermark_opacity=0.5)

    assert [like(pixel(made, 80, 60, at), RED) for at in (0.1, 1.0, 1.8)] == [False, True, False]
    assert like(pixel(faint, 80, 60), (128, 0, 128))
    assert len((await footage(made)).audio) == 1


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(("size", "edge"), [({}, 8), ({"watermark_size": "100%"}, 53)], ids=["own", "all"])
async def test_a_drawing_as_a_watermark_is_sharp_in_any_size_and_clear_round_its_lines(
    bench: Bench, clip: File, tmp_path: Path, images: Images, size: dict[str, str], edge: int
) -> None:
    bench.tools = (*bench.tools, images)
    disc = video_at(samples.svg(tmp_path, 24, 24), tag="watermark")

    made = await encoded(bench, clip, disc, watermark_position="center", **size)

    assert like(pixel(made, 80, 60), RED)
    assert like(pixel(made, 80 - edge + 3, 60), RED)
    assert like(pixel(made, 80 - edge - 3, 60), pixel(clip, 80 - edge - 3, 60))


async def test_a_watermark_may_come_from_a_url(bench: Bench, tmp_path: Path, clip: File) -> None:
    app = web.Application()
    app.router.add_static("/", mark(tmp_path).bytes.parent)
    client = HttpClient(allow=[ip_network("127.0.0.0/8")])
    bench.tools = (*bench.tools, client)

    async with TestServer(app) as server:
        made = await encoded(bench, clip, watermark_url=str(server.make_url("/mark.png")))
        with pytest.raises(ImportFailed, match="404"):
            await encoded(bench, clip, watermark_url=str(server.make_url("/nothing.png")))
    await client.close()

    assert like(pixel(made, 80, 60), RED)


async def test_pieces_for_hls_come_with_their_playlist(bench: Bench, tmp_path: Path) -> None:
    source = video_at(samples.mp4(tmp_path, seconds=3))
    params = {"segment": True, "segment_duration": 1, "segment_time_delta": 0.02, "ffmpeg": QUICK}
    *pieces, listed = await run(VideoEncodeRobot, params, [source], bench)

    assert [piece.name for piece in pieces] == ["video0.ts", "video1.ts", "video2.ts"]
    assert all(PROBE.knows(piece.bytes) for piece in pieces)
    assert listed.name == "video.m3u8"
    lines = listed.bytes.read_text().splitlines()
    assert [line for line in lines if not line.startswith("#")] == [piece.name for piece in pieces]
    assert lines[-1] == "#EXT-X-ENDLIST"
    assert [round(float(piece.meta["starts_at"])) for piece in pieces] == [0, 1, 2]
    assert {(await footage(piece)).picture["codec_name"] for piece in pieces} == {"h264"}


async def test_pieces_have_the_names_that_were_asked_for(bench: Bench, clip: File) -> None:
    names = {"segment_prefix": "my clip/", "segment_name": "${segment_prefix}${segment_number}-${segment_id}.ts"}
    first, _ = await run(VideoEncodeRobot, {"segment": True, **names, "ffmpeg": QUICK}, [clip], bench)

    assert first.name.startswith("my-clip_0-")
    assert len(first.name) == len("my-clip_0-.ts") + 32


async def test_a_piece_may_be_cut_a_little_before_its_time(bench: Bench, tmp_path: Path) -> None:
    keys = ("-force_key_frames", "expr:gte(t,n_forced*0.9)")
    source = video_at(samples.mp4(tmp_path, seconds=3, args=keys))
    params = {"segment": True, "segment_duration": 1, "preset": "empty", "ffmpeg": {"c": "copy"}}
    late = await run(VideoEncodeRobot, params, [source], bench)
    early = await run(VideoEncodeRobot, {**params, "segment_time_delta": 0.3}, [source], bench)

    assert [round(float(made[1].meta["starts_at"]), 1) for made in (late, early)] == [1.8, 0.9]


async def test_subtitles_have_no_place_in_pieces(bench: Bench, tmp_path: Path) -> None:
    await run(VideoEncodeRobot, {"segment": True, "ffmpeg": QUICK}, [rich(tmp_path)], bench)

    assert bench.warnings == ["1 subtitle track was left out: mpegts cannot hold this kind."]


async def test_pieces_of_hevc_are_told_to_be_none_for_apple(bench: Bench, clip: File) -> None:
    pieces = await run(VideoEncodeRobot, {"preset": "hevc", "segment": True}, [clip], bench)

    assert len(pieces) == 2
    assert [told for told in bench.warnings if "Apple's players refuse" in told]


async def test_pieces_need_codecs_that_hls_knows(bench: Bench, clip: File) -> None:
    with pytest.raises(BadParams, match="segment"):
        await encoded(bench, clip, preset="webm", segment=True)


async def test_a_file_without_picture_or_sound_is_refused_in_words(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no moving picture"):
        await encoded(bench, video_at(samples.mp3(tmp_path)))
    with pytest.raises(BadInput, match="no sound"):
        await encoded(bench, video_at(samples.mp4(tmp_path, audio=False)), preset="mp3")


async def test_a_file_that_lost_its_end_is_no_success(bench: Bench, tmp_path: Path) -> None:
    path = samples.mp4(tmp_path, seconds=4, args=("-movflags", "+faststart", "-g", "5"))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 3])

    with pytest.raises(BadInput, match="ends early: only"):
        await encoded(bench, video_at(path))


async def test_an_unknown_codec_has_an_error_of_its_own(bench: Bench, clip: File) -> None:
    with pytest.raises(BadParams, match="no encoder nosuch") as raised:
        await encoded(bench, clip, ffmpeg={"c:v": "nosuch", "preset": None})

    assert raised.value.code == "VIDEO_ENCODE_INVALID_VIDEO_CODEC"


async def test_an_empty_list_of_positions_has_an_error_of_its_own(bench: Bench, clip: File, tmp_path: Path) -> None:
    with pytest.raises(BadParams) as raised:
        await encoded(bench, clip, mark(tmp_path), watermark_position=[])

    assert raised.value.code == "VIDEO_ENCODE_INVALID_WATERMARK_POSITION"


@pytest.mark.parametrize(
    "params",
    [
        {"preset": "nosuch"},
        {"width": 0},
        {"rotate": 45},
        {"background": "red"},
        {"watermark_size": "half"},
        {"watermark_url": "file:///etc/passwd"},
        {"watermark_position": "middle"},
        {"watermark_opacity": 2},
        {"segment_duration": 0},
        {"ffmpeg": {"vf": "movie=/etc/passwd"}},
        {"ffmpeg": {"i": "/etc/passwd"}},
        {"ffmpeg": {"f": "tee"}},
        {"nosuch": 1},
    ],
)
def test_wrong_wishes_are_refused_before_any_work(params: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        VideoEncodeRobot.model.parse(params)


async def test_the_sound_of_a_video_alone(bench: Bench, clip: File) -> None:
    seen: Footage = await footage(await encoded(bench, clip, ffmpeg={"vn": True, "preset": None}))

    assert seen.video is None
    assert len(seen.audio) == 1


def passes(bench: Bench) -> int:
    """How many times ffmpeg read the video, told by the notes that a first pass leaves."""
    return 1 + any(path.name.startswith("ffmpeg2pass") for path in bench.folder.iterdir())


@pytest.mark.parametrize(
    ("params", "read"),
    [
        ({"preset": "hls-270p"}, 2),
        ({"preset": "hls-270p", "turbo": True}, 1),
        ({"preset": "hls/270p"}, 1),
        ({"preset": "hls-270p", "ffmpeg": {"crf": 30}}, 1),
        ({"ffmpeg": {"b:v": "100k", "pass": 2, **QUICK}}, 2),
    ],
)
async def test_a_preset_that_aims_at_a_rate_takes_two_passes_unless_it_must_be_quick(
    bench: Bench, clip: File, params: dict[str, Any], read: int
) -> None:
    made = await encoded(bench, clip, **params)

    assert passes(bench) == read
    assert (await footage(made)).duration == pytest.approx(2, abs=0.1)
    assert bench.reached == sorted(bench.reached)
