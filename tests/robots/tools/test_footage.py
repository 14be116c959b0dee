"""What ffprobe says of real files, in words that robots need."""

from pathlib import Path

import pytest

from robots.base.geometry import Size
from robots.tools.ffprobe import Ffprobe
from robots.tools.footage import Footage
from robots.tools.programs import Programs
from tests import samples
from tests.robots.video.screen import written


async def seen(path: Path) -> Footage:
    return Footage.of(await Ffprobe(Programs()).show(path))


async def test_a_plain_video(tmp_path: Path) -> None:
    footage = await seen(samples.mp4(tmp_path))

    assert (footage.size, footage.rate, footage.rotation, footage.channels) == (Size(160, 120), 10, 0, 1)
    assert footage.duration == pytest.approx(2, abs=0.1)
    assert (footage.hdr, footage.deep, footage.alpha, footage.interlaced) == (False,) * 4


@pytest.mark.parametrize(("noted", "turned"), [(90, 90), (180, 180), (-90, 270)])
async def test_a_rotation_is_told_clockwise(tmp_path: Path, noted: int, turned: int) -> None:
    footage = await seen(samples.mp4(tmp_path, seconds=1, rotation=noted))

    assert footage.rotation == turned
    assert footage.stored == Size(160, 120)
    assert footage.size == (Size(160, 120) if turned == 180 else Size(120, 160))


async def test_flat_pixels_widen_the_picture(tmp_path: Path) -> None:
    footage = await seen(samples.mp4(tmp_path, seconds=1, args=("-vf", "setsar=16/15")))

    assert footage.size == Size(171, 120)


async def test_interlaced_and_deep_pictures_are_noticed(tmp_path: Path) -> None:
    fields = await seen(samples.mp4(tmp_path, seconds=1, args=("-flags", "+ildct", "-x264-params", "tff=1")))
    deep = await seen(samples.mp4(tmp_path, seconds=1, args=("-pix_fmt", "yuv422p10le")))

    assert fields.interlaced
    assert deep.deep


async def test_a_cover_is_no_moving_picture(tmp_path: Path) -> None:
    shown = {"streams": [{"codec_type": "video", "disposition": {"attached_pic": 1}}, {"codec_type": "audio"}]}
    footage = Footage.of(shown)

    assert footage.video is None
    assert len(footage.audio) == 1


@pytest.mark.parametrize("duration", ["N/A", "nan", "inf", "1e30", "0", None])
def test_senseless_lengths_are_no_lengths(duration: str | None) -> None:
    assert Footage.of({"format": {"duration": duration}, "streams": []}).duration is None


def test_the_delay_of_a_picture_is_counted_from_the_sound() -> None:
    picture, sound = {"codec_type": "video", "start_time": "4.4"}, {"codec_type": "audio", "start_time": "1.4"}

    assert Footage.of({"streams": [picture, sound]}).delay == pytest.approx(3)
    assert Footage.of({"streams": [picture]}).delay == 0


async def test_subtitles_that_go_on_after_the_film_do_not_lengthen_it(tmp_path: Path) -> None:
    words = samples.txt(tmp_path, "1\n00:00:00,200 --> 00:00:09,000\nLong\n", name="long.srt")
    both = ("-i", str(samples.mp4(tmp_path)), "-i", str(words), "-map", "0", "-map", "1", "-c:v", "copy")
    mkv = written(tmp_path / "long.mkv", *both)
    mp4 = written(tmp_path / "long.mp4", *both, "-c:s", "mov_text")

    assert [(await seen(each.bytes)).duration for each in (mkv, mp4)] == pytest.approx([2, 2], abs=0.1)


async def test_the_picture_of_a_matroska_may_end_before_its_sound(tmp_path: Path) -> None:
    film = await seen(samples.video(tmp_path, "mkv", args=("-vf", "trim=end=1")))

    assert (film.duration, film.picture_duration) == pytest.approx((2, 1), abs=0.1)


def test_where_one_stream_does_not_say_when_it_ends_the_file_is_believed() -> None:
    film = {"codec_type": "video", "tags": {"DURATION": "00:00:03.000000000"}}

    assert Footage.of({"format": {"duration": "9"}, "streams": [film, {"codec_type": "audio"}]}).duration == 9
    assert Footage.of({"format": {"duration": "9"}, "streams": [film]}).duration == 3
    assert Footage.of({"format": {"duration": "2"}, "streams": [film]}).duration == 2


def test_a_picture_that_begins_late_ends_as_much_later() -> None:
    picture = {"codec_type": "video", "start_time": "2.0", "duration": "3.0"}
    sound = {"codec_type": "audio", "start_time": "0.0", "duration": "5.0"}

    assert Footage.of({"format": {"duration": "5.0"}, "streams": [picture, sound]}).picture_duration == 5
