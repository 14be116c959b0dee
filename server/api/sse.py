"""Live status over server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import orjson
from aiohttp import web

from server.api.watch import Milestones, watch
from server.bus.base import Bus
from server.model.news import (
    ERROR,
    FINISHED,
    META_DATA_EXTRACTED,
    PROGRESS,
    RESULT_FINISHED,
    UPLOAD_FINISHED,
    UPLOADING_FINISHED,
    News,
)

HEARTBEAT = 15.0  # java gives up after a minute of silence
PATIENCE = 30.0  # for a client that does not read

HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-cache",
    "X-Accel-Buffering": "no",  # nginx would keep the events until it has a page of them
}
# As a browser dispatches it: what brings nothing has no name of its own there, its data is the name.
EVENT = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "description": "The Assembly; in the first block only."},
        "event": {"enum": ["message", UPLOAD_FINISHED, RESULT_FINISHED, PROGRESS, ERROR]},
        "data": {"type": "string", "description": "The name of a message, or the JSON that an event brings."},
    },
    "if": {"properties": {"event": {"const": "message"}}},
    "then": {"properties": {"data": {"enum": [UPLOADING_FINISHED, META_DATA_EXTRACTED, FINISHED]}}},
}


class Sse:
    """Answers GET /ws1?assembly=ID with the news of this Assembly."""

    def __init__(self, bus: Bus, milestones: Milestones, heartbeat: float = HEARTBEAT) -> None:
        self._bus = bus
        self._milestones = milestones
        self._heartbeat = heartbeat

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Tells the news until the last, or until the client goes."""
        assembly = request.query.get("assembly", "")
        async with watch(self._bus, self._milestones, assembly) as news:
            response = web.StreamResponse(headers=HEADERS)
            await response.prepare(request)
            try:
                await _send(response, f"id: {assembly}\n\n".encode())
                await self._tell(response, news)
            except* (ConnectionError, TimeoutError):
                if request.transport is not None:
                    request.transport.abort()
            return response

    async def _tell(self, response: web.StreamResponse, news: AsyncIterator[News]) -> None:
        async with asyncio.TaskGroup() as tasks:
            beating = tasks.create_task(self._beat(response))
            async for piece in news:
                await _send(response, block(piece))
            beating.cancel()

    async def _beat(self, response: web.StreamResponse) -> None:
        while True:
            await asyncio.sleep(self._heartbeat)
            await _send(response, b":\n\n")


def block(news: News) -> bytes:
    """A milestone is a bare message, all else an event with JSON on one line: its argument, or a list of them."""
    if not news.arguments:
        return f"data: {news.name}\n\n".encode()
    data = news.arguments[0] if len(news.arguments) == 1 else news.arguments
    return f"event: {news.name}\ndata: ".encode() + orjson.dumps(data) + b"\n\n"


async def _send(response: web.StreamResponse, data: bytes) -> None:
    async with asyncio.timeout(PATIENCE):
        await response.write(data)
