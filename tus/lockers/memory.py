"""Holds uploads within one process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tus.errors import TusError
from tus.locker import TAKEN_OVER, LetGo, hurry


@dataclass(slots=True)
class Line:
    """The requests that stand at one upload: the one that holds it, and those that wait."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    standing: int = 0
    let_go: LetGo = hurry
    why: str = TAKEN_OVER


class MemoryLocker:
    """A line for each upload that somebody wants; `patience` is how many seconds a newcomer waits for the holder."""

    def __init__(self, patience: float = 20.0) -> None:
        self._patience = patience
        self._lines: dict[str, Line] = {}

    @asynccontextmanager
    async def hold(self, id: str, let_go: LetGo = hurry, why: str = TAKEN_OVER) -> AsyncIterator[None]:
        line = self._lines.setdefault(id, Line())
        line.standing += 1
        line.why = why
        line.let_go(why)
        try:
            await self._acquire(line)
            line.let_go = let_go
            # Somebody may have come while this one waited: then that one is the newcomer now.
            if line.standing > 1:
                let_go(line.why)
            try:
                yield
            finally:
                line.let_go = hurry
                line.lock.release()
        finally:
            line.standing -= 1
            if not line.standing:
                del self._lines[id]

    async def _acquire(self, line: Line) -> None:
        if not line.lock.locked():
            await line.lock.acquire()  # at once, so no alarm is needed
            return
        try:
            async with asyncio.timeout(self._patience):
                await line.lock.acquire()
        except TimeoutError as error:
            raise TusError("ERR_UPLOAD_LOCKED") from error
