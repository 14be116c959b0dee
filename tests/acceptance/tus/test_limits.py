"""What is larger, slower or longer than it may be: sizes, silence, full disks, and servers that stop or die."""

from __future__ import annotations

import asyncio
import contextlib
import random
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import pytest_asyncio

from tests.acceptance.tus.client import BYTES, LARGEST, Client, client_of_new_server, path_of
from tests.customer import TUS
from tests.wire import Reply

pytestmark = pytest.mark.asyncio(loop_scope="session")

MEGABYTE = random.Random(5).randbytes(1_000_000)
DATA = MEGABYTE[:600_000]


def megabytes(count: int) -> Iterator[bytes]:
    yield from (MEGABYTE for _ in range(count))


async def chunked(client: Client, upload: str, count: int) -> Reply:
    """A PATCH of so many megabytes that does not tell how many there will be."""
    async with client.wire() as connection:
        await connection.send("PATCH", upload, {**BYTES, "Upload-Offset": "0", "Transfer-Encoding": "chunked"})
        with contextlib.suppress(ConnectionError):  # the server need not read on for ever
            await connection.chunks(megabytes(count))
        return await connection.hear()


@pytest.mark.case(32)
async def test_a_body_that_tells_that_it_is_too_long_is_refused_whole(client: Client) -> None:
    upload = await client.create(1000)

    reply = await client.patch(upload, 0, DATA[:1001])

    assert (reply.status, await client.offset(upload)) == (413, 0)


@pytest.mark.case(32)
async def test_a_chunked_body_is_cut_at_the_length_of_the_upload(client: Client) -> None:
    upload = await client.create(100_000)

    reply = await chunked(client, upload, 2)

    assert (reply.status, reply.headers["Tus-Resumable"]) == (413, "1.0.0")
    assert await client.offset(upload) == 100_000
    assert await client.finished(upload) == MEGABYTE[:100_000]


