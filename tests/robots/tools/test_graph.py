"""The filters of a graph, split where ffmpeg splits them."""

import pytest

from robots.tools.graph import read


def test_a_filter_has_the_labels_before_and_behind_it_and_follows_the_one_before_a_comma() -> None:
    first, second, third = read("[0:v][1:v]overlay=x=10[a],hflip ; scale@big=1:2[b][c]")

    assert (first.name, first.arguments, first.labels, first.gives) == ("overlay", "x=10", ("0:v", "1:v"), ("a",))
    assert (second.name, second.labels, second.gives) == ("hflip", (), ())
    assert (third.name, third.arguments, third.gives) == ("scale", "1:2", ("b", "c"))
    assert (first.follows, second.follows, third.follows) == (False, True, False)


def test_what_stands_in_quotes_or_behind_a_backslash_splits_nothing() -> None:
    found = list(read("drawtext=text='a, b; [c]':x=1,scale=min(iw\\,9):2"))

    assert [one.arguments for one in found] == ["text=a, b; [c]:x=1", "scale=min(iw,9):2".partition("=")[2]]


def test_a_value_is_found_by_each_name_and_by_its_place() -> None:
    [scale] = read("scale=10:20:w = 30:width=40")

    assert scale.values("w", "width", position=0) == ["30", "40", "10"]
    assert scale.values("h", position=1) == ["20"]
    assert scale.values("flags") == []


@pytest.mark.parametrize("graph", ["'mo'vie=x", "scale=1:1,\n=x", "a b=1", ","])
def test_what_is_no_filter_is_told(graph: str) -> None:
    with pytest.raises(ValueError, match="cannot read the filter"):
        list(read(graph))
