"""A tus server on a free port, as a host would run it, and a plain client beside it."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from aiohttp import web

from tus.handler import Handler
from tus.hooks import Hooks
from tus.lockers.memory import MemoryLocker
from tus.pump import Way
from tus.store import Store
from tus.stores.disk import DiskStore
from tus.upload import Upload

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {**TUS, "Content-Type": "application/offset+octet-stream"}
START = 1_700_000_000.0
LIFETIME = 3600.0


@dataclass
class Journal(Hooks):
    """Notes what happened to uploads, in order."""

    moments: list[tuple[str, int]] = field(default_factory=list)

    async def after_create(self, upload: Upload, location: str) -> None:
        self.moments.append(("create", upload.offset))

    async def after_receive(self, upload: Upload) -> None:
        self.moments.append(("receive", upload.offset))

    async def after_finish(self, upload: Upload) -> None:
        self.moments.append(("finish", upload.offset))

    async def after_terminate(self, upload: Upload) -> None:
        self.moments.append(("terminate", upload.offset))


@dataclass
class Site:
    """The running server; `time` is what its clock says."""

    url: str
    folder: Path
    handler: Handler
    client: aiohttp.ClientSession
    time: list[float]

    @property
    def port(self) -> int:
        return int(self.url.split(":")[2].split("/")[0])

    async def create(self, length: int | None, **headers: str) -> str:
        """The URL of a new upload."""
        size = {"Upload-Defer-Length": "1"} if length is None else {"Upload-Length": str(length)}
        async with self.client.post(self.url, headers={**TUS, **size, **headers}) as reply:
            assert reply.status == 201, await reply.text()
            return reply.headers["Location"]

    async def patch(self, url: str, offset: int | str, data: bytes, **headers: str) -> aiohttp.ClientResponse:
        async with self.client.patch(
            url, data=io.BytesIO(data), headers={**BYTES, "Upload-Offset": str(offset), **headers}
        ) as reply:
            await reply.read()
            return reply

    async def head(self, url: str) -> aiohttp.ClientResponse:
        async with self.client.head(url, headers=TUS) as reply:
            return reply

    async def offset(self, url: str) -> int:
        return int((await self.head(url)).headers["Upload-Offset"])

    def path(self, url: str | None) -> Path:
        assert url is not None
        return self.folder / url.rsplit("/", 1)[1]

    async def kept(self, url: str, size: int) -> None:
        """Waits until so many bytes of an upload are on the disk."""
        async with asyncio.timeout(10):
            while self.path(url).stat().st_size < size:  # noqa: ASYNC110  a disk sends no event
                await asyncio.sleep(0)

    async def send(self, text: str, data: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A request by hand, over a connection of its own."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        head = text.strip().replace("\n", "\r\n") + "\r\nHost: localhost\r\n\r\n"
        writer.write(head.encode() + data)
        await writer.drain()
        return reader, writer

    async def begin(self, url: str, data: bytes, size: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A PATCH that announces more bytes than it has sent so far."""
        return await self.send(
            f"PATCH /files/{url.rsplit('/', 1)[1]} HTTP/1.1\nTus-Resumable: 1.0.0\nUpload-Offset: 0\n"
            f"Content-Type: application/offset+octet-stream\nContent-Length: {size}",
            data,
        )


@asynccontextmanager
async def running(
    folder: Path,
    hooks: Hooks,
    *,
    max_size: int | None = None,
    idle: float = 10.0,
    store: Store | None = None,
    location: Callable[[web.Request, str], str] | None = None,
    way: Way = "splice",
) -> AsyncIterator[Site]:
    """Serves uploads at /files/ while the block lasts."""
    time = [START]
    store = store or DiskStore(folder)
    if isinstance(store, DiskStore):
        await store.recover()
    handler = Handler(
        store,
        MemoryLocker(),
        hooks,
        max_size=max_size,
        lifetime=LIFETIME,
        idle=idle,
        location=location or (lambda request, id: f"http://{request.host}/files/{id}"),
        now=lambda: time[0],
        way=way,
    )
    app = web.Application()
    app.add_routes(handler.routes("/files/"))
    runner = web.AppRunner(app, auto_decompress=False, access_log=None, lingering_time=0.1, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        async with aiohttp.ClientSession() as client:
            yield Site(f"http://127.0.0.1:{port}/files/", folder, handler, client, time)
    finally:
        await runner.cleanup()
