"""A picture lies upright and whole in its SVG."""

from __future__ import annotations

import base64
import re
from io import BytesIO
from pathlib import Path

import PIL.Image
import pytest
import pyvips

from robots.tools.drawing import examine
from robots.tools.images import enclosure
from robots.tools.images.enclosure import HEAVY, HOLDS, enclose
from tests import samples

CAPS = {"pixels": 1_000_000, "frames": 10}


def held(svg: Path) -> PIL.Image.Image:
    """The picture inside."""
    (inner,) = re.findall(r";base64,([^\"]*)\"", svg.read_text("ascii"))
    return PIL.Image.open(BytesIO(base64.b64decode(inner, validate=True)))


def test_a_photo_stays_a_jpeg_and_stands_upright_in_its_size(tmp_path: Path) -> None:
    target = tmp_path / "a.svg"
    losses = enclose(str(samples.jpeg(tmp_path, 80, 40, orientation=6)), str(target), **CAPS)["losses"]
    shown = pyvips.Image.svgload(str(target))

    assert (held(target).format, held(target).size) == ("JPEG", (40, 80))
    assert held(target).getexif().get(0x0112, 1) == 1
    assert (shown.width, shown.height) == (40, 80)
    assert losses == [HOLDS]
    assert examine(str(target)) == {"letters": False}
    assert not list(tmp_path.glob("*.inner"))


def test_the_inks_and_the_depth_of_a_picture_are_those_of_screens(tmp_path: Path) -> None:
    PIL.Image.new("CMYK", (8, 8), (0, 255, 255, 0)).save(tmp_path / "ink.jpg")
    losses = enclose(str(tmp_path / "ink.jpg"), str(tmp_path / "a.svg"), **CAPS)["losses"]
    red, green, blue = pyvips.Image.svgload(str(tmp_path / "a.svg"))(4, 4)[:3]

    assert held(tmp_path / "a.svg").mode == "RGB"
    assert red > 200
    assert max(green, blue) < 60
    assert "became sRGB" in losses[0]


def test_a_picture_of_many_pieces_comes_out_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enclosure, "PIECE", 3 << 5)
    monkeypatch.setattr(enclosure, "LARGE", 1000)
    source = samples.png(tmp_path, 40, 30, alpha=True)
    losses = enclose(str(source), str(tmp_path / "a.svg"), **CAPS)["losses"]

    with PIL.Image.open(source) as given:
        assert held(tmp_path / "a.svg").tobytes() == given.tobytes()
    assert losses == [HOLDS, HEAVY]


def test_a_page_is_as_large_as_on_paper(tmp_path: Path) -> None:
    enclose(str(samples.pdf(tmp_path)), str(tmp_path / "a.svg"), pixels=9_000_000, frames=10)
    shown = pyvips.Image.svgload(str(tmp_path / "a.svg"))

    assert 'width="595.' in (tmp_path / "a.svg").read_text("ascii")[:200]
    assert (shown.width, shown.height) == pytest.approx((595, 842), abs=2)
    assert held(tmp_path / "a.svg").width == pytest.approx(595 / 72 * 150, abs=2)
