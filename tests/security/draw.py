"""Draw: which bad files, and which robots for each of them, when there is no time for all; always the same ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from hashlib import md5
from typing import Any, TypeVar

from robots.base.robot import Robot
from tests.badfiles.catalogue import Entry

MOST_OF_A_KIND = 4
ROBOTS_FOR_A_FILE = 2
T = TypeVar("T")


def some(entries: Iterable[Entry], most: int = MOST_OF_A_KIND) -> list[Entry]:
    """A few files of each kind."""
    kinds: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        kinds[entry.bad.kind].append(entry)
    return [entry for kind in kinds.values() for entry in drawn(kind, lambda entry: entry.name, most)]


def few(name: str, robots: Sequence[type[Robot[Any]]]) -> list[type[Robot[Any]]]:
    """The robots that a file of this name goes through."""
    return drawn(robots, lambda robot: f"{name} {robot.name}", ROBOTS_FOR_A_FILE)


def drawn(things: Iterable[T], words: Callable[[T], str], count: int) -> list[T]:
    """So many of them, by lots that never change and that nothing near them changes."""
    return sorted(things, key=lambda thing: md5(words(thing).encode()).digest())[:count]
