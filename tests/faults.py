"""A bad line: a TCP proxy that is slow, breaks off, slams the door or falls silent."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from enum import Enum

from tests.wire import reset

MOST = 1 << 16


class End(Enum):
    """What becomes of a connection whose line has let through all that it lets through."""

    CLOSE = "both sides get a FIN"
    RESET = "both sides get a RST"
    SILENCE = "both sides wait for the other"
    HALF_CLOSE = "the server gets a FIN and may still answer"


@dataclass(frozen=True, slots=True)
class Line:
    """One connection from a client to the server, and back.

    `latency` are the seconds that a piece takes, each way; `rate` how many bytes a second pass to the server;
    `cut` how many bytes pass to it before the line comes to its `end`.
    """

    latency: float = 0.0
    rate: float | None = None
    cut: int | None = None
    end: End = End.CLOSE

    def room(self, passed: int) -> int:
        """How many bytes may be taken in next: a tenth of a second's worth, and no more than up to the cut."""
        slice = MOST if self.rate is None else max(1, int(self.rate / 10))
        return min(slice, MOST, MOST if self.cut is None else self.cut - passed)


@dataclass
class Side:
    """One end of a connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def close(self) -> None:
        self.writer.close()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()


@dataclass
class Faults:
    """The proxy. Connections take the `lines` one by one, and after the last a good one.

    `target` is the port that the server listens on; `passed` counts the bytes that went to it on each connection.
    """

    target: int
    port: int = 0
    lines: deque[Line] = field(default_factory=deque)
    passed: list[int] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fail(self, *lines: Line) -> None:
        """The next connections have these lines, and those after them good ones."""
        self.lines = deque(lines)

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = self.lines.popleft() if self.lines else Line()
        task = asyncio.ensure_future(self._connect(line, Side(reader, writer)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connect(self, line: Line, client: Side) -> None:
        """Owns both sides until the connection is over."""
        try:
            server = Side(*await asyncio.open_connection("127.0.0.1", self.target))
            try:
                await self._carry(line, client, server)
            finally:
                await server.close()
        except OSError:
            client.writer.transport.abort()
        finally:
            await client.close()

    async def _carry(self, line: Line, client: Side, server: Side) -> None:
        answers = asyncio.ensure_future(_copy(line, server, client))
        try:
            if await self._forward(line, client, server):
                await self._end(line, client, server)
            await answers
        finally:
            answers.cancel()
            await asyncio.gather(answers, return_exceptions=True)

    async def _forward(self, line: Line, client: Side, server: Side) -> bool:
        """Whether the line came to its end; otherwise the client did."""
        number = len(self.passed)
        self.passed.append(0)
        while room := line.room(self.passed[number]):
            piece = await client.reader.read(room)
            if not piece:
                server.writer.write_eof()
                return False
            await asyncio.sleep(line.latency + (len(piece) / line.rate if line.rate else 0))
            server.writer.write(piece)
            await server.writer.drain()
            self.passed[number] += len(piece)
        return True

    async def _end(self, line: Line, client: Side, server: Side) -> None:
        if line.end is End.SILENCE:
            await asyncio.Event().wait()
        elif line.end is End.HALF_CLOSE:
            server.writer.write_eof()
        elif line.end is End.RESET:
            reset(client.writer)
            reset(server.writer)
        else:
            await client.close()
            await server.close()


async def _copy(line: Line, source: Side, target: Side) -> None:
    with contextlib.suppress(OSError):
        while piece := await source.reader.read(MOST):
            await asyncio.sleep(line.latency)
            target.writer.write(piece)
            await target.writer.drain()
        target.writer.write_eof()


@contextlib.asynccontextmanager
async def faults(target: int) -> AsyncIterator[Faults]:
    """A proxy on a port of its own; its target need not listen yet."""
    proxy = Faults(target)
    server = await asyncio.start_server(proxy.accept, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await proxy.stop()
        await server.wait_closed()
