"""Engine.IO 3, as Uppy 1 and the jQuery SDK speak it: polls, a WebSocket, or the one after the other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

from aiohttp import WSMsgType, web

from server.api.payload import pack, unpack
from server.api.session import PING_INTERVAL, PING_TIMEOUT, Session
from server.errors import ApiError

LARGEST_MESSAGE = 1 << 16  # clients send ids only
PATIENCE = 30.0  # for a client that does not read, or does not go on
# While a client moves to its WebSocket, a poll that comes in between must not keep it waiting for news.
WHILE_MOVING = 0.1
OPEN, CLOSE, PING, PONG, MESSAGE, UPGRADE, NOOP = "0123456"
PROBE = "probe"


class Engine3:
    """`opened` is told of each new session, `heard` of its messages, `ended` of its end."""

    def __init__(
        self,
        opened: Callable[[Session], None],
        heard: Callable[[Session, str], None],
        ended: Callable[[Session], None],
        patience: float = PING_INTERVAL + PING_TIMEOUT,
    ) -> None:
        self.sessions: dict[str, Session] = {}
        self._opened = opened
        self._heard = heard
        self._told_of_end = ended
        self._patience = patience

    async def handle(self, request: web.Request, client: str) -> web.StreamResponse:
        """Answers one request of a client of this name."""
        session = self._session(request, client)
        if request.query.get("transport") == "websocket":
            return await self._web_socket(request, session)
        if request.query.get("transport") != "polling" or "j" in request.query:
            raise ApiError("INVALID_FORM_DATA", "The transports are polling and websocket.")
        if request.method == "POST":
            return await self._post(request, session)
        return await self._poll(request, session)

    def close(self) -> None:
        for session in list(self.sessions.values()):
            session.end()

    def _session(self, request: web.Request, client: str) -> Session:
        if "sid" not in request.query:
            if request.method != "GET":
                raise ApiError("INVALID_FORM_DATA", "A session begins with GET.")
            return self._open(client, upgrades=request.query.get("transport") == "polling")
        session = self.sessions.get(request.query["sid"])
        if session is None:
            raise ApiError("INVALID_FORM_DATA", "There is no such session.")
        return session

    def _open(self, client: str, upgrades: bool) -> Session:
        session = Session(client, self._forget, self._patience)
        self.sessions[session.id] = session
        told = {
            "sid": session.id,
            "upgrades": ["websocket"] if upgrades else [],
            "pingInterval": int(PING_INTERVAL * 1000),
            "pingTimeout": int(PING_TIMEOUT * 1000),
        }
        session.tell(OPEN + json.dumps(told, separators=(",", ":")))
        self._opened(session)
        return session

    def _forget(self, session: Session) -> None:
        self.sessions.pop(session.id, None)
        self._told_of_end(session)

    async def _poll(self, request: web.Request, session: Session) -> web.Response:
        if session.polled:
            session.end()
            raise ApiError("INVALID_FORM_DATA", "The session has a poll already.")
        session.polled = True
        try:
            async with asyncio.timeout(WHILE_MOVING if session.moving else None):
                packets = await session.take() or [CLOSE]
        except TimeoutError:
            packets = [NOOP]
        finally:
            session.polled = False
        return _reply(request, pack(packets))

    async def _post(self, request: web.Request, session: Session) -> web.Response:
        if request.content_length is None or request.content_length > LARGEST_MESSAGE:
            session.end()
            raise ApiError("MAX_SIZE_EXCEEDED", "A message is larger than clients need.")
        try:
            for packet in unpack(await request.read(), request.content_type == "application/octet-stream"):
                self._receive(session, packet)
        except ValueError as error:
            session.end()
            raise ApiError("INVALID_FORM_DATA", "The client does not speak Socket.IO.") from error
        return _reply(request, "ok")

    def _receive(self, session: Session, packet: str) -> None:
        """Raises ValueError for what is no packet of a client."""
        session.heard()
        kind, text = packet[:1], packet[1:]
        if kind == MESSAGE:
            self._heard(session, text)
        elif kind == PING:
            session.tell(PONG + text)
        elif kind == CLOSE:
            session.end()
        elif kind != NOOP:
            raise ValueError("this is no packet of a client")

    async def _web_socket(self, request: web.Request, session: Session) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=LARGEST_MESSAGE, compress=False)
        try:
            await socket.prepare(request)
        except web.HTTPException:
            session.end()
            raise
        if "sid" in request.query and not await _moves(socket, session):
            await socket.close()
            return socket
        if request.transport is not None:
            session.cut = request.transport.abort
        try:
            await self._converse(socket, session)
        except* (ConnectionError, TimeoutError, ValueError):
            session.cut()
        finally:
            session.end()
        return socket

    async def _converse(self, socket: web.WebSocketResponse, session: Session) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_write(socket, session))
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    raise ValueError("attachments are not accepted")
                self._receive(session, message.data)
            session.end()


async def _moves(socket: web.WebSocketResponse, session: Session) -> bool:
    """Whether a client that polls goes on with this WebSocket: it tries it out, then lets its last poll end."""
    try:
        if await socket.receive_str(timeout=PATIENCE) != PING + PROBE:
            return False
        session.moving = True
        await socket.send_str(PONG + PROBE)
        session.tell(NOOP)
        return await socket.receive_str(timeout=PATIENCE) == UPGRADE
    except (ConnectionError, TimeoutError, TypeError):  # TypeError: it was no text
        return False
    finally:
        session.moving = False


async def _write(socket: web.WebSocketResponse, session: Session) -> None:
    while packets := await session.take():
        for packet in packets:
            async with asyncio.timeout(PATIENCE):
                await socket.send_str(packet)
    await socket.close()


def _reply(request: web.Request, text: str) -> web.Response:
    """These clients send their requests with credentials, so browsers want the origin by its name."""
    origin = request.headers.get("Origin")
    allowed = {"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true"} if origin else {}
    return web.Response(text=text, content_type="text/plain", charset="UTF-8", headers=allowed)
