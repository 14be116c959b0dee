"""Lateness: how long a file is whose first frame comes long after its zero."""

from pathlib import Path

import pytest

from robots.tools import lateness
from robots.tools.ffprobe import Ffprobe
from robots.tools.programs import Programs
from tests import samples

LATE = ("-output_ts_offset", "50")
FRAGMENTS = ("-movflags", "frag_keyframe+empty_moov+delay_moov", "-g", "5")


@pytest.mark.parametrize(
    ("ending", "more"),
    [("mkv", ()), ("webm", ()), ("wmv", ()), ("mp4", ()), ("mp4", FRAGMENTS), ("flv", ()), ("ts", ())],
    ids=["mkv", "webm", "wmv", "mp4", "fragments", "flv", "ts"],
)
async def test_a_file_lasts_from_its_first_frame_to_its_last(
    ending: str, more: tuple[str, ...], tmp_path: Path
) -> None:
    shown = await Ffprobe(Programs()).show(samples.video(tmp_path, ending, args=(*more, *LATE)))

    told = [shown["format"], *shown["streams"]]
    assert float(told[0]["start_time"]) >= 49 or more
    assert all(float(one.get("duration", 2)) == pytest.approx(2, abs=0.15) for one in told)


async def test_a_late_file_is_shown_alike_each_time(tmp_path: Path) -> None:
    ffprobe, path = Ffprobe(Programs()), samples.video(tmp_path, "mkv", args=LATE)

    assert await ffprobe.show(path) == await ffprobe.show(path)


def test_only_headers_that_may_tell_the_end_are_doubted() -> None:
    late = {"format_name": "matroska,webm", "start_time": "50.0", "duration": "56.0"}

    assert lateness.doubted({"format": late})
    assert not lateness.doubted({"format": {**late, "start_time": "0.021"}})
    assert not lateness.doubted({"format": {**late, "duration": "6.0"}})
    assert not lateness.doubted({"format": {**late, "format_name": "mpegts"}})
    assert not lateness.doubted({})


def test_a_length_that_is_true_stays() -> None:
    shown = {"format": {"start_time": "5.0", "duration": "60.0", "bit_rate": "8"}, "streams": [{"duration": "60.0"}]}

    assert lateness.counted(shown, 65.0) == shown
    assert lateness.counted(shown, 0.0) == shown
    assert lateness.counted(shown, 60.0)["format"] == {"start_time": "5.0", "duration": "55.000000"}
