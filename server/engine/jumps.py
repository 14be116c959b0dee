"""Jumps: notices that the clock of the machine was set, so that nothing is removed by a wrong date."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic

log = logging.getLogger(__name__)
LARGE = 600.0
HOLD = 3600.0  # time for people or their time servers to put a wrong clock right


class Jumps:
    """`now` is the clock that can be set, `steady` one that cannot."""

    def __init__(self, now: Callable[[], float], steady: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._steady = steady
        self._apart = now() - steady()
        self._held = 0.0

    def just_happened(self) -> bool:
        """Whether the clock was set by so much, within the last hour, that its date is not to be relied on."""
        steady = self._steady()
        by = self._now() - steady - self._apart
        self._apart += by  # clocks drift a little all the time
        if abs(by) > LARGE:
            self._held = steady + HOLD
            log.warning("the clock jumped by %d seconds: nothing expires for an hour", by)
        return steady < self._held
