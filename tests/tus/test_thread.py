"""A blocking act is over when the task that waits for it ends, however it ends."""

from __future__ import annotations

import asyncio
import threading

import pytest

from tus.thread import in_thread


async def test_an_act_has_its_answer_and_its_error() -> None:
    assert await in_thread(int, "12", base=8) == 10
    with pytest.raises(ValueError, match="invalid literal"):
        await in_thread(int, "nine")


async def test_a_cancelled_task_ends_only_after_its_act() -> None:
    begun, may_end, done = threading.Event(), threading.Event(), threading.Event()

    def act() -> None:
        begun.set()
        may_end.wait()
        done.set()

    task = asyncio.ensure_future(in_thread(act))
    await asyncio.to_thread(begun.wait)
    task.cancel()
    asyncio.get_running_loop().call_later(0.05, may_end.set)
    with pytest.raises(asyncio.CancelledError):
        await task

    assert done.is_set()
