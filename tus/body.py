"""The body of a request: limited, timed, counted, in bounded pieces."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Self

from aiohttp import HttpVersion11, web

from tus import durable
from tus.checksum import Checksum
from tus.errors import TusError
from tus.pump import Pumps
from tus.sink import Sink
from tus.store import Pours

BRIEF = 64 << 10  # bytes that may be waited for in memory


class Body(Pours):
    """Hands out the bytes of one request as they arrive; whatever ends them early is told in `failure`, never raised.

    So a store may simply write what it gets, and nothing that arrived is lost. `limit` is how many bytes may come,
    `idle` how many seconds may pass between two of them; there is no limit on the whole time. `checksum` sees them all.
    """

    def __init__(self, request: web.Request, idle: float, pumps: Pumps) -> None:
        self.failure: TusError | None = None
        self.received = 0
        self.limit: int | None = None
        self.checksum: Checksum | None = None
        self._request = request
        self._content = request.content
        self._idle = idle
        self._pumps = pumps
        self._waiting: asyncio.Timeout | None = None
        self._sink: Sink | None = None
        self._ended = False
        self._invited = False

    @property
    def absent(self) -> bool:
        return self._content.at_eof()

    @property
    def announced(self) -> int:
        """How many more bytes the client has said that it sends."""
        return max(0, (self._request.content_length or 0) - self.received)

    @property
    def sound(self) -> bool:
        """Whether these are the bytes that the client meant to send, as far as it has said."""
        return self.checksum is None or (self.failure is None and self.checksum.holds)

    def stop(self, failure: TusError) -> None:
        """Ends the body at once; what has arrived is still handed out."""
        self.failure = self.failure or failure
        if self._sink is not None:
            self._sink.stop()
        if self._waiting is not None and not self._waiting.expired():
            self._waiting.reschedule(asyncio.get_running_loop().time())

    def interrupt(self, why: str) -> None:
        """Ends the body because a newcomer wants the upload; `why` is the code that its client is told."""
        self.stop(TusError(why))

    async def brief(self) -> bytes:
        """All of a body that is small, and nothing of another one."""
        size = self._request.content_length
        if self.absent or size is None or size > BRIEF:
            return b""
        await self._begin()
        here = b"" if self.failure else self._counted(self._left_over())
        return here if self.absent else b"".join([here, *[piece async for piece in self]])

    async def pour(self, target: int, written: Callable[[int], None]) -> None:
        """Writes all to a file at its position, by the shortest way there is, and tells of each piece."""
        await self._begin()
        if self.failure is None:
            while piece := self._within_limit(self._left_over()):
                durable.write_all(target, self._counted(piece))
                written(len(piece))
            if self.absent:
                return
            await self._fill(target, written)
        async for piece in self:
            durable.write_all(target, piece)
            written(len(piece))

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        if self._ended:
            raise StopAsyncIteration
        piece = b"" if self.failure else await self._read()
        if self.failure:
            piece += self._left_over()
        piece = self._within_limit(piece)
        self._ended = self.failure is not None or not piece
        if not piece:
            raise StopAsyncIteration
        return self._counted(piece)

    async def _read(self) -> bytes:
        try:
            await self._invite()
            async with asyncio.timeout(self._idle) as self._waiting:
                return await self._content.readany()
        except Exception as error:
            # Of the many ways in which a stream ends early, only silence is told apart; `stop` comes here as well.
            idle = self._waiting is not None and self._waiting.expired()
            self._fail("ERR_READ_TIMEOUT" if idle else "ERR_UNEXPECTED_EOF", error)
            return b""
        finally:
            self._waiting = None

    async def _begin(self) -> None:
        try:
            await self._invite()
        except OSError as error:
            self._fail("ERR_UNEXPECTED_EOF", error)

    async def _invite(self) -> None:
        """Asks for the body when somebody is about to read it, so that a refused upload is never sent."""
        expects = self._request.headers.get("Expect", "").lower() == "100-continue"
        if expects and not self._invited and self._request.version == HttpVersion11 and not self._content.is_eof():
            await self._request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._request.writer.output_size = 0
        self._invited = True

    async def _fill(self, target: int, written: Callable[[int], None]) -> None:
        """Takes what has not arrived yet past aiohttp, if that can be."""
        see = self.checksum.update if self.checksum else None
        pump, sink = self._pumps.pump(see), None if self.failure else Sink.on(self._request)
        if pump is None or sink is None:
            return
        self._sink = sink
        try:
            await sink.fill(target, pump, self._idle, written)
        finally:
            self._sink, self._ended = None, True
            self.received += sink.moved
        if sink.left:
            self._fail("ERR_READ_TIMEOUT" if sink.silent else "ERR_UNEXPECTED_EOF", None)

    def _left_over(self) -> bytes:
        """What arrived before the end. aiohttp raises before it hands that out, hence the private name."""
        return self._content._read_nowait(-1)

    def _within_limit(self, piece: bytes) -> bytes:
        if self.limit is None or self.received + len(piece) <= self.limit:
            return piece
        self.failure = TusError("ERR_UPLOAD_SIZE_EXCEEDED")
        return piece[: self.limit - self.received]

    def _counted(self, piece: bytes) -> bytes:
        self.received += len(piece)
        if self.checksum is not None:
            self.checksum.update(piece)
        return piece

    def _fail(self, code: str, cause: BaseException | None) -> None:
        """The first failure counts: what follows is only its consequence."""
        if self.failure is None:
            self.failure = TusError(code)
            self.failure.__cause__ = cause


async def invite_later(request: web.Request) -> None:
    """In place of aiohttp's answer to `Expect: 100-continue`: the Body sends it, once the headers have been checked."""
    if request.headers.get("Expect", "").lower() != "100-continue":
        raise web.HTTPExpectationFailed
