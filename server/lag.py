"""Lag: how late the event loop wakes a task. What holds the loop up holds up every client."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable
from time import perf_counter

EVERY = 0.05
KEPT = 6000  # five minutes of them


class Lag:
    """The last minutes, in seconds. `clock` is the one of the loop."""

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        self._clock = clock
        self._late: deque[float] = deque(maxlen=KEPT)

    async def run(self) -> None:
        """Sleeps and notes how late it woke, until it is cancelled."""
        while True:
            due = self._clock() + EVERY
            await asyncio.sleep(EVERY)
            self.note(self._clock() - due)

    def note(self, late: float) -> None:
        self._late.append(max(0.0, late))

    def quantile(self, share: float) -> float:
        """Of 100 wakings `100 * share` came no later than this; 1 asks for the latest of all."""
        late = sorted(self._late)
        return late[max(0, math.ceil(share * len(late)) - 1)] if late else 0.0
