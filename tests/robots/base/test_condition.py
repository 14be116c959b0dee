"""What each operator says of two values."""

from typing import Any

import pytest

from robots.base.condition import compiled, holds

TRUE = [
    (1920, "=", 1920),
    (1920, "==", "1920"),
    ("1920", "=", 1920.0),
    ("image/png", "=", "image/png"),
    (True, "=", "true"),
    (True, "=", 1),
    (None, "=", ""),
    ("", "=", 0),
    (["a", "b"], "=", "a,b"),
    (1, "===", 1.0),
    ("a", "===", "a"),
    (["a"], "===", ["a"]),
    (1, "!=", 2),
    ("1", "!=", "1.0"),
    ("A", "!=", "a"),
    ("1", "!==", 1),
    (True, "!==", 1),
    (1, "<", 2),
    ("9", "<", "10"),
    ("2024/01/31", "<", "2024/02/01"),
    (None, "<", 500),
    (5, ">", "4.5"),
    (2, "<=", 2),
    (2, ">=", "2"),
    (1024, ">=", "1 kb"),
    (1023, "<", "1KB"),
    (1024**2, "<=", "1 mb"),
    (1024**3, ">=", "1gb"),
    (1024**4, ">=", "1 TiB"),
    (1024**5, "<=", "1 pb"),
    (1536, "=", 1536),
    (1536, ">=", "1.5 kib"),
    (512, "<=", "512 b"),
    ("image/png", "regex", "^IMAGE/(png|jpe?g)$"),
    ("holiday.jpg", "regex", "day"),
    (1920, "regex", "^19"),
    ("image/png", "!regex", "video"),
    (None, "!regex", "."),
    (["cat", "dog"], "includes", "dog"),
    ([1, 2], "includes", "2"),
    ("a cat", "includes", "cat"),
    ("jpg", "includes", ["png", "jpg"]),
    (["cat", "dog"], "includes", ["cow", "cat"]),
    (["cat"], "!includes", "ca"),
    ("a cat", "!includes", "dog"),
    (None, "empty", ""),
    ([], "empty", ""),
    ({}, "empty", None),
    ("", "empty", "ignored"),
    (0, "empty", ""),
    (False, "empty", ""),
    ("0", "!empty", ""),
    ([0], "!empty", ""),
    (0.5, "!empty", ""),
    (True, "!empty", ""),
]
FALSE = [
    ("1 kb", "=", 1024),
    (1024, "=", "1kb"),
    (1, "===", "1"),
    (1, "===", True),
    (1, "!=", "1"),
    (1, "!==", 1),
    ("wide", "<", 5),
    ("wide", ">=", 5),
    (5, ">", "wide"),
    ([1, 2], "<", 5),
    ("image/png", "regex", "^png"),
    ("image/png", "!regex", "PNG"),
    (["cat"], "includes", "ca"),
    (["cat"], "!includes", "cat"),
    ("a", "empty", ""),
    ([], "!empty", ""),
]


@pytest.mark.parametrize(("left", "operator", "right"), TRUE)
def test_it_holds(left: Any, operator: str, right: Any) -> None:
    assert holds(left, operator, right)


@pytest.mark.parametrize(("left", "operator", "right"), FALSE)
def test_it_does_not_hold(left: Any, operator: str, right: Any) -> None:
    assert not holds(left, operator, right)


@pytest.mark.case(88)
def test_a_pattern_that_never_ends_elsewhere_ends_here() -> None:
    assert not holds("a" * 200_000 + "!", "regex", "^(a+)+$")


@pytest.mark.case(88)
def test_a_text_that_looks_like_a_number_for_long_is_read_once() -> None:
    assert not holds("1" * 200_000 + "!", "<", 5)
    assert holds("1" * 200_000, ">", "1 kb")


@pytest.mark.case(88)
@pytest.mark.parametrize("pattern", ["(", "(?=a)", "a{100000}", "(((a{100}){100}){100})"])
def test_a_pattern_that_re2_refuses_is_named(pattern: str) -> None:
    with pytest.raises(ValueError, match="not a regular expression"):
        compiled(pattern)


def test_broken_letters_in_a_value_are_no_fault() -> None:
    assert holds("caf\udce9", "regex", "^caf.$")
