"""A loop in a thread of its own."""

import asyncio
import threading

import pytest

from robots.tools.remote.aside import Aside


async def test_work_is_done_in_another_thread_and_gives_what_it_gives() -> None:
    async def work() -> int:
        await asyncio.sleep(0)
        return threading.get_ident()

    async with Aside() as aside:
        first, second = await aside.run(work()), await aside.run(work())

    assert first == second != threading.get_ident()


async def test_what_goes_wrong_there_is_raised_here() -> None:
    async def work() -> None:
        raise LookupError("over there")

    async with Aside() as aside:
        with pytest.raises(LookupError, match="over there"):
            await aside.run(work())


async def test_work_that_takes_its_time_holds_nobody_up() -> None:
    enough = threading.Event()

    async def work() -> bool:
        return enough.wait(30)

    async with Aside() as aside:
        task = asyncio.ensure_future(aside.run(work()))
        for _ in range(5):
            await asyncio.sleep(0.001)
        enough.set()

        assert await task


async def test_a_cancel_waits_until_the_work_has_cleared_up() -> None:
    done: list[str] = []
    begun = asyncio.Event()

    async def work() -> None:
        tell(1)
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            done.append("cleared up")

    async with Aside() as aside:
        tell = aside.telling(lambda _: begun.set())
        task = asyncio.ensure_future(aside.run(work()))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert done == ["cleared up"]


async def test_what_is_told_arrives_where_it_is_waited_for() -> None:
    told: list[tuple[float, int]] = []

    async def work() -> None:
        tell(0.5)
        tell(1)

    async with Aside() as aside:
        tell = aside.telling(lambda value: told.append((value, threading.get_ident())))
        await aside.run(work())

    assert told == [(0.5, threading.get_ident()), (1, threading.get_ident())]


async def test_the_thread_ends_with_it() -> None:
    async def work() -> threading.Thread:
        return threading.current_thread()

    async with Aside() as aside:
        thread = await aside.run(work())

    thread.join(10)
    assert not thread.is_alive()
