"""Two programs draw the same thing nearly alike, and what is not the same is seen."""

from __future__ import annotations

from pathlib import Path

import PIL.Image
import pytest

from robots.tools.images.comparison import apart

CAPS = {"pixels": 4_000_000, "frames": 1}


@pytest.fixture
def page(tmp_path: Path) -> str:
    """White with a red part at the left and a blue bar in the middle."""
    picture = PIL.Image.new("RGB", (100, 50), "white")
    picture.paste("red", (0, 0, 30, 50))
    picture.paste("blue", (60, 0, 70, 50))
    picture.save(tmp_path / "page.pdf")
    return str(tmp_path / "page.pdf")


@pytest.mark.parametrize(
    ("red", "blue", "different"),
    [
        ((0, "#f00"), (60, "#00f"), False),
        ((0, "#e10"), (61, "#11e"), False),
        ((0, "#f0f"), (60, "#00f"), True),
        ((0, "#f00"), (60, "none"), True),
        ((0, "#f00"), (80, "#00f"), True),
        ((50, "#f00"), (60, "#00f"), True),
    ],
)
def test_only_what_can_be_seen_is_a_difference(
    page: str, tmp_path: Path, red: tuple[int, str], blue: tuple[int, str], different: bool
) -> None:
    parts = ((*red, 30), (*blue, 10))
    rows = "".join(f'<rect x="{left}" width="{wide}" height="50" fill="{color}"/>' for left, color, wide in parts)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50">{rows}</svg>'
    (tmp_path / "drawing.svg").write_text(svg, "utf-8")

    assert apart(page, str(tmp_path / "drawing.svg"), **CAPS) is different
