"""Bus: news of an Assembly, from whoever moves it on to whoever watches it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from server.model.news import News


class Reader(Protocol):
    """What one watcher reads. It ends when the bus drops a reader that does not keep up."""

    def __aiter__(self) -> AsyncIterator[News]: ...


class Bus(Protocol):
    """News may be lost, never reordered; who misses some reads the status again."""

    async def publish(self, assembly: str, news: Sequence[News]) -> None:
        """Tells all who watch; never waits for them."""

    def subscribe(self, assembly: str) -> AbstractAsyncContextManager[Reader]:
        """From entering on, every piece of news of this Assembly reaches the reader."""
