"""Intake: whole uploads on their way to being Files, a few of each Assembly at once, so that reception goes first."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from functools import partial
from time import monotonic
from typing import Any

from server.engine.running import Running
from tus.upload import Upload

log = logging.getLogger(__name__)
ABREAST = 4  # more would only wait for the children, and keep the loop from those who still send
LULL = 0.01  # seconds without a whole upload of an Assembly; until then it has one looked at


class Intake:
    """Uploads that wait are known by reference only; after a crash their rows say that they still wait."""

    def __init__(self, running: Running, analyse: Callable[[Upload], Awaitable[None]]) -> None:
        self._running = running
        self._analyse = analyse
        self._waiting: dict[str, deque[Upload]] = {}
        self._abreast: dict[str, int] = {}
        self._looking: Counter[str] = Counter()
        self._came: dict[str, float] = {}

    def add(self, assembly: str, upload: Upload) -> None:
        """Looks at an upload as soon as those before it leave room."""
        self._waiting.setdefault(assembly, deque()).append(upload)
        self._came[assembly] = monotonic()
        if self._abreast.get(assembly, 0) < ABREAST:
            self._begin(assembly)

    def _begin(self, assembly: str) -> None:
        self._abreast[assembly] = self._abreast.get(assembly, 0) + 1
        self._running.start(assembly, self._look(assembly)).add_done_callback(partial(self._ended, assembly))

    async def _look(self, assembly: str) -> None:
        """One that goes wrong in a way that nobody foresaw must not take the others along."""
        waiting = self._waiting[assembly]
        while waiting:
            if self._looking[assembly]:
                await self._lull(assembly)
            if not waiting:
                return
            upload = waiting.popleft()
            self._looking[assembly] += 1
            try:
                await self._analyse(upload)
            except Exception:
                log.exception("the upload %s could not be looked at", upload.id)
            finally:
                self._looking[assembly] -= 1

    async def _lull(self, assembly: str) -> None:
        """Small files that pour in would be received at half the speed beside more than one look."""
        while (left := self._came[assembly] + LULL - monotonic()) > 0:  # noqa: ASYNC110 - of a lull no event can tell
            await asyncio.sleep(left)

    def _ended(self, assembly: str, look: asyncio.Task[Any]) -> None:
        """A cancelled one ends with its Assembly; what came just as another one ended still waits."""
        self._abreast[assembly] -= 1
        if self._waiting[assembly] and not look.cancelled():
            self._begin(assembly)
        elif not self._abreast[assembly]:
            for kept in (self._abreast, self._waiting, self._looking, self._came):
                del kept[assembly]
