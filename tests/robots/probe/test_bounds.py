"""What a file says of itself is bounded before anybody is told."""

import math

import orjson
import pytest

from robots.probe.bounds import MOST, bounded


@pytest.mark.case(77)
def test_all_of_it_together_stays_below_64_kib_and_the_longest_values_go_first() -> None:
    meta = {"width": 3, "title": "t" * 100, **{f"note{n}": "x" * 7000 for n in range(40)}}

    kept = bounded(meta)

    assert len(orjson.dumps(kept)) <= MOST
    assert kept["width"] == 3
    assert kept["title"] == "t" * 100


@pytest.mark.case(77)
def test_control_characters_and_marks_of_direction_are_taken_out_at_any_depth() -> None:
    meta = {"a": "one\x00\x1b[31m\u202etwo", "b": {"c": ["x\r\ny"]}}

    assert bounded(meta) == {"a": "one[31mtwo", "b": {"c": ["x\ny"]}}


@pytest.mark.case(73)
@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 1 << 60])
def test_a_number_that_json_or_a_browser_cannot_hold_is_left_out(number: float) -> None:
    assert bounded({"rate": number, "list": [1, number]}) == {"list": [1]}


@pytest.mark.case(73)
def test_a_length_of_centuries_is_left_out_and_an_ordinary_one_stays() -> None:
    assert bounded({"duration": 4_294_967_295.0}) == {}
    assert bounded({"duration": 7200.5}) == {"duration": 7200.5}


def test_what_is_nested_too_deep_is_left_out() -> None:
    deep: dict[str, object] = {}
    for _ in range(50):
        deep = {"a": deep}

    assert len(orjson.dumps(bounded(deep))) < 50
