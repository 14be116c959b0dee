"""A disk that is full: it is told, nothing half is shown, and all goes on when there is room again."""

from __future__ import annotations

import asyncio
import contextlib
import resource
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web

from tests import samples
from tests.acceptance.tus.test_limits import on_a_small_disk
from tests.customer import TUS, Customer
from tests.live import Live, live
from tests.web import always, site

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.case(113)]

HASHED = {"hashed": {"robot": "/file/hash", "use": ":original", "algorithm": "md5", "result": True}}
SMALL = {"small": {"robot": "/image/resize", "use": ":original", "width": 30, "result": True}}
DISK = 32 << 20
PIECE = bytes(1 << 16)
PIECES = 128
Full = Callable[[Live], AbstractContextManager[None]]


@contextlib.contextmanager
def filled(server: Live) -> Iterator[None]:
    """Takes all the room that the small disk of a server has left; only the server sees that disk."""
    ballast = Path(f"/proc/{server.process.pid}/root{server.data}/ballast")
    with ballast.open("wb", buffering=0) as stream, contextlib.suppress(OSError):
        while stream.write(PIECE):
            pass
    try:
        yield
    finally:
        ballast.unlink()


@contextlib.contextmanager
def forbidden(server: Live, beyond: int = 0) -> Iterator[None]:
    """No file may grow beyond so many bytes, whatever file it is."""
    before = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (beyond, before[1]))
    try:
        yield
    finally:
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, before)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["disk", "limit"])
async def cramped(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Customer, Full]]:
    """A customer of a server, and what takes its room away."""
    data = tmp_path_factory.mktemp("cramped") / "data"
    before = on_a_small_disk(data, DISK) if request.param == "disk" else []
    full = filled if before[:1] == ["unshare"] else forbidden
    async with live(data, before=before, min_free_space="1B") as server, ClientSession() as http:
        yield Customer(server, http), full


async def test_it_is_told_to_who_comes_and_what_was_there_stays(cramped: tuple[Customer, Full], tmp_path: Path) -> None:
    customer, full = cramped
    photo = samples.jpeg(tmp_path, 900, 700)
    over = await customer.completed(await customer.create(SMALL, photo))
    waiting = await customer.announce(HASHED)
    async with customer.start(waiting, photo) as created:
        url = created.headers["Location"]

    with full(customer.server):
        async with customer.post(customer.server.params(SMALL), photo) as refused:
            told = await refused.json()
        headers = {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        async with customer.http.patch(url, headers=headers, data=photo.read_bytes()) as cut:
            assert (cut.status, "ERR_STORAGE_FULL" in await cut.text()) == (507, True)
        assert await customer.status(over) == over

    assert (refused.status, refused.headers["Retry-After"]) == (503, "10")
    assert (told["error"], "room on its disk" in told["reason"]) == ("CANNOT_ACCEPT_NEW_ASSEMBLIES", True)
    async with customer.http.head(url, headers=TUS) as head:
        at = int(head.headers["Upload-Offset"])
    await customer.send(url, photo.read_bytes()[at:], at)
    await customer.completed(waiting)
    await customer.completed(await customer.create(SMALL, photo))


async def test_a_job_that_finds_no_room_is_tried_again_and_shows_nothing_half(cramped: tuple[Customer, Full]) -> None:
    customer, full = cramped
    begun, go_on, left = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_length = PIECES * len(PIECE)
        await response.prepare(request)
        begun.set()
        await go_on.wait()
        try:
            for _ in range(PIECES):
                await response.write(PIECE)
        finally:
            left.set()
        return response

    async with site(drip) as url:
        steps = {"imported": {"robot": "/http/import", "url": f"{url}/zeros.bin", "result": True}}
        status = await customer.create(steps)
        await begun.wait()
        with full(customer.server):
            go_on.set()
            await left.wait()
            now = await customer.status(status)
        over = await customer.completed(status)

    assert (now["ok"], now["results"]) == ("ASSEMBLY_EXECUTING", {})
    [result] = over["results"]["imported"]
    assert (result["size"], await customer.fetch(result)) == (PIECES * len(PIECE), PIECE * PIECES)


@pytest.mark.parametrize("cramped", ["limit"], indirect=True)
async def test_a_job_that_never_finds_room_ends_its_assembly_with_the_reason(cramped: tuple[Customer, Full]) -> None:
    customer, _ = cramped

    async with site(always(lambda: web.Response(body=PIECE * PIECES))) as url:
        steps = {"imported": {"robot": "/http/import", "url": f"{url}/zeros.bin", "result": True}}
        with forbidden(customer.server, beyond=len(PIECE) * PIECES - 1):
            over = await customer.ended(await customer.create(steps))

    assert (over["error"], over["results"]) == ("WORKER_JOB_ERROR", {})
    assert "room on its disk" in over["message"]
