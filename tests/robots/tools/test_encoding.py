"""A file, a recipe and a framing become one command line."""

from pathlib import Path
from typing import Any

import pytest

from robots.base.errors import BadInput, BadParams
from robots.tools.encoding import Encoding
from robots.tools.footage import Footage
from robots.tools.framing import Framing
from robots.tools.overlay import Overlay
from robots.tools.recipe import recipe

SOURCE = Path("in.mp4")
SOUND = {"index": 1, "channels": 2}


def footage(**picture: Any) -> Footage:
    return Footage({"index": 0, "width": 160, "height": 120, **picture}, [SOUND], [], 10.0)


def encoding(seen: Footage, preset: str | None = None, framing: Framing | None = None, **given: Any) -> Encoding:
    return Encoding.of(seen, recipe(preset, given), framing or Framing(), sources=[SOURCE])


def after(line: list[str], name: str) -> str:
    return line[line.index(name) + 1]


def test_the_start_stands_before_the_input_and_the_length_at_the_output() -> None:
    made = encoding(footage(), ss=2, t=3)

    assert after(made.inputs[0].arguments, "-ss") == "2.000000"
    assert after(made.arguments, "-t") == "3.000000"
    assert "-ss" not in made.arguments
    assert made.seconds == 3


def test_a_part_that_begins_after_the_end_of_a_video_is_told_so() -> None:
    with pytest.raises(BadInput, match="ends before second 10"):
        encoding(footage(), ss=10, c="copy")

    assert encoding(footage(), ss=10, input_options={"stream_loop": 1}).seconds is not None


@pytest.mark.case(86)
@pytest.mark.parametrize(
    ("rate", "given", "expected"),
    [
        *(("30/1", {}, None), ("120/1", {}, "60"), ("30/1", {"r": 24}, "24"), ("30/1", {"r": "240/2"}, "60")),
        ("30/1", {"r": 10**6}, "60"),
    ],
)
def test_frame_rates_are_kept_up_to_60(rate: str, given: dict[str, Any], expected: str | None) -> None:
    made = encoding(footage(avg_frame_rate=rate), **given)

    assert made.rate == expected
    assert bool(made.limits) == (expected == "60")


def test_a_gif_has_frames_that_browsers_show_in_time_and_a_palette_for_each() -> None:
    made = encoding(footage(avg_frame_rate="50/1"), "gif")

    assert made.rate == "25"
    assert "paletteuse" in after(made.arguments, "-vf")


@pytest.mark.parametrize(
    ("preset", "pixels", "expected"),
    [
        (None, "yuv420p10le", "yuv420p"),
        ("hevc", "yuv420p10le", "yuv420p10le"),
        ("vp9", "yuva420p", "yuva420p"),
        ("webm", "yuv444p", "yuv420p"),
    ],
)
def test_depth_and_alpha_stay_where_the_codec_holds_them(preset: str | None, pixels: str, expected: str) -> None:
    assert after(encoding(footage(pix_fmt=pixels), preset).arguments, "-pix_fmt") == expected


def test_a_copied_picture_passes_no_filter() -> None:
    made = encoding(footage(), framing=Framing(box=(80, 60)), c="copy")

    assert "-vf" not in made.arguments
    assert "width, height, crop, rotate and watermark had no effect" in made.limits[0]
    assert not encoding(footage(), "ipad", c="copy").limits


def test_pieces_begin_with_a_key_frame() -> None:
    made = encoding(footage()).cut(5)

    assert after(made.arguments, "-force_key_frames") == "expr:gte(t,n_forced*5)"
    assert "-movflags" not in made.arguments


def test_a_graph_of_the_user_leaves_no_room_for_a_watermark() -> None:
    made = recipe(None, {"filter_complex": "[0:v]hflip[x]"})

    with pytest.raises(BadParams, match="exclude each other"):
        Encoding.of(footage(), made, Framing(), sources=[SOURCE, SOURCE], overlay=Overlay())


def test_what_is_missing_in_the_file_is_told() -> None:
    silent = Footage({"index": 0}, [], [], 1.0)

    with pytest.raises(BadInput, match="no moving picture"):
        encoding(Footage(None, [SOUND], [], 1.0))
    with pytest.raises(BadInput, match="no sound"):
        encoding(silent, "mp3")
