"""Frames are turned, cut, scaled and padded by these filters."""

from typing import Any

import pytest

from robots.base.errors import BadParams
from robots.base.fields import Crop
from robots.base.geometry import Size
from robots.tools.footage import Footage
from robots.tools.framing import TONE_MAP, Framing


def footage(width: int = 160, height: int = 120, **known: Any) -> Footage:
    return Footage({"width": width, "height": height, **known}, [], [], None)


def test_nothing_is_done_without_need() -> None:
    assert Framing().filters(footage()) == ([], Size(160, 120))


@pytest.mark.parametrize(
    ("framing", "chain", "size"),
    [
        (
            Framing(box=(100, 100)),
            ["scale=100:76", "setsar=1", "pad=100:100:0:12:color=0x000000@1.000"],
            Size(100, 100),
        ),
        (Framing("fillcrop", (60, 60)), ["scale=80:60", "setsar=1", "crop=60:60:10:0"], Size(60, 60)),
        (Framing("crop", (100, 60)), ["crop=100:60:30:30"], Size(100, 60)),
        (Framing(crop=Crop(x1=10, x2="50%")), ["crop=70:120:10:0"], Size(70, 120)),
        (Framing("fit", (79, None)), ["scale=80:60", "setsar=1"], Size(80, 60)),
        (Framing("fit", (79, None), even=False), ["scale=79:59", "setsar=1"], Size(79, 59)),
        (Framing(rotate=270), ["transpose=cclock"], Size(120, 160)),
        (Framing(tone_map=True), [TONE_MAP], Size(160, 120)),
    ],
)
def test_each_wish_is_a_filter(framing: Framing, chain: list[str], size: Size) -> None:
    assert framing.filters(footage()) == (chain, size)


def test_an_odd_source_loses_a_row_and_a_column() -> None:
    assert Framing().filters(footage(161, 121)) == (["crop=160:120:1:1"], Size(160, 120))


def test_interlaced_frames_are_made_whole_and_flat_pixels_square() -> None:
    chain, size = Framing().filters(footage(field_order="tt", sample_aspect_ratio="2:1"))

    assert chain == ["bwdif=mode=send_frame:deint=interlaced", "scale=320:120", "setsar=1"]
    assert size == Size(320, 120)


def test_padding_may_be_clear_where_the_format_has_alpha() -> None:
    chain, _ = Framing(box=(160, 160), background="#ff000080", clear=True).filters(footage())

    assert chain == ["format=rgba", "pad=160:160:0:20:color=0xff0000@0.502"]


def test_a_given_rotation_replaces_the_noted_one() -> None:
    noted = footage(side_data_list=[{"rotation": -90}])

    assert Framing().filters(noted)[1] == Size(120, 160)
    assert Framing(rotate=0).filters(noted)[1] == Size(160, 120)
    assert Framing(rotate=0).input_options == ("-display_rotation", "0")


def test_a_crop_that_leaves_nothing_is_refused() -> None:
    with pytest.raises(BadParams, match="160x120"):
        Framing(crop=Crop(x1=200, x2=300)).filters(footage())


@pytest.mark.parametrize(
    ("framing", "known", "chain", "size"),
    [
        (Framing(), {}, ["scale=160:120", "setsar=1"], Size(160, 120)),
        (Framing(), {"width": 1920, "height": 1080}, ["scale=320:180", "setsar=1"], Size(320, 180)),
        (Framing(rotate=90), {"width": 640}, ["transpose=clock", "scale=60:320", "setsar=1"], Size(60, 320)),
        (Framing("pad", (99, 9)), {"field_order": "tt"}, ["scale=160:120", "setsar=1"], Size(160, 120)),
        (Framing(tone_map=True), {}, ["scale=160:120", "setsar=1", TONE_MAP], Size(160, 120)),
        (Framing(), {"sample_aspect_ratio": "1:2"}, ["scale=80:120", "setsar=1"], Size(80, 120)),
    ],
)
def test_frames_to_look_at_are_small_and_upright(
    framing: Framing, known: dict[str, Any], chain: list[str], size: Size
) -> None:
    assert framing.small(footage(**known), 320) == (chain, size)
