"""Turns: places are given in turn to accounts, then to their Assemblies, and nobody gets all of them."""

from __future__ import annotations

import contextlib
from collections import Counter, deque
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
MORE = 2  # places beyond those for all


class Owner(NamedTuple):
    """For whom something is done."""

    account: str
    assembly: str


NOBODY = Owner("", "")
_owner: ContextVar[Owner] = ContextVar("owner", default=NOBODY)


@contextlib.contextmanager
def on_behalf_of(account: str, assembly: str) -> Iterator[None]:
    """Within, all that is asked for counts as asked by this Assembly."""
    token = _owner.set(Owner(account, assembly))
    try:
        yield
    finally:
        _owner.reset(token)


def owner() -> Owner:
    """For whom the running task works."""
    return _owner.get()


class Places:
    """Who holds how many. Beyond the `most` for all are `more`: the last is for an account without any, those before
    for an Assembly without any.

    So whoever brings little has a place, however long those take who have theirs, and to one alone no place is lost.
    """

    def __init__(self, most: int | None, more: int = MORE) -> None:
        self.most = most
        self.more = more
        self.held = 0
        self._accounts: Counter[str] = Counter()
        self._assemblies: Counter[str] = Counter()

    @property
    def full(self) -> bool:
        return self.most is not None and self.held >= self.most + self.more

    def open_to(self, account: str, assembly: str | None = None) -> bool:
        """Whether there is a place for this Assembly, or for some one of the account."""
        if self.most is None or self.held < self.most:
            return True
        if self.held < self.most + self.more - 1:
            return assembly is None or not self._assemblies[assembly]
        return not self.full and not self._accounts[account]

    def take(self, owner: Owner) -> None:
        self.held += 1
        self._accounts[owner.account] += 1
        self._assemblies[owner.assembly] += 1

    def give_back(self, owner: Owner) -> None:
        self.held -= 1
        for counted, name in ((self._accounts, owner.account), (self._assemblies, owner.assembly)):
            counted[name] -= 1
            if not counted[name]:
                del counted[name]


class Turns(Generic[T]):
    """Things that wait. The account whose thing was taken goes to the end of the line, and so does the Assembly."""

    def __init__(self) -> None:
        self._accounts: dict[str, dict[str, deque[T]]] = {}

    def __bool__(self) -> bool:
        return bool(self._accounts)

    def put(self, owner: Owner, thing: T) -> None:
        self._accounts.setdefault(owner.account, {}).setdefault(owner.assembly, deque()).append(thing)

    def next(self, places: Places) -> T | None:
        """The one whose turn it is among those that may have a place."""
        for account in () if places.full else self._accounts:
            if not places.open_to(account):
                continue
            for assembly in self._accounts[account]:
                if places.open_to(account, assembly):
                    return self._taken(account, assembly)
        return None

    def drop(self, assembly: str) -> list[T]:
        """Forgets the things of an Assembly."""
        dropped: list[T] = []
        for account in [name for name, assemblies in self._accounts.items() if assembly in assemblies]:
            dropped += self._accounts[account].pop(assembly)
            if not self._accounts[account]:
                del self._accounts[account]
        return dropped

    def _taken(self, account: str, assembly: str) -> T:
        assemblies = self._accounts.pop(account)
        things = assemblies.pop(assembly)
        thing = things.popleft()
        if things:
            assemblies[assembly] = things
        if assemblies:
            self._accounts[account] = assemblies
        return thing
