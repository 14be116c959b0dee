"""Rates: how often something may happen for each of many names, in memory that does not grow with them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

MOST_NAMES = 10_000


class Rate:
    """So many in so many seconds, at once or spread out. For each name one moment is kept, and none that is over."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most = most
        self.seconds = seconds
        self._full: OrderedDict[str, float] = OrderedDict()  # when the allowance of a name is whole again
        self._unsaved: set[str] = set()  # names that were counted since they were saved

    def take(self, name: str, at: float, most: int | None = None) -> float:
        """Counts one more; or gives the seconds after which there is room for it, and counts nothing.

        `most` is for a name that has its own; none at all is no limit.
        """
        if not (allowed := self.most if most is None else most):
            return 0.0
        if wait := self.wait(name, at, allowed):
            return wait
        self._full[name] = max(self._full.get(name, at), at) + self.seconds / allowed
        self._full.move_to_end(name)
        self._unsaved.add(name)
        self._forget(at)
        return 0.0

    def wait(self, name: str, at: float, most: int | None = None) -> float:
        """The seconds until there is room for one more; 0 when there is."""
        if not (allowed := self.most if most is None else most):
            return 0.0
        return max(0.0, round(self._full.get(name, at) - at - self.seconds * (1 - 1 / allowed), 6))

    def unsaved(self) -> dict[str, float]:
        """What has been counted and was not said to be saved: the names, and when the allowance of each is whole."""
        return {name: self._full[name] for name in self._unsaved}

    def saved(self, moments: Mapping[str, float]) -> None:
        """These are; some may have changed since."""
        self._unsaved -= {name for name, full in moments.items() if self._full.get(name) == full}

    def restore(self, moments: Mapping[str, float], at: float) -> None:
        """Goes on with what another one has counted, the oldest first."""
        self._full.update(moments)
        self._unsaved.update(moments)
        self._forget(at)

    def _forget(self, at: float) -> None:
        """Drops what is whole again, the oldest first; and what is not only when there are too many."""
        while self._full:
            name, full = next(iter(self._full.items()))
            if full > at and len(self._full) <= MOST_NAMES:
                return
            del self._full[name]
            self._unsaved.discard(name)
