"""Tests of the params field."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.api import params
from server.errors import ApiError

PLAIN = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    PLAIN | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcé"), inner, max_size=4),
)


@given(st.dictionaries(st.text("abc"), VALUES, max_size=4))
def test_what_is_sent_is_what_is_read(value: dict[str, object]) -> None:
    assert params.read(json.dumps(value)) == value


@pytest.mark.parametrize("text", [None, ""])
def test_a_request_without_params_is_told_so(text: str | None) -> None:
    with pytest.raises(ApiError) as caught:
        params.read(text)

    assert caught.value.code == "NO_PARAMS_FIELD"


@pytest.mark.parametrize("text", ["[]", "1", "null", '"text"', "true"])
def test_params_must_be_an_object(text: str) -> None:
    with pytest.raises(ApiError) as caught:
        params.read(text)

    assert caught.value.code == "NO_OBJECT_PARAMS_FIELD"


HOSTILE = {
    "no JSON": "a=b",
    "cut off": '{"a": ',
    "more behind it": "{} {}",
    "a key twice": '{"a": 1, "b": {"c": 1, "c": 2}}',
    "many keys twice": "{" + ",".join(f'"k{n % 50_000}":1' for n in range(100_000)) + "}",
    "NaN": '{"a": NaN}',
    "infinity": '{"a": -Infinity}',
    "a float beyond all": '{"a": 1e400}',
    "a long number": '{"a": ' + "9" * 10_000 + "}",
    "a number of more than 64 bits": '{"a": 18446744073709551616}',
    "a number of more than 64 bits below nothing": '{"a": -9223372036854775809}',
    "too deep": '{"a": ' + "[" * 64 + "]" * 64 + "}",
    "far too deep": "[" * 100_000,
    "far too deep objects": '{"a":' * 100_000,
    "half a surrogate": '{"a": ["\\ud800"]}',
    "half a surrogate in a key": '{"\\udfff": 1}',
}


@pytest.mark.case(14, 15, 16, 17, 18)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_json_is_refused_quickly_with_a_reason(text: str) -> None:
    began = time.monotonic()

    with pytest.raises(ApiError) as caught:
        params.read(text)

    assert caught.value.code == "INVALID_PARAMS_FIELD"
    assert 20 < len(str(caught.value.reason)) < 200
    assert time.monotonic() - began < 1


def test_sixty_deep_is_deep_enough() -> None:
    assert params.read('{"a": ' + "[" * 60 + "]" * 60 + "}")


@pytest.mark.parametrize("rows", ['{"a":[1,{"b":"c"}]}', "[]", '"\\\\", "a"', "1e5"])
@pytest.mark.case(19, 119)
def test_far_more_values_than_may_be_are_refused_before_they_are_made(rows: str) -> None:
    text = f'{{"a": [{",".join([rows] * 50_000)}]}}'

    with pytest.raises(ApiError, match="more than 20000 values"):
        params.read(text)


def test_what_stands_in_a_text_is_no_value() -> None:
    text = '[,{"a\\' * 50_000

    assert params.read(json.dumps({"a": text})) == {"a": text}
