"""The average colour that a job tells of a picture is the one that the prober would find."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from robots.probe import image
from robots.tools.images.pipeline import resize
from tests import samples


def told(path: Path, **order: Any) -> str | None:
    made = resize(str(path), f"{path}.out", path.suffix[1:], order)
    found: str | None = made["average"]
    return found


def parts(color: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(color.removeprefix("#")))


@pytest.mark.parametrize(("name", "mime"), [("p.jpg", "image/jpeg"), ("p.png", "image/png"), ("p.webp", "image/webp")])
@pytest.mark.parametrize(
    "order",
    [{}, {"width": 200}, {"width": 60, "height": 60, "resize_strategy": "fillcrop"}, {"width": 99, "negate": True}],
)
def test_it_is_that_of_the_file_whatever_is_made_of_it(
    tmp_path: Path, name: str, mime: str, order: dict[str, Any]
) -> None:
    path = tmp_path / name
    samples.picture(800, 600).save(path, quality=90)

    found = told(path, **order)

    seen = image.see(path, mime, [])
    assert found is not None
    assert max(abs(a - b) for a, b in zip(parts(found), parts(seen["average_color"]), strict=True)) <= 1
    assert seen["has_transparency"] is False


def test_gray_is_told_in_three_parts(tmp_path: Path) -> None:
    path = tmp_path / "gray.jpg"
    PIL.Image.new("L", (300, 200), 0x64).save(path)

    assert told(path, width=100) == "#646464"


@pytest.mark.parametrize("order", [{"crop": {"x1": 0, "y1": 0, "x2": 9, "y2": 9}}, {"correct_gamma": True, "width": 9}])
def test_nothing_is_told_of_a_part_or_of_other_light(tmp_path: Path, order: dict[str, Any]) -> None:
    assert told(samples.jpeg(tmp_path), **order) is None


def test_nothing_is_told_of_what_may_be_transparent_or_moves(tmp_path: Path) -> None:
    assert told(samples.png(tmp_path, alpha=True), width=100) is None
    assert told(samples.gif(tmp_path, frames=3), width=40) is None


@pytest.mark.parametrize(("order", "same"), [({}, True), ({"negate": True}, False), ({"format": "gif"}, False)])
def test_a_result_has_the_same_if_only_its_size_is_another(tmp_path: Path, order: dict[str, Any], same: bool) -> None:
    path = samples.jpeg(tmp_path, 800, 600)

    made = resize(str(path), f"{path}.out", "jpg", {"width": 200, **order})

    assert made["same"] is same
