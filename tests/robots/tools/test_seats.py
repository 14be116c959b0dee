"""Who takes long lends the seat to the next one; there are never more than twice as many at work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from robots.tools import seats
from robots.tools.seats import Seats


@asynccontextmanager
async def taken(seats: Seats, count: int) -> AsyncIterator[asyncio.Event]:
    """So many calls that end when they are told to."""
    end, inside = asyncio.Event(), asyncio.Semaphore(0)

    async def call() -> None:
        async with seats.seat():
            inside.release()
            await end.wait()

    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(call())
        for _ in range(count):
            await inside.acquire()
        yield end
        end.set()


async def test_nobody_waits_longer_than_the_patience_for_those_who_take_long() -> None:
    seats = Seats(2, 0.02)

    async with taken(seats, 2), asyncio.timeout(5), seats.seat():
        pass


async def test_at_most_twice_as_many_work_at_once() -> None:
    seats = Seats(2, 0)

    async with taken(seats, 4) as end:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05), seats.seat():
                pass
        end.set()

    async with taken(seats, 4):
        pass


async def test_a_seat_that_was_lent_is_not_given_back_twice() -> None:
    seats = Seats(1, 0)
    async with taken(seats, 2):
        pass
    seats.patience = 60

    async with seats.seat():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02), seats.seat():
                pass


async def test_without_memory_to_spare_nothing_is_lent_until_there_is_some() -> None:
    room = False
    seats = Seats(1, 0, lambda: room)

    async with taken(seats, 1):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02), seats.seat():
                pass
        room = True
        async with asyncio.timeout(5), seats.seat():
            pass


def test_where_the_machine_cannot_be_asked_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    assert seats.roomy()

    monkeypatch.setattr(seats, "MEMORY", seats.MEMORY / "nowhere")

    assert seats.roomy()
