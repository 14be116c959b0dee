"""A tus client that takes each step by hand, and every step wrongly if a test wants it so."""

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import ClientSession

from tests.customer import TUS, Customer, Json
from tests.live import live
from tests.wire import Headers, Reply, Wire, wire

LARGEST = 12_000_000  # bytes that an upload may have
FILES = "/resumable/files/"
BYTES = {**TUS, "Content-Type": "application/offset+octet-stream"}
NONE: Headers = {}
HASHED = {"hashed": {"robot": "/file/hash", "use": ":original", "algorithm": "sha1"}}


@dataclass
class Client:
    """Speaks to the tus endpoint of a server; each upload has an Assembly of its own, unless it is given one.

    An upload is known by its path, for a server that is started again has another port.
    """

    customer: Customer
    statuses: dict[str, Json] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return self.customer.server.origin

    def wire(self) -> AbstractAsyncContextManager[Wire]:
        return wire(self.origin)

    async def ask(self, method: str, target: str, headers: Headers = TUS, body: bytes = b"") -> Reply:
        """One request on a connection of its own."""
        async with self.wire() as connection:
            return await connection.ask(method, target, headers, body)

    async def announce(self) -> Json:
        return await self.customer.announce(HASHED)

    async def post(self, headers: Headers, body: bytes = b"") -> Reply:
        """The creation of an upload, for a new Assembly."""
        status = await self.announce()
        reply = await self.ask("POST", FILES, {**TUS, "Upload-Metadata": told(status), **headers}, body)
        if reply.status == 201:
            self.statuses[path_of(reply)] = status
        return reply

    async def create(self, length: int | None, headers: Headers = NONE) -> str:
        size = {"Upload-Defer-Length": "1"} if length is None else {"Upload-Length": str(length)}
        reply = await self.post({**size, **headers})
        assert reply.status == 201, reply
        return path_of(reply)

    async def head(self, upload: str) -> Reply:
        return await self.ask("HEAD", upload)

    async def offset(self, upload: str) -> int:
        reply = await self.head(upload)
        assert reply.status == 200, reply
        return int(reply.headers["Upload-Offset"])

    async def patch(self, upload: str, offset: int, body: bytes, headers: Headers = NONE) -> Reply:
        return await self.ask("PATCH", upload, {**BYTES, "Upload-Offset": str(offset), **headers}, body)

    async def begin(self, connection: Wire, upload: str, size: int, body: bytes) -> None:
        """A PATCH at the start of an upload that announces more bytes than it sends."""
        headers = {**BYTES, "Upload-Offset": "0", "Content-Length": str(size)}
        await connection.send("PATCH", upload, headers, body)

    @asynccontextmanager
    async def hung(self, upload: str, size: int, body: bytes) -> AsyncIterator[Wire]:
        """A PATCH that has brought these bytes, as far as the disk, and then falls silent."""
        async with self.wire() as connection:
            await self.begin(connection, upload, size, body)
            await self.kept(upload, len(body))
            yield connection

    async def kept(self, upload: str, size: int) -> None:
        """Waits until so many bytes have reached the disk; a HEAD would end the request that brings them."""
        async with asyncio.timeout(20):
            while self.file(upload).stat().st_size < size:  # noqa: ASYNC110 - a disk tells nobody
                await asyncio.sleep(0.01)

    def file(self, upload: str) -> Path:
        return self.customer.server.data / "uploads" / upload.rpartition("/")[2]

    async def finished(self, upload: str) -> bytes:
        """The bytes that the Assembly of an upload has in the end, as anybody fetches them."""
        over = await self.customer.completed(self.statuses[upload])
        return await self.customer.fetch(over["results"]["hashed"][0])


@asynccontextmanager
async def client_of_new_server(data: Path, before: Sequence[str] = (), **settings: str) -> AsyncIterator[Client]:
    async with live(data, before=before, image_children="1", **settings) as server, ClientSession() as http:
        yield Client(Customer(server, http))


def told(status: Json, **metadata: str) -> str:
    """The Upload-Metadata of an upload for an Assembly."""
    said = {"assembly_url": status["assembly_url"], "filename": "noise.bin", "fieldname": "file", **metadata}
    return ",".join(f"{name} {b64encode(value.encode()).decode()}" for name, value in said.items())


def path_of(reply: Reply) -> str:
    """The path of a new upload, once its URL is seen to be one that every client understands."""
    path = urlsplit(reply.headers["Location"]).path
    assert re.fullmatch(re.escape(FILES) + r"[0-9A-Za-z_-]+", path), path
    return path
