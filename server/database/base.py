"""Store: where the truth is kept. One call is one transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Unusable(Exception):
    """The database cannot be opened; the sentence says why."""


class Unwritable(Exception):
    """The database cannot be written now, most often because the disk is full; nothing in it has changed."""


class Rows(Protocol):
    """What a transaction may do: the named queries of queries.sql.

    `lost` counts the transactions that were undone: who keeps things in memory must then read them again.
    """

    lost: int

    def one(self, query: str, **values: Any) -> dict[str, Any] | None:
        """The first row of a query, or None."""

    def all(self, query: str, **values: Any) -> list[dict[str, Any]]:
        """Every row of a query."""

    def run(self, query: str, **values: Any) -> int:
        """Carries a statement out; how many rows it changed."""

    def each(self, query: str, values: list[dict[str, Any]]) -> None:
        """Carries a statement out once for each set of values."""


class Store(Protocol):
    """A database. What `tx` returned is durable; what it raised left no trace. It raises Unwritable when it is full."""

    async def open(self) -> None:
        """Raises Unusable when there is no sense in going on."""

    async def tx(self, act: Callable[[Rows], T]) -> T:
        """Runs a plain function of SQL as one transaction; it must do nothing else, for it may run again."""

    async def close(self) -> None: ...
