"""Tests of connections: what is no HTTP, what comes too slowly, and what is too much for one client."""

import asyncio
import errno
import json
import os
import resource
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from server.api import connections, middleware
from server.api.clients import Clients
from server.api.connections import Listener
from server.api.middleware import json_response
from tests.wire import Wire, wire

MANY = 500
POST = b"POST / HTTP/1.1\r\nHost: a\r\n"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n"
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"


class Listening:
    """A server that notes which paths were asked for."""

    def __init__(self) -> None:
        self.origin = ""
        self.runner: Listener
        self.asked: list[str] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        await request.read()
        return json_response({"ok": "YES"})


@asynccontextmanager
async def listening(most: int = 100, head: float = 15, often: int = 0) -> AsyncIterator[Listening]:
    server, app = Listening(), web.Application()
    app.router.add_route("*", "/{path:.*}", server.handle)
    middleware.install(app)
    runner = Listener(app, Clients(most, often=often), head)
    await runner.setup()
    await runner.listen("127.0.0.1", 0)
    server.runner, server.origin = runner, "http://{}:{}".format(*runner.addresses[0][:2])
    yield server
    await runner.cleanup()


@pytest.fixture
async def server() -> AsyncIterator[Listening]:
    async with listening() as server:
        yield server


async def said(connection: Wire) -> tuple[int, dict[str, str], dict[str, object]]:
    """The only answer on a connection, which is closed behind it."""
    head, _, body = (await connection.ends()).partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return int(first.split()[1]), dict(line.split(": ", 1) for line in lines), json.loads(body)


NOISE = {
    "two ways to tell the length": POST
    + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    + SMUGGLED,
    "two lengths": POST + b"Content-Length: 0\r\nContent-Length: 38\r\n\r\n" + SMUGGLED,
    "the same length twice": POST + b"Content-Length: 38\r\nContent-Length: 38\r\n\r\n" + SMUGGLED,
    "a list of lengths": POST + b"Content-Length: 0, 38\r\n\r\n" + SMUGGLED,
    "a length with a sign": POST + b"Content-Length: +0\r\n\r\n" + SMUGGLED,
    "a length that no number holds": POST + b"Content-Length: 99999999999999999999\r\n\r\n" + SMUGGLED,
    "another coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "chunked that is not the last": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "a space before the colon": POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "a chunk without a size": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + SMUGGLED,
    "a chunk of less than nothing": POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n" + SMUGGLED,
    "a line feed in a chunk's extension": POST + b"Transfer-Encoding: chunked\r\n\r\n1;a\nb\r\n" + SMUGGLED,
    "line feeds alone": b"GET / HTTP/1.1\nHost: a\n\n" + SMUGGLED,
    "a folded header": GET + b"A: b\r\n c\r\n\r\n" + SMUGGLED,
    "a return in a header": GET + b"A: b\rc: d\r\n\r\n" + SMUGGLED,
    "a zero byte in a header": GET + b"A: b\0c\r\n\r\n" + SMUGGLED,
    "a zero byte in the path": b"GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED,
    "bytes in the path that are no text": b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED,
    "half an address": b"GET http://[::1/ HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED,
    "no host": b"GET / HTTP/1.1\r\n\r\n" + SMUGGLED,
    "two hosts": GET + b"Host: b\r\n\r\n" + SMUGGLED,
    "another version": b"GET / HTTP/1.2\r\nHost: a\r\n\r\n" + SMUGGLED,
    "the newest version": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no version": b"GET /\r\n\r\n" + SMUGGLED,
    "an unknown method": b"FOO / HTTP/1.1\r\nHost: a\r\n\r\n" + SMUGGLED,
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "a long path": b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "a long header": GET + b"A: " + b"b" * 8200 + b"\r\n\r\n" + SMUGGLED,
    "many headers": GET + b"".join(b"A%d: b\r\n" % number for number in range(130)) + b"\r\n" + SMUGGLED,
}


