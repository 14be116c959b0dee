"""Sights: what jobs see of pictures that they decode anyway, for those who would decode them once more to see it."""

from __future__ import annotations

from asyncio import Future, get_running_loop
from pathlib import Path
from weakref import WeakValueDictionary

Sight = Future[str | None]


class Sights:
    """The sights that somebody waits for, by the paths of the pictures; one that nobody keeps is forgotten.

    A sight comes to the average colour of a picture without transparency, or to None if no job will tell it.
    """

    def __init__(self) -> None:
        self._awaited: WeakValueDictionary[Path, Sight] = WeakValueDictionary()

    def of(self, path: Path) -> Sight:
        """To be asked for before a job can begin, which may be over soon."""
        return self._awaited.setdefault(path, get_running_loop().create_future())

    def wanted(self, path: Path) -> bool:
        return path in self._awaited

    def tell(self, path: Path, average: str | None) -> None:
        """The first word counts."""
        sight = self._awaited.pop(path, None)
        if sight is not None and not sight.done():
            sight.set_result(average)
