"""A picture over a video: its place, its size and its time, as a filter graph."""

import pytest

from robots.base.geometry import Size
from robots.tools.overlay import Overlay

FRAME = Size(800, 600)


def test_it_lies_in_the_middle_for_ever() -> None:
    assert Overlay().graph([], FRAME) == (
        "[0:v:0]null[frame];[1:v:0]format=rgba[mark];"
        "[frame][mark]overlay=x=(W-w)/2+(0):y=(H-h)/2+(0):format=auto:eof_action=repeat[marked]"
    )


@pytest.mark.parametrize(
    ("position", "corner"),
    [
        ("top-left", "x=10:y=20"),
        ("bottom-right", "x=W-w-(10):y=H-h-(20)"),
        ("top", "x=(W-w)/2+(10):y=20"),
        ("right", "x=W-w-(10):y=(H-h)/2+(20)"),
    ],
)
def test_offsets_move_it_towards_the_middle(position: str, corner: str) -> None:
    assert f"overlay={corner}:" in Overlay(position, (10, 20)).graph([], FRAME)


def test_it_can_be_stretched_faint_and_short() -> None:
    graph = Overlay(share=0.25, strategy="stretch", opacity=0.5, start=1, duration=2).graph(["hflip"], FRAME)

    assert "[0:v:0]hflip[frame]" in graph
    assert "scale=200:150,format=rgba,colorchannelmixer=aa=0.5[mark]" in graph
    assert ":enable='gte(t,1.000000)*lt(t,3.000000)'[marked]" in graph
