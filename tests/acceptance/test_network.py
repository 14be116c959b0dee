"""Uploads over bad lines: every byte that arrived is kept, and what is resumed is the same file."""

from __future__ import annotations

import asyncio
import io
import random
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from hashlib import sha1
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from tusclient.client import TusClient
from tusclient.uploader.uploader import Uploader

from tests.acceptance.tus.client import BYTES, FILES, Client, told
from tests.acceptance.tus.test_checksum import checksum
from tests.customer import TUS, Customer, Json
from tests.faults import End, Faults, Line, faults
from tests.live import live
from tests.wire import wire

pytestmark = pytest.mark.asyncio(loop_scope="module")

DATA = random.Random(6).randbytes(2_000_000)
SENT = 700_000


@dataclass
class Network:
    """A server, the bad line to it, and a client that is next to it; the URLs that it gives lead over the line."""

    line: Faults
    near: Client

    async def send(self, upload: str, line: Line, size: int = len(DATA)) -> bytes:
        """A whole PATCH over such a line; gives what the client hears, which may be nothing."""
        self.line.fail(line)
        async with wire(self.line.origin) as connection:
            try:
                await self.near.begin(connection, upload, size, DATA)
                return await connection.ends()
            except ConnectionError:
                return b""

    async def resumed(self, upload: str) -> bytes:
        """The file in the end, when its rest comes over a good line."""
        at = await self.near.offset(upload)
        assert (await self.near.patch(upload, at, DATA[at:])).status == 204
        return await self.near.finished(upload)

    def uploader(self, status: Json, data: bytes = DATA, chunk: int = 10**9) -> Uploader:
        return TusClient(status["tus_url"]).uploader(
            file_stream=io.BytesIO(data),
            chunk_size=chunk,
            metadata={"assembly_url": status["assembly_url"], "filename": "noise.bin", "fieldname": "file"},
            retries=5,
            retry_delay=0,
        )

    def memory(self) -> int:
        """How many KiB the server holds."""
        pid = str(self.near.customer.server.process.pid)
        return int(subprocess.run(["ps", "-o", "rss=", "-p", pid], capture_output=True, check=True).stdout)


@asynccontextmanager
async def connected(data: Path, **settings: str) -> AsyncIterator[Network]:
    port = free_port()
    async with (
        faults(port) as line,
        live(data, "--port", str(port), public_url=line.origin, image_children="1", **settings) as server,
        ClientSession() as http,
    ):
        near = replace(server, origin=f"http://127.0.0.1:{port}")
        yield Network(line, Client(Customer(near, http)))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def network(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Network]:
    async with connected(tmp_path_factory.mktemp("network") / "data", idle_timeout="1s") as network:
        yield network


async def test_a_slow_line_takes_its_time(network: Network) -> None:
    status = await network.near.announce()
    network.line.fail(*[Line(latency=0.02, rate=1_200_000)] * 9)
    begun = time.monotonic()

    await asyncio.to_thread(network.uploader(status).upload)

    assert time.monotonic() - begun > 1.2  # longer than the server bears silence
    over = await network.near.customer.completed(status)
    assert over["results"]["hashed"][0]["meta"]["hash"] == sha1(DATA).hexdigest()


@pytest.mark.parametrize("end", [End.CLOSE, End.HALF_CLOSE])
async def test_a_line_that_breaks_off_keeps_all_that_it_carried(network: Network, end: End) -> None:
    upload = await network.near.create(len(DATA))

    await network.send(upload, Line(cut=SENT, end=end))
    await network.near.kept(upload, SENT - 1000)

    at = await network.near.offset(upload)
    head = SENT - at
    assert 0 < head < 1000  # the request line and headers went over the line too
    assert await network.resumed(upload) == DATA


async def test_a_line_that_slams_the_door_leaves_the_beginning_of_the_file(network: Network) -> None:
    for cut in (100, 1000, 70_000, SENT):
        upload = await network.near.create(len(DATA))
        await network.send(upload, Line(cut=cut, end=End.RESET))
        assert await network.near.offset(upload) <= cut
        assert await network.resumed(upload) == DATA


async def test_a_line_that_falls_silent_is_given_up(network: Network) -> None:
    upload = await network.near.create(len(DATA))

    answer = await network.send(upload, Line(cut=SENT, end=End.SILENCE))

    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b"ERR_READ_TIMEOUT" in answer
    assert SENT - 1000 < await network.near.offset(upload) < SENT
    assert await network.resumed(upload) == DATA


