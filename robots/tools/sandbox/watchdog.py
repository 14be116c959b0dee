"""Watchdog: what no resource limit counts, namely the memory, the processes and the files of a whole tree."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from robots.base.errors import BadInput, RobotError, ToolFailed
from robots.tools.sandbox.limits import Limits
from robots.tools.sandbox.tree import resident, tree

EVERY = 0.25
DISK_EVERY = 4  # looks at the processes for one at the disk


class Watchdog:
    """Looks after the trees whose `roots` it is told; `folder` is where their files are."""

    def __init__(self, limits: Limits, roots: Callable[[], list[int]], folder: Path | None) -> None:
        self.limits = limits
        self.roots = roots
        self.folder = folder

    async def watch(self) -> RobotError:
        """Ends when a limit is passed; the answer says which."""
        looks = 0
        while True:
            await asyncio.sleep(EVERY)
            looks += 1
            if wrong := self._processes():
                return wrong
            if looks % DISK_EVERY == 0 and self.folder and (wrong := await asyncio.to_thread(self._disk, self.folder)):
                return wrong

    def _processes(self) -> RobotError | None:
        pids = tree(self.roots())
        if len(pids) > self.limits.processes:
            return ToolFailed("The file makes a program start more processes than one job may have.")
        if resident(pids, self.limits.resident) > self.limits.resident:
            return BadInput("The file needs more memory than one job may use.")
        return None

    def _disk(self, folder: Path) -> RobotError | None:
        size = 0
        for count, used in enumerate(_files(folder)):
            size += used
            if size > self.limits.disk or count >= self.limits.files:
                return ToolFailed("The file makes a program write more than one job may keep on the disk.")
        return None


def _files(folder: Path) -> Iterator[int]:
    """How much each file in a folder takes; those that go meanwhile take nothing."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                yield _size(entry)
                if entry.is_dir(follow_symlinks=False):
                    yield from _files(Path(entry.path))
    except OSError:
        return


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_blocks * 512
    except OSError:
        return 0
