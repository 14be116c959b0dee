"""Clients that leave, hang, come twice, or send too much."""

from __future__ import annotations

import asyncio
import io
import random
import resource
import socket
import struct
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.tus.site import BYTES, Journal, Site, running
from tus.pump import Way
from tus.stores.disk import DiskStore
from tus.upload import Upload

DATA = random.Random(7).randbytes(3_000_000)
LARGE = 1_000_000  # worth a sink


@pytest.fixture(params=["splice", "copy", "none"])
def way(request: pytest.FixtureRequest) -> Way:
    """Each test takes all ways that a body can come."""
    way: Way = request.param
    return way


async def test_all_that_a_leaving_client_sent_is_kept(site: Site, journal: Journal) -> None:
    url = await site.create(10_000_000)
    _, writer = await site.begin(url, DATA, 10_000_000)
    writer.close()
    await writer.wait_closed()
    await site.kept(url, len(DATA))

    assert await site.offset(url) == len(DATA)
    assert site.path(url).read_bytes() == DATA
    assert journal.moments == [("create", 0), ("receive", len(DATA))]


async def test_a_reset_connection_loses_nothing_that_had_arrived(site: Site) -> None:
    url = await site.create(10_000_000)
    _, writer = await site.begin(url, DATA[:5000], 10_000_000)
    await site.kept(url, 5000)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()

    resumed = await site.patch(url, 5000, DATA[5000:])

    assert resumed.status == 204
    assert site.path(url).read_bytes() == DATA


@pytest.mark.parametrize("newcomer", ["HEAD", "PATCH"])
async def test_a_newcomer_takes_over_from_a_hung_request(site: Site, newcomer: str) -> None:
    url = await site.create(LARGE)
    reader, writer = await site.begin(url, DATA[:400], LARGE)
    await site.kept(url, 400)

    if newcomer == "HEAD":
        assert await site.offset(url) == 400
    else:
        assert (await site.patch(url, 400, DATA[400:LARGE])).status == 204
    interrupted = (await reader.read()).decode()
    writer.close()

    assert interrupted.startswith("HTTP/1.1 400 ")
    assert "ERR_UPLOAD_INTERRUPTED" in interrupted
    assert "Connection: close" in interrupted
    assert (await site.patch(url, await site.offset(url), DATA[await site.offset(url) : LARGE])).status == 204
    assert site.path(url).read_bytes() == DATA[:LARGE]


async def test_a_terminated_upload_ends_its_request(site: Site) -> None:
    url = await site.create(LARGE)
    reader, writer = await site.begin(url, DATA[:400], LARGE)
    await site.kept(url, 400)

    async with site.client.delete(url, headers=BYTES) as reply:
        assert reply.status == 204
    assert b"ERR_UPLOAD_INTERRUPTED" in await reader.read()
    writer.close()


