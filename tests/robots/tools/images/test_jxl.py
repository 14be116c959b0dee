"""The size of a JPEG XL is known before it is decoded, and so is whether it moves."""

from __future__ import annotations

from pathlib import Path

import pytest

from robots.base.errors import BadInput, BadParams
from robots.base.geometry import Size
from robots.tools.images.jxl import Header, header_of
from tests import samples
from tests.robots.tools.images.shown import made


@pytest.mark.parametrize("size", [(120, 90), (64, 64), (8, 256), (1, 1), (1000, 3), (3, 700), (160, 90), (300, 257)])
def test_the_size_is_in_the_header(tmp_path: Path, size: tuple[int, int]) -> None:
    assert header_of(samples.jxl(tmp_path, *size)) == Header(Size(*size), animated=False)


def test_an_animation_is_made_a_still_picture_and_the_user_is_told(tmp_path: Path) -> None:
    path = samples.moving_jxl(tmp_path)
    still, losses = made(tmp_path, path, format="gif")

    assert header_of(path) == Header(Size(120, 90), animated=True)
    assert getattr(still, "n_frames", 1) == 1
    assert [loss for loss in losses if "Only one frame of the animation was kept" in loss] == losses != []


def test_a_frame_of_an_animation_is_not_another_one(tmp_path: Path) -> None:
    with pytest.raises(BadParams, match="cannot be read one by one"):
        made(tmp_path, samples.moving_jxl(tmp_path), format="gif", frame=1)


@pytest.mark.parametrize(
    ("bits", "animated"),
    [
        ("1", False),  # all as usual
        ("0 0", False),
        ("0 1 000 0 0 1", True),
        ("0 1 111 1 1 00000 100 0 1", True),  # with a size to be shown at
        ("0 1 000 0 1 1 00 100 0", False),  # with a preview
        ("0 1 000 0 1 0 00 000000 000 10 00000000 1", True),
    ],
)
def test_the_mark_of_an_animation_is_found_behind_other_notes(tmp_path: Path, bits: str, animated: bool) -> None:
    square = "1 00000 100 "  # of 8 pixels
    path = tmp_path / "a.jxl"
    path.write_bytes(b"\xff\x0a" + int((square + bits).replace(" ", "")[::-1], 2).to_bytes(40, "little"))

    assert header_of(path) == Header(Size(8, 8), animated)


def test_a_file_without_a_codestream_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.jxl"
    path.write_bytes(b"\0\0\0\x0cJXL \r\n\x87\n" + b"\0" * 40)

    with pytest.raises(BadInput):
        header_of(path)