async def test_a_client_that_changes_to_another_line_takes_over_at_once(network: Network) -> None:
    upload = await network.near.create(len(DATA))
    old = asyncio.ensure_future(network.send(upload, Line(cut=SENT, end=End.SILENCE)))
    await network.near.kept(upload, SENT - 1000)

    begun = time.perf_counter()
    whole = await network.resumed(upload)

    assert b"ERR_UPLOAD_INTERRUPTED" in await old
    assert (whole, time.perf_counter() - begun < 5) == (DATA, True)


async def test_a_client_that_sends_too_much_over_a_slow_line_can_read_why(network: Network) -> None:
    upload = await network.near.create(1_000_000)

    answer = await network.send(upload, Line(latency=0.05))

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"ERR_UPLOAD_SIZE_EXCEEDED" in answer
    assert await network.near.offset(upload) == 0


@pytest.mark.parametrize("end", list(End))
async def test_tuspy_ends_what_it_began_over_a_line_that_fails_again_and_again(network: Network, end: End) -> None:
    status = await network.near.announce()
    network.line.fail(Line(), *[Line(cut=cut, end=end) for cut in (200_000, 300, 400_000)])

    await asyncio.to_thread(network.uploader(status).upload)

    over = await network.near.customer.completed(status)
    assert over["results"]["hashed"][0]["meta"]["hash"] == sha1(DATA).hexdigest()


async def test_an_upload_whose_creation_was_not_heard_does_no_harm(network: Network) -> None:
    status = await network.near.announce()
    network.line.fail(Line(latency=0.2, cut=600, end=End.RESET))
    headers = {
        **TUS,
        "Upload-Length": "5",
        "Upload-Metadata": told(status),
        "Content-Length": "0",
        "Padding": "x" * 500,
    }
    async with wire(network.line.origin) as connection:
        await connection.send("POST", FILES, headers)
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await connection.hear()

    await asyncio.to_thread(network.uploader(status, b"hello").upload)

    over = await network.near.customer.completed(status)
    assert over["results"]["hashed"][0]["size"] == 5


async def test_who_still_sends_over_a_slow_line_what_is_not_wanted_any_more_can_read_why(network: Network) -> None:
    upload = await network.near.create(len(DATA))
    sending = asyncio.ensure_future(network.send(upload, Line(latency=0.02, rate=1_000_000)))
    await network.near.kept(upload, 300_000)

    await network.near.customer.cancel(network.near.statuses[upload])
    answer = await sending

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"ERR_UPLOAD_STOPPED" in answer
    assert (await network.near.head(upload)).status == 404


async def test_the_server_stops_while_a_slow_line_still_carries(tmp_path: Path) -> None:
    async with connected(tmp_path / "data") as network:
        upload = await network.near.create(len(DATA))
        sending = asyncio.ensure_future(network.send(upload, Line(latency=0.02, rate=1_000_000)))
        await network.near.kept(upload, 300_000)
        stopped = await network.near.customer.server.stop(signal.SIGTERM)
        kept, answer = network.near.file(upload).read_bytes(), await sending

    assert (stopped, DATA.startswith(kept), len(kept) >= 300_000) == (0, True, True)
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b"ERR_SERVER_SHUTDOWN" in answer


@pytest.mark.parametrize("way", ["plain", "chunked", "summed"])
async def test_memory_does_not_grow_with_what_lines_carry(network: Network, way: str) -> None:
    count = 20
    size = count * len(DATA)
    upload = await network.near.create(size)
    headers = {
        "plain": {"Content-Length": str(size)},
        "chunked": {"Transfer-Encoding": "chunked"},
        "summed": {"Content-Length": str(size), **checksum(DATA * count)},
    }[way]
    before = network.memory()
    seen = []

    def pieces() -> Iterator[bytes]:
        for _ in range(count):
            seen.append(network.memory())
            yield DATA

    async with wire(network.line.origin) as connection:
        await connection.send("PATCH", upload, {**BYTES, "Upload-Offset": "0", **headers})
        await (connection.chunks(pieces()) if way == "chunked" else connection.pieces(pieces()))
        reply = await connection.hear()

    assert (reply.status, reply.headers["Upload-Offset"]) == (204, str(size))
    assert max(seen) - before < 16_000, (before, seen)
