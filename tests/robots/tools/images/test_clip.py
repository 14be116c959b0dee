"""A clipping path bounds what is done to a picture."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest

from robots.tools.images.clip import outline, resources
from tests.robots.tools.images.shown import RED, flat, made, near, pixel

CYAN = (0, 255, 255)


def block(**paths: tuple[float, float, float, float]) -> bytes:
    """Image resources with rectangles (left, top, right, bottom, in parts of the picture) as paths."""
    resource = b""
    for number, (name, (left, top, right, bottom)) in enumerate(paths.items()):
        corners = [(top, left), (top, right), (bottom, right), (bottom, left)]
        records = struct.pack(">HH22x", 6, 0) + struct.pack(">HH22x", 0, len(corners))
        for corner in corners:
            fixed = [round(part * (1 << 24)) for part in corner * 3]
            records += struct.pack(">H6i", 1, *fixed)
        label = bytes([len(name)]) + name.encode()
        resource += b"8BIM" + struct.pack(">H", 2000 + number) + label + b"\0" * (len(label) % 2)
        resource += struct.pack(">I", len(records)) + records
    return resource


def photo(path: Path, **paths: tuple[float, float, float, float]) -> Path:
    """A red JPEG with these paths."""
    flat(RED, size=(80, 60)).save(path, quality=95)
    body = b"Photoshop 3.0\0" + block(**paths)
    jpeg = path.read_bytes()
    path.write_bytes(jpeg[:2] + b"\xff\xed" + struct.pack(">H", len(body) + 2) + body + jpeg[2:])
    return path


LEFT, LOWER = (0.0, 0.0, 0.5, 1.0), (0.0, 0.5, 1.0, 1.0)


def test_operations_work_inside_the_first_path(tmp_path: Path) -> None:
    image, losses = made(tmp_path, photo(tmp_path / "a.jpg", left=LEFT, lower=LOWER), clip=True, negate=True)

    assert near(pixel(image, 10, 10), CYAN, 8)
    assert near(pixel(image, 70, 50), RED, 8)
    assert losses == []


def test_a_path_is_found_by_its_name(tmp_path: Path) -> None:
    image, _ = made(tmp_path, photo(tmp_path / "a.jpg", left=LEFT, lower=LOWER), clip="lower", negate=True, width=40)

    assert near(pixel(image, 5, 5), RED, 8)
    assert near(pixel(image, 35, 25), CYAN, 8)


def test_a_picture_is_cut_out_along_its_path(tmp_path: Path) -> None:
    order: Any = {"preclip_alpha": "Transparent", "alpha": "Opaque", "format": "png", "background": "none"}

    image, _ = made(tmp_path, photo(tmp_path / "a.jpg", left=LEFT), clip=True, **order)

    assert pixel(image, 10, 10, "RGBA")[3] == 255
    assert pixel(image, 70, 10, "RGBA")[3] == 0


@pytest.mark.parametrize("clip", [True, "nowhere"])
def test_a_picture_without_the_path_is_told(tmp_path: Path, clip: Any) -> None:
    _, losses = made(tmp_path, photo(tmp_path / "a.jpg"), clip=clip)

    assert "clipping path" in losses[0]


def test_broken_resources_are_no_path() -> None:
    whole = block(left=LEFT)

    assert [name for cut in range(40) for name, _ in resources(whole[:cut])] == []
    assert outline(b"\0" * 30, 10, 10) == ""
