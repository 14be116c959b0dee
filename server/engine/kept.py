"""One change of what an account keeps, between the two moments at which a crash is tried."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from server.database.base import Rows, Store
from tus.failpoint import failpoint

T = TypeVar("T")


async def kept(store: Store, act: Callable[[Rows], T]) -> T:
    """Durable when it comes back, as every transaction is."""
    failpoint("W15.before")
    done = await store.tx(act)
    failpoint("W15.after")
    return done
