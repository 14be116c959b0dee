"""One request at a time for each upload, and the newcomer wins."""

from __future__ import annotations

import asyncio

import pytest

from tus.errors import TusError
from tus.lockers.memory import MemoryLocker


async def test_a_holder_is_asked_to_let_go_when_a_newcomer_waits() -> None:
    locker, asked, order = MemoryLocker(), asyncio.Event(), []

    async def holder() -> None:
        async with locker.hold("a", lambda why: asked.set()):
            holding.set()
            await asked.wait()
            order.append("holder")

    holding = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(holder())
        await holding.wait()
        async with locker.hold("a"):
            order.append("newcomer")

    assert order == ["holder", "newcomer"]


async def test_one_that_waited_lets_go_at_once_if_another_came_meanwhile() -> None:
    locker, asked = MemoryLocker(), asyncio.Event()

    async def impatient(done: asyncio.Event) -> None:
        async with locker.hold("a", lambda why: done.set()):
            await done.wait()

    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(impatient(asyncio.Event()))
        await asyncio.sleep(0)
        group.create_task(impatient(asked))
        await asyncio.sleep(0)
        async with locker.hold("a"):
            assert asked.is_set()


async def test_a_holder_hears_why_it_is_asked_also_if_it_still_waited_then() -> None:
    locker, heard = MemoryLocker(), list[tuple[int, str]]()

    async def holder(number: int) -> None:
        asked = asyncio.Event()

        def let_go(why: str) -> None:
            heard.append((number, why))
            asked.set()

        async with locker.hold("a", let_go):
            await asked.wait()

    async with asyncio.TaskGroup() as group:
        for number in (1, 2):
            group.create_task(holder(number))
            await asyncio.sleep(0)
        async with locker.hold("a", why="ERR_UPLOAD_STOPPED"):
            pass

    assert heard == [(1, "ERR_UPLOAD_INTERRUPTED"), (1, "ERR_UPLOAD_STOPPED"), (2, "ERR_UPLOAD_STOPPED")]


async def test_uploads_are_held_apart() -> None:
    locker = MemoryLocker()
    async with locker.hold("a"), locker.hold("b"):
        pass


async def test_a_newcomer_gives_up_on_a_holder_that_does_not_let_go() -> None:
    locker = MemoryLocker(patience=0.01)
    async with locker.hold("a"):
        with pytest.raises(TusError) as error:
            async with locker.hold("a"):
                pass

    assert error.value.code == "ERR_UPLOAD_LOCKED"


async def test_a_cancelled_newcomer_leaves_the_line() -> None:
    locker = MemoryLocker()

    async def wait() -> None:
        async with locker.hold("a"):
            pass

    async with locker.hold("a"), asyncio.TaskGroup() as group:
        waiting = group.create_task(wait())
        await asyncio.sleep(0)
        waiting.cancel()

    async with asyncio.timeout(20), locker.hold("a"):
        pass
