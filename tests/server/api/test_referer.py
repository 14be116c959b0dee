"""Tests of auth.referer."""

import time
from typing import Any

import pytest

from server.api import referer
from server.errors import ApiError

SITE = r"^https?:\/\/(www\.)?example\.(com|org)(?=\/|$)"


@pytest.mark.parametrize("page", ["https://example.com/a?b", "http://www.example.org", None, ""])
def test_pages_of_the_site_and_those_who_send_no_referer_pass(page: str | None) -> None:
    referer.check(SITE, page)


@pytest.mark.parametrize(
    "page",
    ["https://example.com.evil.net/", "https://evil.net/?https://example.com/", "https://example.com/" + "a" * 5000],
    ids=lambda page: page[:40],
)
def test_another_page_is_a_mismatch(page: str) -> None:
    with pytest.raises(ApiError) as caught:
        referer.check(SITE, page)

    assert caught.value.code == "REFERER_MISMATCH"


@pytest.mark.case(11)
@pytest.mark.parametrize("pattern", ["(", "[", "*", 1, [], "a" * 1025, "(a+)+$"])
def test_a_pattern_that_is_wrong_or_takes_too_long_is_refused(pattern: Any) -> None:
    began = time.monotonic()

    with pytest.raises(ApiError) as caught:
        referer.check(pattern, "https://example.com/" + "a" * 4000 + "!")

    assert caught.value.code == "INVALID_AUTH_REFERER_PARAMETER"
    assert time.monotonic() - began < 0.5


def test_no_pattern_is_no_condition() -> None:
    referer.check(None, "https://example.com/")
