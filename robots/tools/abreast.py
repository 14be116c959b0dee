"""Does things beside the one who waits for them, and hands on what they give as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import TypeVar

T = TypeVar("T")
Act = Callable[[], Awaitable[T]]
Give = Callable[[T], Awaitable[None]]


async def as_ready(acts: Sequence[Act[T]], at_most: int) -> AsyncGenerator[T | Exception, None]:
    """What each act gives, or its exception, in the order in which they end. Close it, and the rest is cancelled."""
    waiting = iter(acts)
    ended: asyncio.Queue[T | Exception] = asyncio.Queue(at_most)

    async def lane() -> None:
        for act in waiting:
            await ended.put(await _outcome(act))

    async with asyncio.TaskGroup() as group:
        lanes = [group.create_task(lane()) for _ in acts[:at_most]]
        try:
            for _ in acts:
                yield await ended.get()
        except GeneratorExit:
            pass  # a task group would wrap it in an exception group, which nobody expects of a generator
        finally:
            for each in lanes:
                each.cancel()


async def as_given(act: Callable[[Give[T]], Awaitable[None]]) -> AsyncGenerator[T, None]:
    """Whatever an act gives while it runs; it waits until each one is taken. Close it, and the act is cancelled."""
    async with aclosing(in_lots(act, 1)) as lots:
        async for lot in lots:
            yield lot[0]


async def in_lots(act: Callable[[Give[T]], Awaitable[None]], most: int) -> AsyncGenerator[list[T], None]:
    """The same, but the act may be so many ahead, and what it gave since the last lot was taken comes together.

    Its error comes after all that it gave before.
    """
    given: asyncio.Queue[tuple[T] | None] = asyncio.Queue()
    room, wrong = asyncio.Semaphore(most), list[BaseException]()

    async def give(item: T) -> None:
        await room.acquire()
        given.put_nowait((item,))

    async def work() -> None:
        try:
            await act(give)
        except (Exception, asyncio.CancelledError) as error:  # who takes the lots hears of either
            wrong.append(error)
        given.put_nowait(None)

    async with asyncio.TaskGroup() as group:
        task = group.create_task(work())
        try:
            while lot := await _lot(given):
                for _ in lot:
                    room.release()
                yield lot
        except GeneratorExit:
            return  # who has had enough does not hear of what went wrong behind it
        finally:
            task.cancel()
    if wrong:
        raise wrong[0]


async def _lot(given: asyncio.Queue[tuple[T] | None]) -> list[T]:
    """One at least, and all that wait beside it; none at the end."""
    lot: list[T] = []
    while not (lot and given.empty()):
        found = await given.get()
        if found is None:
            if lot:
                given.put_nowait(None)
            break
        lot.append(found[0])
    return lot


async def _outcome(act: Act[T]) -> T | Exception:
    try:
        return await act()
    except Exception as error:
        return error
