"""Headers that users send along."""

from typing import Any

import pytest

from robots.tools.headers import header_fault, header_pairs


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
