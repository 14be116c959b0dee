"""The body of a request: limited, timed, counted, in bounded pieces."""

from __future__ import annotations

import asyncio
from typing import Self

from aiohttp import HttpVersion11, web

from tus.errors import TusError


class Body:
    """Hands out the bytes of one request as they arrive; whatever ends them early is told in `failure`, never raised.

    So a store may simply write what it gets, and nothing that arrived is lost. `limit` is how many bytes may come,
    `idle` how many seconds may pass between two of them; there is no limit on the whole time.
    """

    def __init__(self, request: web.Request, idle: float) -> None:
        self.failure: TusError | None = None
        self.received = 0
        self.limit: int | None = None
        self._request = request
        self._content = request.content
        self._idle = idle
        self._waiting: asyncio.Timeout | None = None
        self._ended = False
        self._invited = False

    @property
    def absent(self) -> bool:
        return self._content.at_eof()

    def stop(self, failure: TusError) -> None:
        """Ends the body at once; what has arrived is still handed out."""
        self.failure = self.failure or failure
        if self._waiting is not None and not self._waiting.expired():
            self._waiting.reschedule(asyncio.get_running_loop().time())

    def interrupt(self) -> None:
        """Ends the body because a newcomer wants the upload."""
        self.stop(TusError("ERR_UPLOAD_INTERRUPTED"))

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
        self.received += len(piece)
        return piece

    async def _read(self) -> bytes:
        try:
            await self._invite()
            async with asyncio.timeout(self._idle) as self._waiting:
                return await self._content.readany()
        except Exception as error:
            # Of the many ways in which a stream ends early, only silence is told apart; `stop` comes here as well.
            idle = self._waiting is not None and self._waiting.expired()
            self.failure = self.failure or TusError("ERR_READ_TIMEOUT" if idle else "ERR_UNEXPECTED_EOF")
            self.failure.__cause__ = error
            return b""
        finally:
            self._waiting = None

    async def _invite(self) -> None:
        """Asks for the body when somebody is about to read it, so that a refused upload is never sent."""
        expects = self._request.headers.get("Expect", "").lower() == "100-continue"
        if expects and not self._invited and self._request.version == HttpVersion11 and not self._content.is_eof():
            await self._request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._request.writer.output_size = 0
        self._invited = True

    def _left_over(self) -> bytes:
        """What arrived before the end. aiohttp raises before it hands that out, hence the private name."""
        return self._content._read_nowait(-1)

    def _within_limit(self, piece: bytes) -> bytes:
        if self.limit is None or self.received + len(piece) <= self.limit:
            return piece
        self.failure = TusError("ERR_UPLOAD_SIZE_EXCEEDED")
        return piece[: self.limit - self.received]


async def invite_later(request: web.Request) -> None:
    """In place of aiohttp's answer to `Expect: 100-continue`: the Body sends it, once the headers have been checked."""
    if request.headers.get("Expect", "").lower() != "100-continue":
        raise web.HTTPExpectationFailed
