"""Intake: whole uploads on their way to being Files, a few of each Assembly at once, so that reception goes first."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from time import monotonic
from typing import Any

from server.engine.files import SMALL
from server.engine.running import Running
from tus.upload import Upload

log = logging.getLogger(__name__)
ABREAST = 4  # more would only wait for the children, and keep the loop from those who still send
TOGETHER = 16  # small ones that are looked at in one go
LULL = 0.01  # seconds without a whole upload of an Assembly; until then it has one go at a time
CALM = 0.05  # likewise, where small ones wait: a busy server takes its own delay for a lull
REST = 10  # times what a go at small ones took; until then the next one waits, unless there is a lull
LONGEST = 0.5  # seconds of rest, for somebody watches


class Intake:
    """Uploads that wait are known by reference only; after a crash their rows say that they still wait."""

    def __init__(self, running: Running, analyse: Callable[[str, Sequence[Upload]], Awaitable[None]]) -> None:
        self._running = running
        self._analyse = analyse
        self._waiting: dict[str, deque[Upload]] = {}
        self._abreast: dict[str, int] = {}
        self._looking: Counter[str] = Counter()
        self._came: dict[str, float] = {}
        self._rested: dict[str, float] = {}

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
        """Those that go wrong in a way that nobody foresaw must not take the others along."""
        while self._waiting[assembly]:
            await self._lull(assembly)
            uploads, began = self._next(assembly), monotonic()
            if not uploads:
                return
            self._looking[assembly] += 1
            try:
                await self._analyse(assembly, uploads)
            except Exception:
                log.exception("the uploads %s could not be looked at", ", ".join(upload.id for upload in uploads))
            finally:
                self._looking[assembly] -= 1
                took = monotonic() - began if uploads[0].offset <= SMALL else 0.0
                self._rested[assembly] = monotonic() + min(REST * took, LONGEST)

    def _next(self, assembly: str) -> list[Upload]:
        """The first one, or as many small ones as leave others to those who look beside."""
        waiting = self._waiting[assembly]
        most, taken = min(TOGETHER, len(waiting) // ABREAST), list[Upload]()
        while waiting and (not taken or (len(taken) < most and max(taken[0].offset, waiting[0].offset) <= SMALL)):
            taken.append(waiting.popleft())
        return taken

    async def _lull(self, assembly: str) -> None:
        """Small files that pour in would be received at a fraction of the speed beside many looks."""
        while (due := self._due(assembly)) > monotonic():
            await asyncio.sleep(due - monotonic())
            if (late := monotonic() - due) > LULL / 2:  # a loop that was held up has not seen what came meanwhile
                self._came[assembly] += late

    def _due(self, assembly: str) -> float:
        came, waiting = self._came[assembly], self._waiting[assembly]
        if self._looking[assembly]:
            return came + (CALM if waiting and waiting[0].offset <= SMALL else LULL)
        return min(came + LULL, self._rested.get(assembly, 0.0))

    def _ended(self, assembly: str, look: asyncio.Task[Any]) -> None:
        """A cancelled one ends with its Assembly; what came just as another one ended still waits."""
        self._abreast[assembly] -= 1
        if self._waiting[assembly] and not look.cancelled():
            self._begin(assembly)
        elif not self._abreast[assembly]:
            for kept in (self._abreast, self._waiting, self._looking, self._came, self._rested):
                kept.pop(assembly, None)