@pytest.mark.case(24)
@pytest.mark.parametrize("noise", NOISE.values(), ids=NOISE)
async def test_what_is_not_quite_http_is_refused_and_nothing_behind_it_is_heard(
    server: Listening, noise: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with wire(server.origin) as connection:
        await connection.write(noise)
        status, headers, told = await said(connection)

    assert (status, told["http_code"]) == (400, 400)
    assert told["error"] in ("INVALID_FORM_DATA", "INVALID_URL_ENCODING")
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "/smuggled" not in server.asked
    assert caplog.text == ""


async def test_a_request_behind_a_good_one_is_heard(server: Listening) -> None:
    async with wire(server.origin) as connection:
        await connection.write(GET + b"\r\n" + POST + b"Content-Length: 3\r\n\r\nabc" + SMUGGLED)
        replies = [await connection.hear() for _ in range(3)]

    assert [reply.status for reply in replies] == [200, 200, 200]
    assert server.asked == ["/", "/", "/smuggled"]


@pytest.fixture
def many_descriptors() -> Iterator[None]:
    """Both ends of each connection are in this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4096)), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.case(23)
@pytest.mark.usefixtures("many_descriptors")
async def test_heads_that_do_not_come_in_time_end_their_500_connections_and_no_other() -> None:
    async with listening(most=MANY + 1, head=0.3) as server, wire(server.origin) as patient:
        assert (await patient.ask("GET", "/", {})).status == 200
        address = server.origin.removeprefix("http://").split(":")
        slow = [await asyncio.open_connection(*address) for _ in range(MANY)]
        meanwhile = await patient.ask("GET", "/", {})
        async with asyncio.timeout(60):
            ends = await _dripped(slow)

        assert ends == [b""] * MANY
        assert meanwhile.status == 200
        assert (await patient.ask("GET", "/", {})).status == 200  # it was idle all the time, which is no head


async def _dripped(slow: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]) -> list[bytes]:
    """A byte now and then to each, until the server has enough of them all."""
    for _, writer in slow:
        writer.write(b"GET / HTTP/1.1\r\nX: ")
    ends = asyncio.gather(*(_end(reader) for reader, _ in slow))
    while not (await asyncio.wait({ends}, timeout=0.1))[0]:
        for _, writer in slow:
            if not writer.is_closing():
                writer.write(b"a")
    for _, writer in slow:
        writer.close()
    return await ends


async def _end(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionError:  # a byte that was on its way when the server closed
        return b""


@pytest.mark.case(23)
async def test_the_head_of_a_second_request_has_its_time_too() -> None:
    async with listening(head=0.2) as server, wire(server.origin) as connection:
        await connection.ask("GET", "/", {})
        await connection.write(b"GET / HT")

        assert await connection.ends() == b""


async def test_a_body_takes_as_long_as_it_takes() -> None:
    async with listening(head=0.05) as server, wire(server.origin) as connection:
        await connection.write(POST + b"Content-Length: 10\r\n\r\n")
        for _ in range(10):
            await asyncio.sleep(0.02)
            await connection.write(b"a")

        assert (await connection.hear()).status == 200


@pytest.mark.case(23, 100)
async def test_a_client_has_so_many_connections_and_is_told_so() -> None:
    async with listening(most=3) as server, wire(server.origin) as one, wire(server.origin), wire(server.origin):
        async with wire(server.origin) as fourth:
            status, headers, told = await said(fourth)
        assert (await one.ask("GET", "/", {})).status == 200
        await one.leave()
        async with asyncio.timeout(20):
            while True:
                async with wire(server.origin) as another:
                    await another.write(GET + b"\r\n")
                    if (await another.hear()).status == 200:
                        break

    assert (status, told["error"]) == (429, "RATE_LIMIT_REACHED")
    assert headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.case(100)
async def test_a_client_connects_only_so_often_and_is_told_so_and_who_is_connected_is_heard() -> None:
    async with listening(often=1, head=0.2) as server, wire(server.origin) as one:
        assert (await one.ask("GET", "/", {})).status == 200
        async with wire(server.origin) as another:
            status, headers, told = await said(another)
        assert (await one.ask("GET", "/", {})).status == 200
        async with asyncio.timeout(20):
            while True:
                async with wire(server.origin) as later:
                    if await later.ends() == b"":  # it was let in, and said nothing
                        break

    assert (status, told["error"]) == (429, "RATE_LIMIT_REACHED")
    assert "too often" in str(told["reason"])
    assert headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.case(114)
async def test_a_door_that_cannot_be_watched_for_lack_of_memory_is_watched_when_there_is_some(
    server: Listening, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(connections, "AGAIN", 0.01)
    loop: Any = asyncio.get_running_loop()
    [site] = server.runner.sites
    assert isinstance(site, web.TCPSite)
    assert isinstance(site._server, asyncio.Server)
    door = site._server.sockets[0].fileno()
    register, times = loop._selector.register, iter(range(3))

    def scarce(file: Any, *rest: Any) -> Any:
        if file == door and next(times, None) is not None:
            raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))
        return register(file, *rest)

    monkeypatch.setattr(loop._selector, "register", scarce)
    known = loop._selector.get_key(door).data[0]._args
    loop.remove_reader(door)  # as asyncio does when it has no file for a connection,
    loop.call_soon(loop._start_serving, *known)  # and a second later
    async with asyncio.timeout(30), wire(server.origin) as connection:
        reply = await connection.ask("GET", "/", {})

    assert reply.status == 200
    assert next(times, None) is None
    assert "Cannot allocate memory" in caplog.text


@pytest.mark.case(24)
def test_a_server_does_not_start_with_the_other_parser(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "run.py", "--port", "0", "--data", str(tmp_path / "data")],
        env={**os.environ, "AIOHTTP_NO_EXTENSIONS": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert told.returncode != 0
    assert "compiled HTTP parser" in told.stdout + told.stderr
    assert "Traceback" not in told.stderr
