"""Headers that users send along."""

from email.header import decode_header, make_header
from typing import Any

import pytest

from robots.tools.headers import encoded_words, header_fault, header_pairs


@pytest.mark.parametrize(
    ("given", "pairs"),
    [
        (["Authorization: Bearer abc", "X-Time: 12:30"], {"Authorization": "Bearer abc", "X-Time": "12:30"}),
        (
            [{"Authorization": "Bearer abc"}, {"X-A": "1", "X-B": "2"}],
            {"Authorization": "Bearer abc", "X-A": "1", "X-B": "2"},
        ),
        (["X-A: 1", {"X-B": "2"}], {"X-A": "1", "X-B": "2"}),
        ({"X-A": "1"}, {"X-A": "1"}),
        ("X-A: 1", {"X-A": "1"}),
        ('{"X-A": 1}', {"X-A": "1"}),
        ('["X-A: 1", {"X-B": "2"}]', {"X-A": "1", "X-B": "2"}),
        ("", {}),
        ([], {}),
    ],
)
def test_headers_come_in_many_forms(given: Any, pairs: dict[str, str]) -> None:
    assert header_pairs(given) == pairs


@pytest.mark.parametrize("given", ["nonsense", ["nonsense"], "12", '"nonsense"'])
def test_a_text_without_a_colon_is_no_header(given: Any) -> None:
    with pytest.raises(ValueError, match="is not a header"):
        header_pairs(given)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Host", "a"),
        ("cookie", "a"),
        ("Proxy-Authorization", "a"),
        ("Connection", "close"),
        ("X-A", "a\r\nX-B: b"),
        ("X A", "a"),
        ("", "a"),
        ("Transfer-Encoding", "chunked"),
        ("Content-Length", "1"),
        ("Sec-Fetch-Mode", "a"),
    ],
)
def test_headers_that_change_the_request_itself_are_refused(name: str, value: str) -> None:
    assert header_fault(name, value)


def test_headers_that_say_who_asks_are_fine() -> None:
    assert header_fault("Authorization", "Bearer abc") is None
    assert header_fault("X-Api-Key", "abc") is None


@pytest.mark.parametrize("value", ["", "a =?b?= c", "日本語" * 40, "a " * 60 + "ü", "ü\x85\u2028a", "a\ud800b"])
def test_letters_of_any_language_become_words_of_ascii_that_give_them_back(value: str) -> None:
    words = encoded_words(value)

    assert words.isascii()
    assert all(len(word) <= 75 for word in words.split(" "))
    assert str(make_header(decode_header(words))) == value.encode("utf-8", "replace").decode()
