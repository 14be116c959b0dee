"""Repeats: a line that comes over and over is written a few times a minute, and counted."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

MOST = 30  # lines of one kind
WITHIN = 60.0
KINDS = 1000


@dataclass(slots=True)
class Count:
    """The lines of one kind since a moment."""

    since: float
    lines: int = 0


class Repeats(logging.Filter):
    """Lines are of one kind when they come from one place in the source, whatever names they hold."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._counts: OrderedDict[tuple[str, int], Count] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        kind, now = (record.pathname, record.lineno), self._clock()
        count = self._counts.setdefault(kind, Count(now))
        self._counts.move_to_end(kind)
        if len(self._counts) > KINDS:
            self._counts.popitem(last=False)
        if now - count.since >= WITHIN:
            left, count.since, count.lines = count.lines - MOST, now, 0
            if left > 0:
                record.msg, record.args = f"{record.getMessage()} (and {left} like it before)", ()
        count.lines += 1
        return count.lines <= MOST
