"""Sink: takes a connection from aiohttp for the rest of a body, and hands it back.

aiohttp copies a body twice before anybody sees it. Past it, bytes go from the socket to the file in one bounded step
for each turn of the loop. That needs some of aiohttp's private names, and nearly all of them are here: where they are
not as known, `Sink.on` says no and the body comes the common way.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Self

from aiohttp import web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http import HttpRequestParser
from aiohttp.web_protocol import RequestHandler, RequestPayloadError

from tus.pump import STEP, Pump

# A smaller rest has arrived before the connection has changed hands.
WORTH_IT = 64 << 10
OURS = {errno.ENOMEM, errno.ENOBUFS, errno.ENOSPC, errno.EIO}  # what the client is not to blame for
PRIVATE = ("_parser", "_manager", "_read_bufsize", "_max_msg_queue_size")


class Sink:
    """The rest of one body on its way into a file.

    It ends early, with `left` above 0, if the client leaves, if it is silent for too long, or at `stop`.
    """

    def __init__(self, request: web.Request, size: int) -> None:
        self.left = size
        self.moved = 0
        self.silent = False
        self._request = request
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[None] = self._loop.create_future()

    @classmethod
    def on(cls, request: web.Request) -> Self | None:
        """A sink for what has not arrived yet, if it can be had."""
        transport, size = request.transport, request.content_length
        if transport is None or size is None or not _known():
            return None
        if transport.get_extra_info("sslcontext") is not None or transport.get_extra_info("socket") is None:
            return None
        left = size - request.content.total_bytes
        return cls(request, left) if left >= WORTH_IT else None

    async def fill(self, target: int, pump: Pump, patience: float, written: Callable[[int], None]) -> None:
        """Moves the bytes to the position of a file; `patience` is how many seconds of silence it bears."""
        transport = self._request.transport
        if transport is None:
            return
        transport.pause_reading()
        # What comes before the next sink on this connection has to go through aiohttp: let it be little.
        if hasattr(transport, "max_size"):
            transport.max_size = WORTH_IT
        # A loop refuses to watch a descriptor that belongs to one of its transports.
        with transport.get_extra_info("socket").dup() as source:
            # By its number, for a selector that does not know a socket yet puts its addresses into words.
            self._loop.add_reader(source.fileno(), self._step, source, target, pump, written)
            self._listen(patience)
            try:
                await self._ended
            finally:
                self._loop.remove_reader(source.fileno())
                self._alarm.cancel()
                self._hand_back()

    def stop(self) -> None:
        if not self._ended.done():
            self._ended.set_result(None)

    def _step(self, source: socket.socket, target: int, pump: Pump, written: Callable[[int], None]) -> None:
        if self._ended.done():
            return
        try:
            taken = pump.take(source, min(self.left, STEP))
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno in OURS:
                self._ended.set_exception(error)
                return
            taken = 0  # a reset
        try:
            pump.give(target, taken)
        except Exception as error:
            self._ended.set_exception(error)
            return
        self.moved += taken
        self.left -= taken
        written(taken)
        if not taken or not self.left:
            self.stop()

    def _listen(self, patience: float) -> None:
        """One timer for many steps, for setting one anew costs nearly as much as a step."""
        self._alarm = self._loop.call_later(patience, self._check, self.moved, patience)

    def _check(self, before: int, patience: float) -> None:
        if self.moved != before:
            self._listen(patience)
            return
        self.silent = True
        self.stop()

    def _hand_back(self) -> None:
        """After a whole body the old parser would still wait for it; after a part of one the connection will close."""
        protocol = self._request.protocol
        if self.left:
            protocol.resume_reading(resume_parser=False)
            return
        protocol._parser = _parser(protocol)
        self._request.content.feed_eof()


def _parser(protocol: RequestHandler) -> HttpRequestParser:
    """As RequestHandler makes it for itself."""
    settings = protocol._manager._kwargs if protocol._manager else {}
    return HttpRequestParser(
        protocol,
        protocol._loop,
        protocol._read_bufsize,
        max_line_size=protocol.max_line_size,
        max_field_size=protocol.max_field_size,
        max_headers=protocol.max_headers,
        payload_exception=RequestPayloadError,
        auto_decompress=settings.get("auto_decompress", True),
        max_msg_queue_size=protocol._max_msg_queue_size,
    )


@cache
def _known() -> bool:
    """Whether this aiohttp is built like the one that this file knows."""
    slots = {name for kind in (RequestHandler, BaseProtocol) for name in kind.__slots__}
    if not slots.issuperset(PRIVATE):
        return False
    with suppress(TypeError):
        protocol = BaseProtocol(asyncio.get_running_loop())
        HttpRequestParser(protocol, protocol._loop, 1, payload_exception=RequestPayloadError, max_msg_queue_size=1)
        return True
    return False
