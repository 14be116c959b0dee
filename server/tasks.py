"""Tasks: the owner of work that goes on beside requests."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger(__name__)


class Tasks:
    """Keeps its tasks, logs those that break, and ends them when it is closed."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def cancel(self, spare: asyncio.Task[Any] | None = None) -> None:
        for task in self._tasks - {spare}:
            task.cancel()

    async def close(self, grace: float = 0.0) -> None:
        """Waits so many seconds for them to end by themselves, then ends them."""
        if grace and self._tasks:
            await asyncio.wait(self._tasks, timeout=grace)
        while self._tasks:
            self.cancel()
            await asyncio.wait(self._tasks)

    def __len__(self) -> int:
        return len(self._tasks)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("work in the background broke", exc_info=error)