async def test_two_requests_at_one_offset_never_mix(site: Site) -> None:
    size = 300_000
    for number in range(20):
        url = await site.create(size)
        bodies = [bytes([number, 1]) * (size // 2), bytes([number, 2]) * (size // 2)]
        replies = await asyncio.gather(*(site.patch(url, 0, body) for body in bodies), return_exceptions=True)
        done = [getattr(reply, "status", None) for reply in replies].count(204)
        kept = site.path(url).read_bytes()

        assert done <= 1
        assert any(body.startswith(kept) for body in bodies)


async def test_a_silent_client_is_sent_away_and_its_bytes_stay(tmp_path: Path, journal: Journal, way: Way) -> None:
    async with running(tmp_path, journal, idle=0.1, way=way) as site:
        url = await site.create(LARGE)
        reader, writer = await site.begin(url, DATA[:400], LARGE)
        reply = (await reader.read()).decode()
        writer.close()

        assert reply.startswith("HTTP/1.1 503 ")
        assert "ERR_READ_TIMEOUT" in reply
        assert await site.offset(url) == 400


async def test_a_stopping_server_answers_and_keeps_what_arrived(site: Site) -> None:
    url = await site.create(LARGE)
    reader, writer = await site.begin(url, DATA[:400], LARGE)
    await site.kept(url, 400)

    site.handler.stop()
    reply = await reader.read()
    writer.close()

    assert b"503" in reply.split(b"\r\n")[0]
    assert b"ERR_SERVER_SHUTDOWN" in reply
    assert await site.offset(url) == 400


async def chunks(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def test_a_body_of_unknown_size_is_stored(site: Site) -> None:
    url = await site.create(6)
    async with site.client.patch(url, data=chunks(b"abc", b"def"), headers={**BYTES, "Upload-Offset": "0"}) as reply:
        assert reply.status == 204
    assert site.path(url).read_bytes() == b"abcdef"


async def test_a_body_of_unknown_size_is_cut_at_the_length(site: Site, journal: Journal) -> None:
    url = await site.create(4)
    async with site.client.patch(url, data=chunks(b"abc", b"def"), headers={**BYTES, "Upload-Offset": "0"}) as reply:
        assert reply.status == 413
        assert "ERR_UPLOAD_SIZE_EXCEEDED" in await reply.text()
    assert site.path(url).read_bytes() == b"abcd"
    assert journal.moments[-1] == ("finish", 4)


async def test_what_came_before_a_malformed_part_of_a_body_is_kept(tmp_path: Path, journal: Journal) -> None:
    async with running(tmp_path, journal, idle=0.1) as site:
        url = await site.create(100)
        reader, writer = await site.send(
            f"PATCH /files/{url.rsplit('/', 1)[1]} HTTP/1.1\nTus-Resumable: 1.0.0\nUpload-Offset: 0\n"
            "Content-Type: application/offset+octet-stream\nTransfer-Encoding: chunked",
            b"3\r\nabc\r\n",
        )
        await site.kept(url, 3)
        writer.write(b"what is this?\r\n")
        reply = await reader.read()
        writer.close()

        assert not reply.startswith(b"HTTP/1.1 2")
        assert await site.offset(url) == 3


async def test_a_client_that_waits_for_100_is_asked_for_the_body_only_when_it_is_wanted(site: Site) -> None:
    url = await site.create(5)
    text = (
        f"PATCH /files/{url.rsplit('/', 1)[1]} HTTP/1.1\nTus-Resumable: 1.0.0\nUpload-Offset: %d\nContent-Length: 5\n"
        "Content-Type: application/offset+octet-stream\nExpect: 100-continue"
    )
    refused, one = await site.send(text % 3)
    wanted, two = await site.send(text % 0)

    assert (await refused.readline()).startswith(b"HTTP/1.1 409 ")
    assert await wanted.readline() == b"HTTP/1.1 100 Continue\r\n"
    two.write(b"hello")
    assert await wanted.readline() == b"\r\n"
    assert (await wanted.readline()).startswith(b"HTTP/1.1 204 ")
    one.close()
    two.close()


async def test_a_connection_serves_one_part_after_the_other(site: Site) -> None:
    url = await site.create(len(DATA))
    connections = set()
    for start in range(0, len(DATA), 500_000):
        headers = {**BYTES, "Upload-Offset": str(start)}
        async with site.client.patch(url, data=io.BytesIO(DATA[start : start + 500_000]), headers=headers) as reply:
            assert reply.status == 204
            connections.add(id(reply.connection))
    assert site.path(url).read_bytes() == DATA
    assert len(connections) == 1


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """The system refuses to let files grow, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.case(113)
async def test_a_full_disk_is_told_and_what_fitted_is_kept(site: Site, journal: Journal) -> None:
    url = await site.create(LARGE)

    with files_of_at_most(600_000):
        reply = await site.patch(url, 0, DATA[:LARGE])

    assert reply.status == 507
    assert await site.offset(url) == 600_000
    assert journal.moments[-1] == ("receive", 600_000)
    assert (await site.patch(url, 600_000, DATA[600_000:LARGE])).status == 204
    assert site.path(url).read_bytes() == DATA[:LARGE]


class Weighing(DiskStore):
    """Notes the size of each piece."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.sizes: list[int] = []

    async def append(self, upload: Upload, pieces: AsyncIterable[bytes]) -> Upload:
        async def weighed() -> AsyncIterator[bytes]:
            async for piece in pieces:
                self.sizes.append(len(piece))
                yield piece

        return await super().append(upload, weighed())


async def test_a_slow_client_is_waited_for(tmp_path: Path, journal: Journal, way: Way) -> None:
    async with running(tmp_path, journal, idle=0.2, way=way) as site:
        url = await site.create(LARGE)
        reader, writer = await site.begin(url, b"", LARGE)
        for start in range(0, LARGE, LARGE // 10):
            writer.write(DATA[start : start + LARGE // 10])
            await site.kept(url, start + LARGE // 10)
            await asyncio.sleep(0.05)  # slow, yet never silent for long
        reply = await reader.readline()
        writer.close()

        assert reply.startswith(b"HTTP/1.1 204 ")
        assert site.path(url).read_bytes() == DATA[:LARGE]


async def test_the_next_request_on_a_connection_may_come_with_the_last_bytes(site: Site) -> None:
    url = await site.create(LARGE)
    id = url.rsplit("/", 1)[1]
    reader, writer = await site.begin(url, b"", LARGE)
    writer.write(DATA[:LARGE] + f"HEAD /files/{id} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\n".encode())
    writer.write(b"Connection: close\r\n\r\n")
    replies = await reader.read()
    writer.close()

    assert [line for line in replies.split(b"\r\n") if line.startswith(b"HTTP")] == [
        b"HTTP/1.1 204 No Content",
        b"HTTP/1.1 200 OK",
    ]
    assert replies.count(f"Upload-Offset: {LARGE}".encode()) == 2
    assert site.path(url).read_bytes() == DATA[:LARGE]


async def test_many_uploads_at_once_keep_apart(site: Site) -> None:
    urls = [await site.create(LARGE) for _ in range(20)]
    bodies = [DATA[number * 1000 : number * 1000 + LARGE] for number in range(20)]

    replies = await asyncio.gather(*(site.patch(url, 0, body) for url, body in zip(urls, bodies, strict=True)))

    assert {reply.status for reply in replies} == {204}
    assert [site.path(url).read_bytes() for url in urls] == bodies


async def test_a_large_body_passes_in_small_pieces(tmp_path: Path, journal: Journal) -> None:
    store = Weighing(tmp_path)
    async with running(tmp_path, journal, store=store) as site:
        url = await site.create(20 << 20)
        reply = await site.patch(url, 0, bytes(20 << 20))

    assert reply.status == 204
    assert sum(store.sizes) == 20 << 20
    assert max(store.sizes) <= 1 << 20
