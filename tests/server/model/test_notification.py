"""When a Notification is sent again, and where it goes."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import pytest

from server.model.notification import Attempt, Notification, first_id, next_due, pause, target, unknown
from tests.server.model.toys import instructions, resize

DAY = 86400.0
FAILED = Attempt(100.0, 0.1, 500, "", "The receiver answered 500.")


def sent(**more: Any) -> Notification:
    return Notification("a", "b", **{"created": 100.0, "due": 100.0, **more})


def test_five_attempts_are_made_within_a_minute_and_then_ever_fewer() -> None:
    moments = [0.0, *accumulate(pause(tries) for tries in range(1, 25))]

    assert moments[:5] == [0, 3, 9, 21, 45]
    assert moments[24] > 3 * DAY
    assert pause(10**6) == pause(99) == 6 * 3600


@pytest.mark.parametrize(
    ("tries", "at", "window", "due"), [(0, 100.0, DAY, 103.0), (3, 200.0, DAY, 224.0), (3, 200.0, 110.0, None)]
)
def test_it_is_tried_again_until_its_window_is_over(tries: int, at: float, window: float, due: float | None) -> None:
    assert next_due(sent(tries=tries), at, window) == due


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ({}, "processing"),
        ({"last": FAILED}, "processing"),
        ({"last": FAILED, "due": None}, "error"),
        ({"last": Attempt(100.0, 0.1, 200), "due": None}, "successful"),
    ],
)
def test_its_state_is_what_the_api_calls_it(given: dict[str, Any], state: str) -> None:
    assert sent(**given).state == state


def test_each_assembly_tells_its_end_under_one_id() -> None:
    assert first_id("a") == first_id("a") != first_id("b")
    assert len(first_id("a")) == 32


@pytest.mark.parametrize(
    ("url", "filled", "missing"),
    [
        ("https://example.com/?a=$1&b={2}", "https://example.com/?a=$1&b={2}", []),
        ("https://example.com/${assembly.id}", "https://example.com/x", []),
        ("https://example.com${fields.evil}", "https://example.com%40other.example%2F%23", []),
        ("https://example.com/${fields.none}/${1+1}", "https://example.com//", ["fields.none", "1+1"]),
        ("https://example.com/${file.name}", "https://example.com/", ["file.name"]),
    ],
)
def test_its_address_may_hold_what_is_known_of_the_assembly(url: str, filled: str, missing: list[str]) -> None:
    read = instructions({"small": resize()}, notify_url=url, fields={"evil": "@other.example/#"})

    assert target(read, "x") == filled
    assert unknown(read, "x") == missing
