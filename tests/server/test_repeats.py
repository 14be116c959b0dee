"""A flood of lines does not fill the disk, and is not hidden either."""

import logging

import pytest

from server.repeats import MOST, WITHIN, Repeats


class Clock:
    """Says what it is told to say."""

    now = 0.0


def record(words: str = "upload %s failed", name: str = "a", line: int = 7) -> logging.LogRecord:
    return logging.LogRecord("server.engine.uploads", logging.ERROR, "uploads.py", line, words, (name,), None)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def repeats(clock: Clock) -> Repeats:
    return Repeats(lambda: clock.now)


@pytest.mark.case(120)
def test_of_a_million_errors_a_few_are_written(repeats: Repeats) -> None:
    written = sum(repeats.filter(record(name=str(number))) for number in range(10_000))

    assert written == MOST


@pytest.mark.case(120)
def test_afterwards_it_is_told_how_many_there_were(repeats: Repeats, clock: Clock) -> None:
    for _ in range(MOST + 5):
        repeats.filter(record())
    clock.now += WITHIN
    again = record(name="100 %s")

    assert repeats.filter(again)
    assert again.getMessage() == "upload 100 %s failed (and 5 like it before)"


def test_other_lines_are_written_meanwhile(repeats: Repeats) -> None:
    for _ in range(MOST + 5):
        repeats.filter(record())

    assert repeats.filter(record(line=8))


def test_a_line_now_and_then_is_always_written(repeats: Repeats, clock: Clock) -> None:
    for _ in range(1000):
        clock.now += WITHIN / MOST

        assert repeats.filter(record())
