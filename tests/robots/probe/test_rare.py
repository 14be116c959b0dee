"""Rare pictures are known by their bytes, and other bytes are not taken for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from robots.probe.inspection import inspect
from robots.probe.mime import sniff

HEADER = bytes((0, 0, 2)) + bytes(9) + bytes((4, 0, 2, 0, 24, 0))  # a Targa of 4 × 2 pixels
MAX = 200_000_000


def drawn(path: Path, mode: str, **how: Any) -> Path:
    Image.radial_gradient("L").resize((60, 40)).convert(mode).save(path, **how)
    return path


@pytest.mark.parametrize(
    ("ending", "mode", "how", "mime"),
    [
        ("tga", "RGB", {}, "image/x-tga"),
        ("tga", "RGBA", {"compression": "tga_rle", "id_section": b"by hand"}, "image/x-tga"),
        ("tga", "L", {}, "image/x-tga"),
        ("tga", "P", {}, "image/x-tga"),
        ("sgi", "RGB", {}, "image/x-sgi"),
        ("sgi", "L", {"bpc": 2}, "image/x-sgi"),
        ("j2k", "RGB", {}, "image/x-jp2-codestream"),
        ("qoi", "RGB", {}, "image/qoi"),
        ("dds", "RGB", {}, "image/vnd.ms-dds"),
        ("pcx", "1", {}, "image/x-pcx"),
        ("ppm", "RGB", {}, "image/x-portable-pixmap"),
        ("pgm", "L", {}, "image/x-portable-greymap"),
        ("pbm", "1", {}, "image/x-portable-bitmap"),
    ],
)
def test_rare_pictures_tell_their_type_and_size(tmp_path: Path, ending: str, mode: str, how: Any, mime: str) -> None:
    found = inspect(str(drawn(tmp_path / f"picture.{ending}", mode, **how)), "picture", [], MAX)

    assert (found["mime"], found["type"]) == (mime, "image")
    assert (found["meta"]["width"], found["meta"]["height"]) == (60, 40)
    assert found["meta"]["average_color"]


@pytest.mark.parametrize("end", [b"", bytes(26)])
def test_a_targa_without_a_mark_is_known_by_its_length(tmp_path: Path, end: bytes) -> None:
    path = tmp_path / "picture"
    path.write_bytes(HEADER + bytes(4 * 2 * 3) + end)

    assert sniff(path, "picture.tga") == ("application/octet-stream" if end else "image/x-tga")


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (b"P1 and P2 are fine.", "text/plain"),
        ("P4\nis where the café stands".encode(), "text/plain"),
        (b"P5\nis\0what\xff", "application/octet-stream"),
        (HEADER, "application/octet-stream"),
        (b"\x01\xda" + bytes(40), "application/octet-stream"),
    ],
)
def test_bytes_that_begin_alike_are_no_pictures(tmp_path: Path, content: bytes, mime: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)

    assert sniff(path, "file.bin") == mime


def test_a_long_comment_does_not_take_long(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"P3" + b"#\n " * 20_000)

    assert sniff(path, "file.bin") == "text/plain"
