"""Connections: how many a client may hold, how long it may take to say what it wants, and what noise is answered.

aiohttp has no deadline for the head of a request and answers what is not HTTP in plain text. To change that takes
some of its private names.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from aiohttp import http_parser, web
from aiohttp.http_exceptions import InvalidURLError, LineTooLong

from server import shortage
from server.api.clients import Clients
from server.api.middleware import CORS, json_response
from server.config import WrongSetting
from server.errors import ApiError

log = logging.getLogger(__name__)

WAITING = 128  # connections that the system keeps until they are taken
AGAIN = 1.0  # seconds until a door is tried again that could not be watched
LONGEST_LINE = 1 << 16  # params may come in the query
LONGEST_HEADER = 8190
MOST_HEADERS = 128
# Proxies keep idle connections for a minute: whoever closes first must not be the one that is just spoken to.
LONGER_THAN_PROXIES = 75.0
NO_PARSER = "aiohttp runs without its compiled HTTP parser: unset AIOHTTP_NO_EXTENSIONS, or install a wheel of aiohttp."
TOO_MANY = ApiError("RATE_LIMIT_REACHED", "There are too many connections from your address.")
TOO_OFTEN = ApiError("RATE_LIMIT_REACHED", "Your address opens connections too often; keep them open between requests.")


class Listener(web.AppRunner):
    """Runs an application behind a Gate; `head` is the seconds that the head of a request may take."""

    def __init__(self, app: web.Application, clients: Clients, head: float) -> None:
        if http_parser.HttpRequestParser is http_parser.HttpRequestParserPy:
            raise WrongSetting(NO_PARSER)
        super().__init__(
            app,
            access_log=None,
            auto_decompress=False,  # the offsets of uploads count bytes as they were sent
            keepalive_timeout=LONGER_THAN_PROXIES,
            lingering_time=2.0,
            shutdown_timeout=1.0,
            max_line_size=LONGEST_LINE,
            max_field_size=LONGEST_HEADER,
            max_headers=MOST_HEADERS,
        )
        self._clients = clients
        self._head = head

    async def listen(self, host: str, port: int) -> None:
        """Takes one connection at a time.

        Without descriptors asyncio else tries as many as may wait, and sets a timer for each that it could not take.
        """
        site = web.TCPSite(self, host, port, backlog=1)
        await site.start()
        assert isinstance(site._server, asyncio.Server)
        for door in site._server.sockets:
            with door.dup() as twin:
                twin.listen(WAITING)
        asyncio.get_running_loop().set_exception_handler(keep_listening)

    async def _make_server(self) -> web.Server:
        plain = await super()._make_server()
        return Gate(plain, self._clients, self._head)


def keep_listening(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """After a shortage asyncio takes a door up once more; if that fails as well, nobody would be let in ever again."""
    failed, error = context.get("handle"), context.get("exception")
    opening = failed is not None and failed._callback == loop._start_serving  # type: ignore[attr-defined]
    if failed is not None and opening and error is not None and shortage.sentence(error):
        loop.call_later(AGAIN, failed._callback, *failed._args)
    loop.default_exception_handler(context)


class Gate(web.Server):
    """Makes the protocol of each new connection."""

    def __init__(self, plain: web.Server, clients: Clients, head: float) -> None:
        super().__init__(plain.request_handler, request_factory=plain.request_factory, **plain._kwargs)
        self.clients = clients
        self.head = head

    def __call__(self) -> web.RequestHandler:
        return Connection(self, loop=self._loop, **self._kwargs)


class Connection(web.RequestHandler):
    """One connection of a client."""

    __slots__ = ("_client", "_deadline", "_gate")

    def __init__(self, gate: Gate, **known: Any) -> None:
        super().__init__(gate, **known)
        self._gate = gate
        self._client: str | None = None
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        clients = self._gate.clients
        client = clients.name(str((transport.get_extra_info("peername") or [""])[0]))
        if not clients.comes(client, self._loop.time()):
            _refuse(transport, TOO_OFTEN)
            return
        if not clients.take(client):
            _refuse(transport, TOO_MANY)
            return
        self._client = client
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: BaseException | None) -> None:
        self._head_came()
        if self._client is not None:
            self._gate.clients.give_back(self._client)
            self._client = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._client is None:
            return
        known = self._request_count
        super().data_received(data)
        if self._request_count != known:
            self._head_came()
        elif self._deadline is None and self._waiter is not None and not self._waiter.done():
            self._expect_head()  # the beginning of the next one, on a connection that was idle

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """What aiohttp itself finds wrong, in the words of the API; the connection ends with it."""
        if request.writer.output_size > 0:
            raise ConnectionError("a reply has begun")
        if status >= 500:
            log.error("a request failed", exc_info=exc)
        told = ApiError("SERVER_500") if status >= 500 else _noise(exc)
        response = json_response(told.body(), told.status)
        response.headers.update(CORS)
        response.force_close()
        return response

    def _expect_head(self) -> None:
        self._deadline = self._loop.call_later(self._gate.head, self.force_close)

    def _head_came(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def _noise(error: BaseException | None) -> ApiError:
    if isinstance(error, InvalidURLError):
        return ApiError("INVALID_URL_ENCODING")
    if isinstance(error, LineTooLong):
        sizes = f"a URL may have {LONGEST_LINE} bytes, a header {LONGEST_HEADER}"
        return ApiError("INVALID_FORM_DATA", f"The head of the request is too long: {sizes}.")
    return ApiError("INVALID_FORM_DATA", "The request is not HTTP as this server accepts it.")


def _refuse(transport: asyncio.BaseTransport, error: ApiError) -> None:
    """Too cheap to be worth an attack."""
    assert isinstance(transport, asyncio.Transport)
    body = bytes(json_response(error.body()).body or b"")  # type: ignore[arg-type]
    cors = "".join(f"{name}: {value}\r\n" for name, value in CORS.items())
    head = f"HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json; charset=utf-8\r\n{cors}"
    transport.write(f"{head}Connection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    transport.close()
