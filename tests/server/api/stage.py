"""Assemblies that tests move on by hand, told over the real bus."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.bus.memory import MemoryBus, MemoryReader
from server.model import news
from server.model.news import News

ID = "0123456789abcdef" * 2
UNKNOWN = "f" * 32

UPLOADING_FINISHED = News(news.UPLOADING_FINISHED)
META = News(news.META_DATA_EXTRACTED)
UPLOAD = News(news.UPLOAD_FINISHED, ({"id": "u", "name": "a\nb é.jpg"},))
RESULT = News(news.RESULT_FINISHED, ("resize", {"id": "r"}))
PROGRESS = News(news.PROGRESS, ({"progress_combined": 50, "progress_per_original_file": []},))
FINISHED = News(news.FINISHED)
ERROR = News(news.ERROR, ({"error": "INVALID_INPUT_ERROR", "message": "no", "msg": "no"},))
CANCELED = News(news.CANCELED)


class WatchedBus(MemoryBus):
    """Says when a watcher has come and when one has left."""

    def __init__(self) -> None:
        super().__init__()
        self.came = asyncio.Event()
        self.left = asyncio.Event()

    @asynccontextmanager
    async def subscribe(self, assembly: str) -> AsyncIterator[MemoryReader]:
        async with super().subscribe(assembly) as reader:
            self.came.set()
            try:
                yield reader
            finally:
                self.left.set()


class Stage:
    """One Assembly and its watchers; `meanwhile` is what happens while its milestones are being read."""

    def __init__(self, *reached: News, meanwhile: tuple[News, ...] = ()) -> None:
        self.bus = WatchedBus()
        self.reached = list(reached)
        self.meanwhile = meanwhile

    async def milestones(self, assembly: str) -> list[News] | None:
        if assembly != ID:
            return None
        reached = list(self.reached)
        await self.bus.publish(ID, self.meanwhile)
        return reached

    async def tell(self, *told: News) -> None:
        await self.bus.publish(ID, told)
