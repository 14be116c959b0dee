"""Live status over Socket.IO, on the same address as server-sent events.

The library speaks Engine.IO 4; what older clients speak is in socketio2.py.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import Any

import engineio
import socketio
from aiohttp import web

from server.api.clients import Clients
from server.api.socketio2 import Sockets2
from server.api.sse import EVENT, Sse
from server.api.told import Told
from server.api.watch import Milestones, tell
from server.bus.base import Bus
from server.errors import ApiError
from server.model.news import News

PATH = r"/ws{node:\d+}"
LARGEST_MESSAGE = 1 << 16  # clients send ids only
ROOM = 1000  # packets that wait for a client

log = logging.getLogger(__name__)
# What strangers send is no trouble of this server: the library's complaints about it are not worth a line.
quiet = logging.getLogger(f"{__name__}.protocol")


class TextPacket(socketio.packet.Packet):  # type: ignore[misc]  # the library is not typed
    """Refuses attachments, which would be kept without a bound until the last has come."""

    uses_binary_events = False

    def decode(self, encoded_packet: str) -> int:
        if super().decode(encoded_packet):
            raise ValueError("attachments are not accepted")
        return 0


class Engine(engineio.AsyncServer):  # type: ignore[misc]
    """Ends a session at once: the library waits until its client has fetched what is left, which may never be."""

    async def disconnect(self, sid: str) -> None:
        if socket := self.sockets.pop(sid, None):
            await socket.close(wait=False)


class Server(socketio.AsyncServer):  # type: ignore[misc]
    """Socket.IO upon this engine."""

    def _engineio_server_class(self) -> type[Engine]:
        return Engine


class Sockets:
    """Requests with EIO= in their query are Socket.IO's, the others are for server-sent events."""

    def __init__(self, bus: Bus, milestones: Milestones, clients: Clients) -> None:
        quiet.setLevel(logging.CRITICAL)
        self._bus = bus
        self._milestones = milestones
        self._clients = clients
        self._sse = Sse(bus, milestones)
        self._older = Sockets2(bus, milestones)
        self._watchers: dict[str, asyncio.Task[None]] = {}
        self._io = Server(
            async_mode="aiohttp",
            async_handlers=False,
            serializer=TextPacket,
            cors_allowed_origins="*",
            max_http_buffer_size=LARGEST_MESSAGE,
            http_compression=False,
            logger=quiet,
            engineio_logger=quiet,
        )
        self._io.on("assembly_connect", self._join)
        self._io.on("disconnect", self._part)

    def attach(self, app: web.Application, path: str = PATH) -> None:
        """Adds the routes, with and without the slash that Socket.IO appends, and what is to do at the end."""
        for route in (path, f"{path}/"):
            app.router.add_get(route, self._handle, allow_head=False)
            app.router.add_post(route, self._handle)
        app.on_shutdown.append(self._close)

    @Told(
        "Tells the news of an Assembly as server-sent events. With EIO in the query it is Socket.IO's.",
        query={"assembly": {"type": "string", "description": "Its id."}},
        needs=("assembly",),
        media=("text/event-stream",),
        event=EVENT,
        codes=("ASSEMBLY_NOT_FOUND", "SERVER_404"),
    )
    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if "EIO" in request.query:
            return await self._socket_io(request)
        if request.method != "GET":
            raise ApiError("SERVER_404")
        return await self._sse.handle(request)

    async def _socket_io(self, request: web.Request) -> web.StreamResponse:
        if "sid" not in request.query and self._holds_enough(request):
            raise ApiError("RATE_LIMIT_REACHED", "There are too many live sessions from your address.")
        if request.query["EIO"] == "3":
            return await self._older.handle(request, self._clients.name(request.remote or ""))
        try:
            response: web.StreamResponse = await self._io.handle_request(request)
        except Exception as error:
            # The library raises whatever a malformed packet makes it stumble over.
            raise ConnectionAbortedError("the client does not speak Socket.IO") from error
        return response

    def _holds_enough(self, request: web.Request) -> bool:
        """A session that polls has no connection of its own that would be counted."""
        client = self._clients.name(request.remote or "")
        held = [self._clients.name(environ["aiohttp.request"].remote or "") for environ in self._io.environ.values()]
        return bool(client) and [*held, *self._older.held()].count(client) >= self._clients.most

    async def _join(self, sid: str, given: Any = None, *_: Any) -> None:
        """A client watches one Assembly; asking for another one ends the first."""
        assembly = given.get("id") if isinstance(given, dict) else None
        await self._leave(sid)
        task = self._io.start_background_task(self._tell, sid, assembly if isinstance(assembly, str) else "")
        self._watchers[sid] = task

    async def _part(self, sid: str, *_: Any) -> None:
        await self._leave(sid)
        if socket := self._socket(sid):
            socket.queue.put_nowait(None)  # or a long poll would wait for its time to be over

    async def _leave(self, sid: str) -> None:
        if task := self._watchers.pop(sid, None):
            task.cancel()

    async def _tell(self, sid: str, assembly: str) -> None:
        try:
            await tell(self._bus, self._milestones, assembly, partial(self._emit, sid))
        except ConnectionError:
            log.debug("client %s does not read", sid)
        except Exception:
            log.exception("client %s can be told no more", sid)

    async def _emit(self, sid: str, news: News) -> None:
        socket = self._socket(sid)
        if socket and socket.queue.qsize() >= ROOM:  # the library would keep packets without a bound
            self._drop(sid)
            raise ConnectionError("too many packets wait for this client")
        await self._io.emit(news.name, news.arguments, to=sid)

    def _socket(self, sid: str) -> Any:
        return self._io.eio.sockets.get(self._io.manager.eio_sid_from_sid(sid, "/"))

    def _drop(self, sid: str) -> None:
        request = (self._io.get_environ(sid) or {}).get("aiohttp.request")
        if request is not None and request.transport is not None:
            request.transport.abort()

    async def _close(self, _: web.Application) -> None:
        await self._older.close()
        for sid in list(self._watchers):
            await self._leave(sid)
        for socket in list(self._io.eio.sockets.values()):
            await socket.close(wait=False)
        await self._io.shutdown()
