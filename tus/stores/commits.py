"""Commits: makes what many requests have written durable at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from tus import durable

T = TypeVar("T")
# A disk syncs several files in the time of one, but not many times as many.
AT_ONCE = 4


@dataclass(slots=True)
class Commit:
    """A blocking act that syncs its own file, the folder whose names it has changed, and who waits for it."""

    act: Callable[[], Any]
    folder: Path | None
    done: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None


@dataclass(slots=True)
class Commits:
    """Runs acts in few threads. Those that wait meanwhile go together, and a folder is synced once for all of them."""

    _waiting: list[Commit] = field(default_factory=list)
    _running: int = 0
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(AT_ONCE, "commit"))

    async def commit(self, act: Callable[[], T], folder: Path | None = None) -> T:
        """Returns what the act returns when all is durable. It is over even if this is cancelled."""
        loop = asyncio.get_running_loop()
        commit = Commit(act, folder, loop.create_future())
        self._waiting.append(commit)
        self._begin(loop)
        try:
            result: T = await asyncio.shield(commit.done)
        except asyncio.CancelledError:
            await asyncio.wait([commit.done])
            raise
        return result

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._running == AT_ONCE or not self._waiting:
            return
        batch, self._waiting = self._waiting, []
        self._running += 1
        work = self._threads.submit(_run, batch)
        work.add_done_callback(lambda _: loop.call_soon_threadsafe(self._end, loop, batch))

    def _end(self, loop: asyncio.AbstractEventLoop, batch: Sequence[Commit]) -> None:
        self._running -= 1
        self._begin(loop)
        for commit in batch:
            if commit.error is None:
                commit.done.set_result(commit.result)
            else:
                commit.done.set_exception(commit.error)


def _run(batch: Sequence[Commit]) -> None:
    for commit in batch:
        try:
            commit.result = commit.act()
        except Exception as error:
            commit.error = error
    for folder in {commit.folder for commit in batch if commit.folder and not commit.error}:
        try:
            durable.sync_folder(folder)
        except OSError as error:
            for commit in batch:
                if commit.folder == folder:
                    commit.error = commit.error or error
