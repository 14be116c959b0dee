"""Socket.IO 2 upon Engine.IO 3, for Uppy 1 and the jQuery SDK."""

from __future__ import annotations

import contextlib
import re
from asyncio import Task
from typing import Any

import orjson
from aiohttp import web

from server.api.engineio3 import MESSAGE, Engine3
from server.api.session import Session
from server.api.watch import Milestones, tell
from server.bus.base import Bus
from server.model.news import News
from server.tasks import Tasks

CONNECT, DISCONNECT, EVENT, ACK, ERROR = "01234"
ARGUMENTS = re.compile(r"(\d{0,9})(\[.*)", re.ASCII | re.DOTALL)


class Sockets2:
    """Its clients are in the default namespace from the first, without a word; no other namespace is known."""

    def __init__(self, bus: Bus, milestones: Milestones) -> None:
        self._bus = bus
        self._milestones = milestones
        self._engine = Engine3(self._greet, self._hear, self._part)
        self._tasks = Tasks()
        self._watchers: dict[Session, Task[None]] = {}

    async def handle(self, request: web.Request, client: str) -> web.StreamResponse:
        """Answers one request of a client of this name."""
        return await self._engine.handle(request, client)

    def held(self) -> list[str]:
        """The client of each session."""
        return [session.client for session in self._engine.sessions.values()]

    async def close(self) -> None:
        self._engine.close()
        await self._tasks.close()

    def _greet(self, session: Session) -> None:
        session.tell(MESSAGE + CONNECT)

    def _hear(self, session: Session, text: str) -> None:
        """Raises ValueError for what is not Socket.IO, or has attachments."""
        kind, rest = text[:1], text[1:]
        if kind == EVENT:
            self._event(session, rest)
        elif kind == DISCONNECT:
            session.end()
        elif kind == CONNECT and rest.startswith("/"):
            session.tell(f'{MESSAGE}{ERROR}{rest.partition(",")[0]},"Invalid namespace"')
        elif kind not in (CONNECT, ACK, ERROR):
            raise ValueError("this is not Socket.IO")

    def _event(self, session: Session, text: str) -> None:
        match = ARGUMENTS.fullmatch(text)
        if match is None:
            raise ValueError("this is no event")
        number, (name, *given) = match[1], orjson.loads(match[2])
        if name == "assembly_connect":
            self._join(session, given[0] if given else None)
        if number:
            session.tell(f"{MESSAGE}{ACK}{number}[]")

    def _join(self, session: Session, given: Any) -> None:
        """A client watches one Assembly; asking for another one ends the first."""
        assembly = given.get("id") if isinstance(given, dict) else None
        self._leave(session)
        work = self._tell(session, assembly if isinstance(assembly, str) else "")
        self._watchers[session] = self._tasks.start(work)

    def _part(self, session: Session) -> None:
        self._leave(session)

    def _leave(self, session: Session) -> None:
        if task := self._watchers.pop(session, None):
            task.cancel()

    async def _tell(self, session: Session, assembly: str) -> None:
        async def emit(news: News) -> None:
            told = orjson.dumps([news.name, *news.arguments]).decode()
            session.tell(f"{MESSAGE}{EVENT}{told}")

        with contextlib.suppress(ConnectionError):
            await tell(self._bus, self._milestones, assembly, emit)
