"""A picture that was made for brighter screens says so when it comes out for ordinary ones."""

from __future__ import annotations

import struct
from pathlib import Path
from zlib import compress, crc32

import pillow_heif
import pytest

from robots.probe.inspection import inspect
from robots.tools.images.pipeline import resize
from tests import samples
from tests.robots.tools.images.shown import flat, made, near, pixel

APPLE = b'<x:xmpmeta xmlns:HDRGainMap="http://ns.apple.com/HDRGainMap/1.0/" xmlns:x="adobe:ns:meta/"/>'


GRAY = 130  # 100 cd/m² in PQ, which come to the same in a picture of a video


def heic(folder: Path, curve: int) -> Path:
    """A gray picture, in the colours of BT.2020."""
    image, path = pillow_heif.from_pillow(flat((GRAY,) * 3, size=(64, 64))), folder / "a.heic"
    image.save(path, quality=100, color_primaries=9, transfer_characteristics=curve, matrix_coefficients=9)
    return path


@pytest.mark.parametrize(("curve", "gray"), [(16, 158), (18, 126), (13, GRAY)])
def test_a_heic_of_pq_or_hlg_comes_to_ordinary_screens_and_is_told(tmp_path: Path, curve: int, gray: int) -> None:
    image, losses = made(tmp_path, heic(tmp_path, curve), format="jpg")

    assert near(pixel(image), (gray,) * 3, 4)
    assert [sentence for sentence in losses if "HDR" in sentence] == losses
    assert bool(losses) is (gray != GRAY)


def test_the_gain_map_of_a_phone_is_told(tmp_path: Path) -> None:
    pillow_heif.from_pillow(samples.picture(64, 64)).save(tmp_path / "a.heic", xmp=APPLE)

    assert made(tmp_path, tmp_path / "a.heic", format="jpg")[1][0].startswith("The picture is in standard range now")


def chunk(name: bytes, content: bytes) -> bytes:
    """A part of a PNG."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", crc32(name + content))


def png(folder: Path, primaries: int) -> Path:
    """A gray picture of PQ."""
    path = folder / "a.png"
    flat((GRAY,) * 3).save(path)
    content = path.read_bytes()
    path.write_bytes(content[:33] + chunk(b"cICP", bytes([primaries, 16, 0, 1])) + content[33:])
    return path


@pytest.mark.parametrize("primaries", [1, 9, 12])
def test_a_png_says_it_in_a_chunk_and_no_longer_does(primaries: int, tmp_path: Path) -> None:
    image, losses = made(tmp_path, png(tmp_path, primaries), width=10)

    assert near(pixel(image, 5, 5), (158, 158, 158), 3)
    assert "HDR" in losses[0]
    assert b"cICP" not in (tmp_path / "target").read_bytes()


def test_whether_a_job_or_a_look_sees_an_hdr_png_first_its_colour_is_the_one_of_the_file(tmp_path: Path) -> None:
    path = str(png(tmp_path, 9))

    told = resize(path, str(tmp_path / "out"), "png", {"width": 10})

    assert inspect(path, "a.png", [], 10**6)["meta"]["average_color"] == "#828282"
    assert told["average"] in ("#828282", None)


def test_pixels_that_spell_such_a_chunk_are_pixels(tmp_path: Path) -> None:
    parts = {b"IHDR": struct.pack(">IIBB3x", 4, 1, 8, 2), b"IDAT": compress(b"\0cICP\x09\x10\0\1last", 0), b"IEND": b""}
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts.items()))

    image, losses = made(tmp_path, tmp_path / "a.png")

    assert pixel(image, 0, 0) == tuple(b"cIC")
    assert losses == []
