"""Does things beside the one who waits for them, and hands on what they give as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
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
    given: asyncio.Queue[tuple[T] | None] = asyncio.Queue(1)
    wrong: list[Exception] = []

    async def work() -> None:
        try:
            await act(lambda item: given.put((item,)))
        except Exception as error:
            wrong.append(error)
        await given.put(None)

    async with asyncio.TaskGroup() as group:
        task = group.create_task(work())
        try:
            while (item := await given.get()) is not None:
                yield item[0]
        except GeneratorExit:
            pass
        finally:
            task.cancel()
    if wrong:
        raise wrong[0]


async def _outcome(act: Act[T]) -> T | Exception:
    try:
        return await act()
    except Exception as error:
        return error
