"""A bus within this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from server.model.news import News

ROOM = 1000


class MemoryReader:
    """The news that one watcher has not read yet. One that fills its room is let go of."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._queue: asyncio.Queue[News | None] = asyncio.Queue()

    def __aiter__(self) -> AsyncIterator[News]:
        return self

    async def __anext__(self) -> News:
        news = await self._queue.get()
        if news is None:
            self._queue.put_nowait(None)
            raise StopAsyncIteration
        return news

    def offer(self, news: Sequence[News]) -> bool:
        """Takes the news, or says that there is no room for them."""
        if self._queue.qsize() + len(news) > self._room:
            return False
        for piece in news:
            self._queue.put_nowait(piece)
        return True

    def end(self) -> None:
        """The reading ends here; what was not read is dropped."""
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(None)


class MemoryBus:
    """Hands news from the engine to the watchers of the same process."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._readers: dict[str, set[MemoryReader]] = {}

    async def publish(self, assembly: str, news: Sequence[News]) -> None:
        """Tells all who watch; never waits for them."""
        for reader in list(self._readers.get(assembly, ())):
            if not reader.offer(news):
                reader.end()
                self._forget(assembly, reader)

    @asynccontextmanager
    async def subscribe(self, assembly: str) -> AsyncIterator[MemoryReader]:
        """From entering on, every piece of news of this Assembly reaches the reader."""
        reader = MemoryReader(self._room)
        self._readers.setdefault(assembly, set()).add(reader)
        try:
            yield reader
        finally:
            self._forget(assembly, reader)

    def close(self) -> None:
        """Ends every reading, so that a server that stops need not wait for its watchers."""
        for readers in self._readers.values():
            for reader in readers:
                reader.end()
        self._readers.clear()

    def _forget(self, assembly: str, reader: MemoryReader) -> None:
        readers = self._readers.get(assembly, set())
        readers.discard(reader)
        if not readers:
            self._readers.pop(assembly, None)
