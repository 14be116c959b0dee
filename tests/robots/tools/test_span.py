"""The part of a video that is wanted, in every way of saying it."""

from typing import Any

import pytest

from robots.base.errors import BadParams
from robots.tools.options import parsed
from robots.tools.span import Span


@pytest.mark.parametrize(
    ("wish", "span", "left"),
    [
        ({}, Span(), 10),
        ({"ss": 4}, Span(4), 6),
        ({"t": "0:03"}, Span(0, 3), 3),
        ({"ss": 2, "to": 5}, Span(2, 3), 3),
        ({"ss": 2, "to": 5, "t": 1}, Span(2, 1), 1),
        ({"t": 99}, Span(0, 99), 10),
        ({"input_options": {"ss": 2, "t": 6}, "ss": 1}, Span(3, 5), 5),
    ],
)
def test_start_and_length(wish: dict[str, Any], span: Span, left: float) -> None:
    assert Span.of(parsed(wish)) == span
    assert span.within(10) == left


@pytest.mark.parametrize(
    "wish", [{"t": 0}, {"to": 0}, {"to": 1, "ss": 5}, {"ss": 1, "to": "1.0"}, {"input_options": {"t": 2}, "ss": 2}]
)
def test_a_part_without_length_is_a_fault_of_the_parameters(wish: dict[str, Any]) -> None:
    with pytest.raises(BadParams, match="nothing is left"):
        Span.of(parsed(wish))


def test_a_moment_late_in_a_long_film_is_sought_to_the_millisecond() -> None:
    assert Span.of(parsed({"ss": "3:00:00.042"})).input == ["-ss", "10800.042000"]


def test_a_source_of_unknown_length_has_only_the_wanted_length() -> None:
    assert Span(5).within(None) is None
    assert Span(5, 3).within(None) == 3


def test_the_start_is_sought_before_the_input_and_the_length_bounds_the_output() -> None:
    assert Span(1.5, 2).input == ["-ss", "1.500000"]
    assert Span(1.5, 2).output == ["-t", "2.000000"]
    assert Span().input == Span().output == []


def test_what_is_read_ahead_does_not_come_into_the_output() -> None:
    assert Span(20, 2, ahead=12).input == ["-ss", "8.000000"]
    assert Span(20, 2, ahead=12).output == ["-ss", "12.000000", "-t", "2.000000"]
    assert Span(5, ahead=5).input == []
    assert Span(5, ahead=5).output == ["-ss", "5.000000"]


def test_filters_see_neither_what_is_read_ahead_nor_its_times() -> None:
    assert Span(20, ahead=12).begin == ["trim=start=12.000000", "setpts=round(PTS-12.000000/TB)"]
    assert Span(20, ahead=12).end == ["setpts=round(PTS+12.000000/TB)"]
    assert Span(20).begin == Span(20).end == []
