"""A picture that was made for brighter screens says so when it comes out for ordinary ones."""

from __future__ import annotations

import struct
from pathlib import Path
from zlib import crc32

import pillow_heif
import pytest

from tests import samples
from tests.robots.tools.images.shown import flat, made

APPLE = b'<x:xmpmeta xmlns:HDRGainMap="http://ns.apple.com/HDRGainMap/1.0/" xmlns:x="adobe:ns:meta/"/>'


@pytest.mark.parametrize(("curve", "told"), [(16, True), (18, True), (13, False)])
def test_a_heic_of_pq_or_hlg_is_told(tmp_path: Path, curve: int, told: bool) -> None:
    image = pillow_heif.from_pillow(samples.picture(64, 64))
    image.save(tmp_path / "a.heic", color_primaries=9, transfer_characteristics=curve, matrix_coefficients=9)

    _, losses = made(tmp_path, tmp_path / "a.heic", format="jpg")

    assert [sentence for sentence in losses if "HDR" in sentence] == losses
    assert bool(losses) is told


def test_the_gain_map_of_a_phone_is_told(tmp_path: Path) -> None:
    pillow_heif.from_pillow(samples.picture(64, 64)).save(tmp_path / "a.heic", xmp=APPLE)

    assert made(tmp_path, tmp_path / "a.heic", format="jpg")[1][0].startswith("The picture is in standard range now")


def test_a_png_says_it_in_a_chunk(tmp_path: Path) -> None:
    flat("red").save(tmp_path / "a.png")
    content = (tmp_path / "a.png").read_bytes()
    chunk = b"cICP" + bytes([9, 16, 0, 1])
    (tmp_path / "a.png").write_bytes(
        b"".join([content[:33], struct.pack(">I", 4), chunk, struct.pack(">I", crc32(chunk)), content[33:]])
    )

    _, losses = made(tmp_path, tmp_path / "a.png", width=10)

    assert "HDR" in losses[0]
