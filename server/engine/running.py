"""Running: the tasks of the jobs that run here, so that an Assembly's end can end them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from server.tasks import Tasks


class Running:
    """Which tasks work for which Assembly."""

    def __init__(self) -> None:
        self._of: dict[str, Tasks] = {}

    def start(self, assembly: str, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Runs a job's work as a task of its Assembly."""
        tasks = self._of.setdefault(assembly, Tasks())
        task = tasks.start(work)
        task.add_done_callback(lambda _: self._ended(assembly))
        return task

    def stop(self, assembly: str) -> None:
        """Cancels them; each kills its child and removes its scratch folder on the way out.

        The task that asks is spared: it has just ended the Assembly itself and is about to return.
        """
        if tasks := self._of.get(assembly):
            tasks.cancel(spare=asyncio.current_task())

    async def wait(self, seconds: float) -> None:
        """Gives the jobs some time to end by themselves, then ends them."""
        async with asyncio.TaskGroup() as group:
            for tasks in list(self._of.values()):
                group.create_task(tasks.close(grace=seconds))

    def __len__(self) -> int:
        return sum(map(len, self._of.values()))

    def _ended(self, assembly: str) -> None:
        if assembly in self._of and not self._of[assembly]:
            del self._of[assembly]