async def test_a_chunked_body_is_cut_at_the_largest_size(client: Client) -> None:
    upload = await client.create(None)

    reply = await chunked(client, upload, LARGEST // 1_000_000 + 2)

    assert (reply.status, await client.offset(upload)) == (413, LARGEST)
    assert client.file(upload).stat().st_size == LARGEST


async def test_an_upload_without_a_length_stops_at_the_largest_size_by_its_content_length(client: Client) -> None:
    upload = await client.create(None)

    async with client.wire() as connection:
        await client.begin(connection, upload, LARGEST + 1, b"")
        reply = await connection.hear()

    assert (reply.status, await client.offset(upload)) == (413, 0)


@pytest.mark.case(23)
async def test_a_silent_client_is_sent_away_and_a_slow_one_is_not(tmp_path: Path) -> None:
    async with client_of_new_server(tmp_path / "data", idle_timeout="1s") as client:
        silent, slow = await client.create(1000), await client.create(1000)

        async with client.wire() as hung, client.wire() as dripping:
            await client.begin(hung, silent, 1000, DATA[:400])
            await client.begin(dripping, slow, 1000, b"")
            for at in range(0, 1000, 125):
                await dripping.write(DATA[at : at + 125])
                await asyncio.sleep(0.25)  # the time that a slow line takes is what is tested
            sent_away, reply = await hung.hear(), await dripping.hear()

        assert (sent_away.status, "ERR_READ_TIMEOUT" in sent_away.text) == (503, True)
        assert (reply.status, reply.headers["Upload-Offset"]) == (204, "1000")
        assert await client.offset(silent) == 400
        assert await client.finished(slow) == DATA[:1000]


@pytest.mark.case(41)
async def test_an_upload_that_is_left_expires(tmp_path: Path) -> None:
    async with client_of_new_server(tmp_path / "data", upload_lifetime="2s") as client:
        created = await client.post({"Upload-Length": "1000"})
        upload = path_of(created)
        end = parsedate_to_datetime(created.headers["Upload-Expires"]).timestamp()

        assert end <= time.time() + 3
        async with asyncio.timeout(20):
            while (reply := await client.head(upload)).status == 200:  # noqa: ASYNC110 - an end is told to nobody
                await asyncio.sleep(0.1)
        assert (reply.status in (404, 410), time.time() >= end) == (True, True)
        assert (await client.patch(upload, 0, DATA[:1000])).status in (404, 410)


async def test_a_stopping_server_says_so_and_goes_on_where_it_was(tmp_path: Path) -> None:
    async with client_of_new_server(tmp_path / "data") as client:
        upload = await client.create(len(MEGABYTE))
        async with client.hung(upload, len(MEGABYTE), DATA) as hung:
            stopping = asyncio.ensure_future(client.customer.server.stop(signal.SIGTERM))
            reply = await hung.hear()
        async with asyncio.timeout(20):
            assert await stopping == 0

    assert (reply.status, "ERR_SERVER_SHUTDOWN" in reply.text) == (503, True)
    await goes_on(client, upload, tmp_path / "data", len(DATA))


async def test_a_server_that_was_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    async with client_of_new_server(tmp_path / "data") as client:
        upload = await client.create(len(MEGABYTE))
        async with client.hung(upload, len(MEGABYTE), DATA):
            await client.customer.server.stop(signal.SIGKILL)

    await goes_on(client, upload, tmp_path / "data", len(DATA))


async def goes_on(before: Client, upload: str, data: Path, offset: int) -> None:
    """Another server on the same folder knows the offset, takes the rest, and ends the Assembly."""
    async with client_of_new_server(data) as client:
        path = "/assemblies/" + before.statuses[upload]["assembly_id"]
        client.statuses[upload] = await client.customer.status({"assembly_ssl_url": client.origin + path})
        async with client.wire() as connection:
            assert (await connection.ask("HEAD", upload, TUS)).headers["Upload-Offset"] == str(offset)
        assert client.file(upload).read_bytes() == MEGABYTE[:offset]
        assert (await client.patch(upload, offset, MEGABYTE[offset:])).status == 204
        assert await client.finished(upload) == MEGABYTE


def on_a_small_disk(data: Path, size: int) -> list[str]:
    """The words before a command that give it a full disk soon: a small file system of its own where that may be
    mounted, else a limit on the size of each file."""
    data.mkdir()
    mount = ["unshare", "-rm", "sh", "-c", f'mount -t tmpfs -o size={size} tmpfs "$0" && exec "$@"', str(data)]
    if shutil.which("unshare") and subprocess.run([*mount, "true"], stderr=subprocess.DEVNULL).returncode == 0:
        return mount
    return files_of_at_most(size // 2)


def files_of_at_most(size: int) -> list[str]:
    return ["sh", "-c", f'ulimit -f {size // 512} && exec "$@"', "sh"]


@pytest_asyncio.fixture(params=["small", "limited"], scope="session", loop_scope="session")
async def cramped(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Client]:
    """A client of a server whose disk is soon full."""
    data = tmp_path_factory.mktemp("cramped") / "data"
    before = on_a_small_disk(data, 12 << 20) if request.param == "small" else files_of_at_most(5 << 20)
    async with client_of_new_server(data, before, max_upload_size=str(10**16)) as client:
        yield client


@pytest.mark.case(113)
async def test_a_full_disk_is_told_and_what_fits_is_kept(cramped: Client) -> None:
    upload, other = await cramped.create(None), await cramped.create(5)

    reply = await chunked(cramped, upload, 16)
    at = await cramped.offset(upload)
    again = await cramped.patch(upload, at, MEGABYTE)

    assert (reply.status, "ERR_STORAGE_FULL" in reply.text, again.status) == (507, True, 507)
    assert 3_000_000 < at < 12 << 20
    assert (await cramped.ask("DELETE", upload)).status == 204
    assert (await cramped.patch(other, 0, b"hello")).status == 204
    assert await cramped.finished(other) == b"hello"


@pytest.mark.case(41, 113)
async def test_an_upload_for_which_there_is_no_room_is_refused_before_it_begins(cramped: Client) -> None:
    reply = await cramped.post({"Upload-Length": str(10**16)})

    assert (reply.status, "Location" in reply.headers) == (507, False)
