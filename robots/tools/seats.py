"""Seats: so many calls work at once, and up to twice as many while some take long, so that nobody waits long."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

ROOM = 1 << 30  # bytes of memory that the machine must have to spare for one call more
MEMORY = Path("/proc/meminfo")


def roomy() -> bool:
    """Whether the machine has memory for one more; where it cannot be asked, the limits of each child must do."""
    try:
        lines = MEMORY.read_text().splitlines()
    except OSError:
        return True
    return next((int(line.split()[1]) << 10 > ROOM for line in lines if line.startswith("MemAvailable")), True)


@dataclass(slots=True, eq=False)
class Seat:
    """What one call has; once it is `lent`, another one works beside it and has no seat of its own to give back."""

    lent: bool = False


class Seats:
    """A call that has had its seat for longer than `patience` lends it to the next one; at most all are lent."""

    def __init__(self, count: int, patience: float, has_room: Callable[[], bool] = roomy) -> None:
        self.count = count
        self.patience = patience
        self.has_room = has_room
        self._free = asyncio.Semaphore(count)
        self._late: deque[Seat] = deque()
        self.lent = 0

    @contextlib.asynccontextmanager
    async def seat(self) -> AsyncIterator[Seat]:
        self._lend()
        await self._free.acquire()
        seat = Seat()
        timer = asyncio.get_running_loop().call_later(self.patience, self._overdue, seat)
        try:
            yield seat
        finally:
            timer.cancel()
            self._leave(seat)

    def _overdue(self, seat: Seat) -> None:
        self._late.append(seat)
        self._lend()

    def _lend(self) -> None:
        while self._late and self.lent < self.count and self.has_room():
            self._late.popleft().lent = True
            self.lent += 1
            self._free.release()

    def _leave(self, seat: Seat) -> None:
        if seat.lent:
            self.lent -= 1
        else:
            with contextlib.suppress(ValueError):
                self._late.remove(seat)
            self._free.release()
        self._lend()
