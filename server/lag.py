"""Lag: how late the event loop wakes a task. What holds the loop up holds up every client."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable
from time import perf_counter, process_time

EVERY = 0.05
KEPT = 6000  # five minutes of them


class Late:
    """The figures of the last minutes, in seconds."""

    def __init__(self) -> None:
        self._figures: deque[float] = deque(maxlen=KEPT)

    def note(self, late: float) -> None:
        self._figures.append(max(0.0, late))

    def quantile(self, share: float) -> float:
        """Of 100 figures `100 * share` are no more than this; 1 asks for the most of all."""
        figures = sorted(self._figures)
        return figures[max(0, math.ceil(share * len(figures)) - 1)] if figures else 0.0


class Lag:
    """`all` is what clients feel; `own` is how much of it this server worked, not other programs of the machine."""

    def __init__(self, clock: Callable[[], float] = perf_counter, worked: Callable[[], float] = process_time) -> None:
        self.all = Late()
        self.own = Late()
        self._clock = clock
        self._worked = worked

    async def run(self) -> None:
        """Sleeps and notes how late it woke, until it is cancelled."""
        while True:
            due, before = self._clock() + EVERY, self._worked()
            await asyncio.sleep(EVERY)
            late = self._clock() - due
            self.all.note(late)
            self.own.note(min(late, self._worked() - before))
