"""Who takes long lends the seat to the next one; there are never more than twice as many at work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from robots.tools import seats
from robots.tools.seats import Seats
from robots.tools.turns import on_behalf_of


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

    async with taken(seats, 2), asyncio.timeout(20), seats.seat():
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
        async with asyncio.timeout(20), seats.seat():
            pass


@pytest.mark.case(64, 118)
async def test_when_all_are_lent_to_calls_without_end_who_has_none_still_finds_one() -> None:
    seats = Seats(1, 0)

    with on_behalf_of("a", "1"):
        flood = taken(seats, 2)
        async with flood, asyncio.TaskGroup() as group, asyncio.timeout(20):
            more = [group.create_task(_seated(seats)) for _ in range(5)]
            with on_behalf_of("a", "2"):
                await _seated(seats)
                async with taken(seats, 1):
                    with on_behalf_of("b", "3"):
                        await _seated(seats)

            assert not any(call.done() for call in more)
            for call in more:
                call.cancel()


async def test_who_is_cancelled_while_waiting_leaves_the_seat_to_others() -> None:
    seats = Seats(1, 60)
    async with taken(seats, 1) as end, asyncio.TaskGroup() as group:
        gone, stays = group.create_task(_seated(seats)), group.create_task(_seated(seats))
        await asyncio.sleep(0)
        end.set()
        await asyncio.sleep(0)  # the seat is granted, and nobody has sat down
        gone.cancel()

    assert stays.done()
    async with asyncio.timeout(20), seats.seat():
        pass


async def _seated(seats: Seats) -> None:
    async with seats.seat():
        pass


def test_where_the_machine_cannot_be_asked_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    assert seats.roomy()

    monkeypatch.setattr(seats, "MEMORY", seats.MEMORY / "nowhere")

    assert seats.roomy()
