"""/video/thumbs: pictures at the right times, of the right size, in order."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from robots.base.errors import BadInput, ToolFailed
from robots.base.file import File
from robots.base.params import Invalid
from robots.tools.footage import Footage
from robots.video.thumbs import VideoThumbsParams, VideoThumbsRobot
from tests import samples
from tests.robots.video.screen import PROBE, RED, hd, like, pixel, video_at
from tests.robots.workspace import Bench, run


async def thumbs(bench: Bench, file: File, **params: Any) -> list[File]:
    return await run(VideoThumbsRobot, params, [file], bench)


def offsets(made: list[File]) -> list[float]:
    return [thumb.meta["thumb_offset"] for thumb in made]


def size(thumb: File) -> tuple[int, int]:
    with Image.open(thumb.bytes) as picture:
        return picture.size


def counting(folder: Path, seconds: int = 5) -> File:
    """A video whose picture is as bright as it is late: black at first, white at the end."""
    bright = f"geq=lum='16+219*T/{seconds}':cb=128:cr=128"
    return video_at(samples.mp4(folder, seconds=seconds, width=64, height=48, args=("-vf", bright)))


async def test_pictures_are_spread_evenly_between_both_ends(bench: Bench, tmp_path: Path) -> None:
    made = await thumbs(bench, counting(tmp_path), count=4)

    assert offsets(made) == [1, 2, 3, 4]
    assert [thumb.meta["thumb_index"] for thumb in made] == [0, 1, 2, 3]
    assert [thumb.name for thumb in made] == ["video.jpg"] * 4
    assert [pixel(thumb, 5, 5)[0] for thumb in made] == pytest.approx([51, 102, 153, 204], abs=12)
    assert bench.reached[-1] == 1


async def test_eight_pictures_come_without_a_wish(bench: Bench, clip: File) -> None:
    made = await thumbs(bench, clip)

    assert len(made) == 8
    assert {size(thumb) for thumb in made} == {(160, 120)}


async def test_the_first_pictures_come_before_the_last_are_taken(bench: Bench, clip: File) -> None:
    robot = VideoThumbsRobot(VideoThumbsParams.parse({"count": 12}))
    reached = [len(bench.reached) async for _ in robot.work_on([clip], bench)]

    assert reached[0] < reached[-1]


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ([4, 1.5, 0], [0, 1.5, 4]),
        (["50%", "10%"], [0.5, 2.5]),
        ([3, 99, -1], [3]),
        ([99], []),
        (["100%"], [5]),
        (["2", "1"], [1, 2]),
    ],
)
async def test_offsets_replace_the_count(bench: Bench, tmp_path: Path, wish: list[Any], expected: list[float]) -> None:
    made = await thumbs(bench, counting(tmp_path), offsets=wish, count=3)

    assert offsets(made) == expected
    brightness = [pixel(thumb, 5, 5)[0] for thumb in made]
    assert brightness == pytest.approx([51 * at for at in expected], abs=14)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"width": 80}, (80, 60)),
        ({"height": 61}, (81, 61)),
        ({"width": 100, "height": 100}, (100, 100)),
        ({"width": 100, "height": 100, "resize_strategy": "fit"}, (100, 75)),
        ({"width": 100, "height": 100, "resize_strategy": "fillcrop"}, (100, 100)),
        ({"width": 33, "height": 77, "resize_strategy": "crop"}, (33, 77)),
        ({"width": 33, "height": 77, "resize_strategy": "fillcrop", "rotate": 90}, (33, 77)),
        ({"rotate": 90}, (120, 160)),
        ({"rotate": 360}, (160, 120)),
        ({"ffmpeg": {"vf": "scale=40:30"}}, (40, 30)),
    ],
)
async def test_sizes(bench: Bench, clip: File, params: dict[str, Any], expected: tuple[int, int]) -> None:
    [made] = await thumbs(bench, clip, count=1, **params)

    assert size(made) == expected


async def test_a_picture_stands_as_the_video_does(bench: Bench, tmp_path: Path) -> None:
    turned = video_at(samples.mp4(tmp_path, rotation=90))

    assert size((await thumbs(bench, turned, count=1))[0]) == (120, 160)
    assert size((await thumbs(bench, turned, count=1, rotate=180))[0]) == (160, 120)


@pytest.mark.parametrize(
    ("wish", "ext", "kind"), [("jpeg", "jpg", "JPEG"), ("jpg", "jpg", "JPEG"), ("png", "png", "PNG")]
)
async def test_formats(bench: Bench, clip: File, wish: str, ext: str, kind: str) -> None:
    [made] = await thumbs(bench, clip, count=1, format=wish)

    assert made.ext == ext
    with Image.open(made.bytes) as picture:
        assert (picture.format, picture.mode) == (kind, "RGB")


@pytest.mark.parametrize("color", [(255, 0, 0), (0, 255, 0), (128, 64, 32)])
async def test_a_picture_has_the_colours_of_the_video_and_tells_their_average(
    bench: Bench, tmp_path: Path, color: tuple[int, int, int]
) -> None:
    source = hd(tmp_path, color)

    for wish in ("jpg", "png"):
        [made] = await thumbs(bench, source, count=1, format=wish)
        assert pixel(made, 30, 20) == pytest.approx(color, abs=6)
        assert tuple(bytes.fromhex(made.meta["average_color"][1:])) == pytest.approx(color, abs=6)


async def test_what_shows_through_is_left_to_those_who_look(bench: Bench, clip: File) -> None:
    [clear] = await thumbs(bench, clip, count=1, format="png", width=100, height=200)
    [drawn_over] = await thumbs(bench, clip, count=1, ffmpeg={"vf": "negate"})

    assert set(clear.meta) == set(drawn_over.meta) == {"thumb_index", "thumb_offset"}


async def test_padding_has_the_colour_asked_for_and_may_be_clear_in_a_png(bench: Bench, clip: File) -> None:
    wide = {"count": 1, "width": 100, "height": 200}
    [red] = await thumbs(bench, clip, background="ff0000", **wide)
    [clear] = await thumbs(bench, clip, format="png", **wide)
    [black] = await thumbs(bench, clip, **wide)

    assert like(pixel(red, 5, 5), RED)
    assert like(pixel(black, 5, 5), (0, 0, 0))
    with Image.open(clear.bytes) as picture:
        alpha = picture.getchannel("A")
        assert (alpha.getpixel((5, 5)), alpha.getpixel((50, 100))) == (0, 255)


async def test_a_decoder_can_be_named(bench: Bench, tmp_path: Path) -> None:
    source = video_at(samples.video(tmp_path, "webm", seconds=1))

    assert len(await thumbs(bench, source, count=1, input_codec="libvpx")) == 1
    with pytest.raises(ToolFailed, match="no decoder nosuch"):
        await thumbs(bench, source, count=1, input_codec="nosuch")


async def test_options_without_meaning_are_told(bench: Bench, clip: File) -> None:
    await thumbs(bench, clip, count=1, ffmpeg={"b:v": "1M", "q:v": 5}, ffmpeg_stack="v7")

    assert bench.warnings == ["ffmpeg.b:v means nothing for single pictures and was passed over."]


async def test_a_stream_that_hides_its_length_is_measured(bench: Bench, tmp_path: Path) -> None:
    raw = samples.video(tmp_path, "mp4", audio=False, args=("-f", "h264", "-bsf:v", "h264_mp4toannexb"))
    source = video_at(raw, tag=None)
    assert Footage.of(await PROBE.show(raw)).duration is None

    made = await thumbs(bench, source, count=3)

    assert len(made) == 3
    assert offsets(made) == sorted(offsets(made))


async def test_hdr_is_brought_to_ordinary_colours(bench: Bench, tmp_path: Path) -> None:
    curve = "setparams=color_trc=smpte2084:color_primaries=bt2020:colorspace=bt2020nc"
    grey = f"format=yuv420p10le,geq=lum=512:cb=512:cr=512,{curve}"  # 100 cd/m², at half of the code
    source = video_at(samples.video(tmp_path, "mkv", seconds=1, args=("-vf", grey, "-pix_fmt", "yuv420p10le")))

    [png] = await thumbs(bench, source, count=1, format="png")
    [jpg] = await thumbs(bench, source, count=1)

    with Image.open(png.bytes) as picture:
        assert picture.mode == "RGB"
    assert pixel(png, 5, 5) == pytest.approx((158, 158, 158), abs=4)
    assert pixel(jpg, 5, 5) == pytest.approx((158, 158, 158), abs=4)
    assert set(bench.warnings) == {"The video is HDR, and its pictures have the colours of ordinary screens."}


async def test_transparency_that_a_jpg_cannot_hold_is_told(bench: Bench, tmp_path: Path) -> None:
    clear = ("-vf", "format=yuva420p", "-auto-alt-ref", "0", "-pix_fmt", "yuva420p")
    source = video_at(samples.video(tmp_path, "webm", seconds=1, args=clear))

    await thumbs(bench, source, count=1, format="png")
    assert bench.warnings == []
    await thumbs(bench, source, count=1)
    assert bench.warnings == ["The video is transparent, which a jpg cannot be; png can."]


async def test_sound_alone_has_no_pictures(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no moving picture") as raised:
        await thumbs(bench, video_at(samples.mp3(tmp_path)))

    assert raised.value.code == "VIDEO_THUMBS_INVALID_INPUT"


async def test_what_is_left_of_a_cut_file_still_gives_pictures(bench: Bench, tmp_path: Path) -> None:
    path = samples.mp4(tmp_path, seconds=4, args=("-movflags", "+faststart", "-g", "5"))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])

    made = await thumbs(bench, video_at(path), count=3)

    assert 0 < len(made) <= 3


@pytest.mark.parametrize(
    "params",
    [
        {"count": 0},
        {"count": 1000},
        {"format": "gif"},
        {"width": 1921},
        {"height": 1081},
        {"offsets": ["half"]},
        {"rotate": 45},
        {"smart_max_candidates": 1},
        {"input_codec": "-i"},
        {"ffmpeg": {"vf": "movie=x"}},
    ],
)
def test_wrong_wishes_are_refused_before_any_work(params: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        VideoThumbsRobot.model.parse(params)


async def test_times_count_from_the_first_frame_however_late_it_is(bench: Bench, tmp_path: Path) -> None:
    late = samples.video(tmp_path, "mkv", seconds=5, args=("-output_ts_offset", "50"))

    made = await thumbs(bench, video_at(late), count=4)

    assert offsets(made) == pytest.approx([1, 2, 3, 4], abs=0.05)
    assert not bench.warnings
