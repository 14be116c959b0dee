"""A server that lacks something says so, loses nothing, and goes on when there is enough again."""

from __future__ import annotations

import asyncio
import contextlib
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests import samples
from tests.customer import Customer
from tests.live import live

HASHED = {"hashed": {"robot": "/file/hash", "use": ":original", "algorithm": "md5", "result": True}}
FILES = 200


def with_files(most: int) -> list[str]:
    return ["prlimit", f"--nofile={most}:{most}"]


def seconds_of_work(pid: int) -> float:
    """How long a process has computed."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


async def gone(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


@pytest.mark.case(114)
async def test_without_file_descriptors_it_waits_quietly_and_recovers(tmp_path: Path) -> None:
    source = samples.txt(tmp_path)
    async with live(tmp_path / "data", before=with_files(FILES)) as server, ClientSession() as http:
        customer = Customer(server, http)
        await customer.completed(await customer.create(HASHED, source))
        host, _, port = server.origin.removeprefix("http://").partition(":")
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(FILES + 50):
                _, writer = await asyncio.open_connection(host, int(port))
                stack.push_async_callback(gone, writer)
            before = seconds_of_work(server.process.pid)
            await asyncio.sleep(2)  # how busy it is can only be seen over time
            worked = seconds_of_work(server.process.pid) - before

        over = await customer.completed(await customer.create(HASHED, source))

    assert worked < 1, "it asked for connections that it cannot take, over and over"
    assert len(over["results"]["hashed"]) == 1
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > FILES + 50


@contextlib.contextmanager
def without_more_files(pid: int) -> Iterator[None]:
    """A process keeps what it has open, and can open nothing more."""
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


@pytest.mark.case(114)
async def test_who_is_connected_already_is_told_to_come_again_later(tmp_path: Path) -> None:
    source = samples.txt(tmp_path)
    async with live(tmp_path / "data") as server, ClientSession() as http:
        customer = Customer(server, http)
        over = await customer.completed(await customer.create(HASHED, source))
        waiting = await customer.announce(HASHED)

        with without_more_files(server.process.pid):
            async with customer.post(server.params(HASHED), source) as refused:
                told = await refused.json()
            assert await customer.status(over) == over
            async with http.get(over["uploads"][0]["ssl_url"]) as kept:
                assert (kept.status, kept.headers["Retry-After"]) == (503, "10")
            async with customer.start(waiting, source) as put_off:
                assert (put_off.status, put_off.headers["Retry-After"], await put_off.json()) == (503, "10", told)

        await customer.upload(waiting, source)
        await customer.completed(waiting)
        await customer.completed(await customer.create(HASHED, source))

    assert (refused.status, refused.headers["Retry-After"]) == (503, "10")
    assert (told["error"], "files that it may open" in told["reason"]) == ("CANNOT_ACCEPT_NEW_ASSEMBLIES", True)
