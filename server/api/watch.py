"""What one watcher of an Assembly is told, from its connecting to the end."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager

from server.bus.base import Bus, Reader
from server.errors import ApiError
from server.model.news import CANCELED, ERROR, TERMINAL, News

# The milestones that an Assembly has reached, in order; None if there is no such Assembly.
Milestones = Callable[[str], Awaitable[list[News] | None]]


@asynccontextmanager
async def watch(bus: Bus, milestones: Milestones, assembly: str) -> AsyncIterator[AsyncIterator[News]]:
    """The news for a watcher; raises ApiError if there is no such Assembly.

    Whoever connects late is told the milestones again, since some clients have stopped asking by then; but no file,
    since they would count it twice.
    """
    if not re.fullmatch(r"[0-9a-f]{32}", assembly, re.ASCII):
        raise ApiError("ASSEMBLY_NOT_FOUND")
    # Subscribed first: what happens while the milestones are read is not lost.
    async with bus.subscribe(assembly) as reader:
        reached = await milestones(assembly)
        if reached is None:
            raise ApiError("ASSEMBLY_NOT_FOUND")
        async with aclosing(_told(reached, reader)) as news:
            yield news


async def tell(bus: Bus, milestones: Milestones, assembly: str, emit: Callable[[News], Awaitable[None]]) -> None:
    """Hands the news to a socket, which has no status: whoever asks for no Assembly is told so as an event."""
    try:
        async with watch(bus, milestones, assembly) as news:
            async for piece in news:
                await emit(piece)
    except ApiError as error:
        body = error.body()
        await emit(News(ERROR, ({**body, "msg": body["message"], "assembly_id": assembly[:32]},)))


async def _told(reached: list[News], reader: Reader) -> AsyncGenerator[News, None]:
    told: set[str] = set()
    async with aclosing(_joined(reached, reader)) as all_news:
        async for news in all_news:
            if news.name == CANCELED:
                return
            if news.arguments or news.name not in told:
                told.add(news.name)
                yield news
            if news.name in TERMINAL:
                return


async def _joined(reached: list[News], reader: Reader) -> AsyncGenerator[News, None]:
    for news in reached:
        yield news
    async for news in reader:
        yield news
