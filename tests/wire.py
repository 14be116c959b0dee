"""A connection to a web server on which a test says exactly what it wants and hears exactly what is answered."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from multidict import CIMultiDict

from tests.canary import watch

BODILESS = {100, 204, 304}
# A header that is None is left out; one that is spelled in two ways is sent twice.
Headers = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, interim ones included."""

    status: int
    headers: CIMultiDict[str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Wire:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def ask(self, method: str, target: str, headers: Headers, body: bytes = b"") -> Reply:
        """A request with its body, and the answer."""
        size = str(len(body)) if body or method in ("POST", "PATCH") else None
        await self.send(method, target, {"Content-Length": size, **headers}, body)
        return await self.hear(method)

    async def send(self, method: str, target: str, headers: Headers, body: bytes = b"") -> None:
        """A request as it stands: the lengths that its headers tell need not be those of the body."""
        told = {"Host": "localhost", **headers}
        lines = [
            f"{method} {target} HTTP/1.1",
            *(f"{name}: {value}" for name, value in told.items() if value is not None),
        ]
        await self.write("\r\n".join([*lines, "", ""]).encode() + body)

    async def pieces(self, pieces: Iterable[bytes]) -> None:
        """A body that is made while it is sent."""
        for piece in pieces:
            await self.write(piece)

    async def chunks(self, pieces: Iterable[bytes]) -> None:
        """A body in chunked encoding."""
        for piece in pieces:
            await self.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        await self.write(b"0\r\n\r\n")

    async def write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def hear(self, method: str = "") -> Reply:
        """The next answer; `method` is the one that it answers, for that of HEAD has no body."""
        async with asyncio.timeout(20):
            first, *lines = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = CIMultiDict(
                (name, value.strip()) for name, _, value in (line.partition(":") for line in lines if line)
            )
            status = int(first.split(" ")[1])
            size = 0 if method == "HEAD" or status in BODILESS else int(headers["Content-Length"])
            body = await self._reader.readexactly(size)
            watch.look("an answer", f"{first}{headers}".encode() + body)
            return Reply(status, headers, body)

    async def hear_head(self) -> Reply:
        """The head of an answer that goes on for as long as there is news."""
        async with asyncio.timeout(20):
            first, *lines = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        told = (line.partition(":") for line in lines if line)
        return Reply(int(first.split(" ")[1]), CIMultiDict((name, value.strip()) for name, _, value in told), b"")

    async def hear_chunks(self) -> bytes:
        """The rest of it, in chunked encoding, until it ends."""
        made = b""
        async with asyncio.timeout(20):
            while size := int(await self._reader.readuntil(b"\r\n"), 16):
                made += (await self._reader.readexactly(size + 2))[:-2]
            await self._reader.readexactly(2)
        watch.look("a stream", made)
        return made

    async def ends(self) -> bytes:
        """What comes until the server closes the connection."""
        async with asyncio.timeout(20):
            return await self._reader.read()

    def finish(self) -> None:
        """Sends a FIN: nothing more will come, but answers are still read."""
        self._writer.write_eof()

    async def leave(self) -> None:
        """Closes the connection in both directions."""
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()

    def reset(self) -> None:
        """Sends a RST."""
        reset(self._writer)


def reset(writer: asyncio.StreamWriter) -> None:
    """Ends a connection the hard way: what is still to be sent is dropped, and the peer sees an error."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@contextlib.asynccontextmanager
async def wire(origin: str) -> AsyncIterator[Wire]:
    """Connects to the server at an origin such as `http://127.0.0.1:8080`."""
    place = urlsplit(origin)
    connection = Wire(*await asyncio.open_connection(place.hostname, place.port))
    try:
        yield connection
    finally:
        await connection.leave()
