"""Seats: so many calls work at once, and up to twice as many while some take long, so that nobody waits long.

Two more are for those who have none at all.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from robots.tools.turns import MORE, Owner, Places, Turns, owner

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
class Wish:
    """A call that waits for a seat."""

    whose: Owner
    granted: asyncio.Future[None]


@dataclass(slots=True, eq=False)
class Seat:
    """What one call has; once it is `lent`, another one works beside it and has no seat of its own to give back."""

    lent: bool = False


class Seats:
    """A call that has had its seat for longer than `patience` lends it to the next one.

    When as many more work as there are seats, a call still lends its seat to one whose Assembly or account has none.
    """

    def __init__(self, count: int, patience: float, has_room: Callable[[], bool] = roomy) -> None:
        self.count = count
        self.patience = patience
        self.has_room = has_room
        self.lent = 0
        self._places = Places(2 * count)
        self._late: deque[Seat] = deque()
        self._waiting: Turns[Wish] = Turns()

    @contextlib.asynccontextmanager
    async def seat(self) -> AsyncIterator[Seat]:
        whose = owner()
        await self._place(whose)
        seat = Seat()
        timer = asyncio.get_running_loop().call_later(self.patience, self._overdue, seat)
        try:
            yield seat
        finally:
            timer.cancel()
            self._leave(seat, whose)

    @property
    def empty(self) -> bool:
        """Whether nobody works; then nobody waits either."""
        return not self._places.held

    def calm(self, seat: Seat) -> bool:
        """Whether nobody but the one on this seat takes long, and nobody waits."""
        return self.lent == seat.lent and not self._waiting

    async def _place(self, whose: Owner) -> None:
        """Returns with a place that is taken, or is cancelled without one."""
        wish = Wish(whose, asyncio.get_running_loop().create_future())
        self._waiting.put(whose, wish)
        self._hand_out()
        try:
            await wish.granted
        except asyncio.CancelledError:
            if wish.granted.done() and not wish.granted.cancelled():
                self._places.give_back(whose)
                self._hand_out()
            raise

    def _hand_out(self) -> None:
        while self._late and self.lent < self.count + MORE and self.has_room():
            self._late.popleft().lent = True
            self.lent += 1
        while self._places.held < self.count + self.lent and (wish := self._waiting.next(self._places)):
            if not wish.granted.cancelled():
                self._places.take(wish.whose)
                wish.granted.set_result(None)

    def _overdue(self, seat: Seat) -> None:
        self._late.append(seat)
        self._hand_out()

    def _leave(self, seat: Seat, whose: Owner) -> None:
        self._places.give_back(whose)
        if seat.lent:
            self.lent -= 1
        else:
            with contextlib.suppress(ValueError):
                self._late.remove(seat)
        self._hand_out()
