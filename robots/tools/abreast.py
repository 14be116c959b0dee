"""Does several things at once and hands on what they give as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import TypeVar

T = TypeVar("T")
Act = Callable[[], Awaitable[T]]


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


async def _outcome(act: Act[T]) -> T | Exception:
    try:
        return await act()
    except Exception as error:
        return error
