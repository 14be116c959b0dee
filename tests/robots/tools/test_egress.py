"""The way out of a sandbox."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from aiohttp import web

from robots.tools.egress import Allowance, Egress
from robots.tools.guard import Guard
from robots.tools.lookup import Lookup
from tests.names import told
from tests.web import Handler, always, site

HERE = [ip_network("127.0.0.1/32")]


@contextlib.asynccontextmanager
async def proxied(folder: Path, handler: Handler, **allowance: float) -> AsyncIterator[tuple[Egress, str, Path]]:
    """The proxy of one job, a site that it may reach, and the socket."""
    egress = Egress(Guard(HERE), Lookup(told("127.0.0.1")), Allowance(**allowance))  # type: ignore[arg-type]
    async with site(handler) as home, egress.listen(folder) as path:
        yield egress, home, path


async def said(path: Path, request: bytes) -> bytes:
    """All that comes back for these bytes."""
    place = path.resolve()
    reader, writer = await asyncio.open_unix_connection(str(place))
    try:
        writer.write(request)
        async with asyncio.timeout(10):
            return await reader.read()
    finally:
        writer.close()


def get(url: str, *headers: str) -> bytes:
    return "\r\n".join([f"GET {url} HTTP/1.1", "Host: a", *headers, "", ""]).encode()


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("job")


async def test_a_request_is_made_as_its_server_wants_it(folder: Path) -> None:
    seen: list[tuple[str, str, str | None, str]] = []

    async def answer(request: web.Request) -> web.Response:
        headers = request.headers
        seen.append((request.raw_path, headers["Host"], headers.get("Proxy-Connection"), headers["X-A"]))
        return web.Response(body=b"hello")

    async with proxied(folder, answer) as (egress, home, path):
        answered = await said(path, get(f"{home}/a%20b?c=d", "Proxy-Connection: keep-alive", "X-A: 1"))

    assert answered.endswith(b"\r\n\r\nhello")
    assert seen == [("/a%20b?c=d", home.removeprefix("http://"), None, "1")]
    assert (egress.traffic.connections, egress.traffic.refused) == (1, 0)
    assert egress.traffic.size >= len(b"hello")
    assert not path.exists()


async def test_the_body_of_a_request_goes_along(folder: Path) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=(await request.read())[::-1])

    async with proxied(folder, answer) as (_, home, path):
        request = f"POST {home}/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello".encode()
        assert (await said(path, request)).endswith(b"olleh")


async def test_a_tunnel_carries_tls(folder: Path) -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readexactly(7))
        writer.close()

    egress = Egress(Guard(HERE), Lookup(told("127.0.0.1")))
    async with await asyncio.start_server(echo, "127.0.0.1", 0) as server, egress.listen(folder) as path:
        port = server.sockets[0].getsockname()[1]
        answered = await said(path, b"CONNECT a.example:%d HTTP/1.1\r\n\r\n\x16\x03\x01hell" % port)

    assert answered == b"HTTP/1.1 200 Connection established\r\n\r\n\x16\x03\x01hell"


@pytest.mark.case(44, 67)
@pytest.mark.parametrize(
    "request_",
    [
        get("http://10.0.0.1/"),
        get("http://127.1.1.1/"),
        get("http://[::1]/"),
        get("http://2130706434/"),
        get("http://private.example/"),
        get("http://private.example:25/"),
        get("https://127.0.0.1/"),
        get("ftp://127.0.0.1/"),
        get("file:///etc/passwd"),
        get("/local"),
        get("http://me@10.0.0.1/"),
        get("http://127.0.0.1/", "Connection: Upgrade", "Upgrade: websocket"),
        get("http://127.0.0.1/", " folded: x"),
        get("http://127.0.0.1/", "no header"),
        b"CONNECT 10.0.0.1:443 HTTP/1.1\r\n\r\n\x16\x03\x01",
        b"CONNECT private.example:443 HTTP/1.1\r\n\r\n\x16\x03\x01",
        b"CONNECT private.example:80 HTTP/1.1\r\n\r\n",
        b"CONNECT a b:443 HTTP/1.1\r\n\r\n",
        b"TRACE http://127.0.0.1/ HTTP/1.1\r\n\r\n",
        b"SSH-2.0-Client\r\n\r\n",
    ],
)
async def test_what_is_not_known_to_be_good_is_refused_and_noted(folder: Path, request_: bytes) -> None:
    egress = Egress(Guard(HERE), Lookup(told("10.0.0.1", "fe80::1")))

    async with egress.listen(folder) as path:
        answered = await said(path, request_)

    assert answered.startswith(b"HTTP/1.1 403 ")
    assert len(egress.traffic.refusals) == egress.traffic.refused == 1


@pytest.mark.case(58)
@pytest.mark.parametrize("start", [b"CONNECT a.example:80 HTTP/1.1\r\n\r\n", get("http://a.example:8080/")])
async def test_only_the_ports_of_the_web_lead_out(folder: Path, start: bytes) -> None:
    egress = Egress(Guard(), Lookup(told("198.41.0.4")))

    async with egress.listen(folder) as path:
        await said(path, start)

    assert "port" in egress.traffic.refusals[0]


async def test_a_tunnel_that_holds_no_tls_is_never_dug(folder: Path) -> None:
    async with proxied(folder, always(web.Response)) as (egress, home, path):
        host = home.removeprefix("http://")
        answered = await said(path, f"CONNECT {host} HTTP/1.1\r\n\r\n{get('/').decode()}".encode())

    assert answered == b"HTTP/1.1 200 Connection established\r\n\r\n"
    assert "else than TLS" in egress.traffic.refusals[0]


async def test_a_job_has_its_share_of_bytes_and_no_more(folder: Path) -> None:
    big = always(lambda: web.Response(body=bytes(1 << 20)))

    async with proxied(folder, big, size=300_000) as (egress, home, path):
        first = await said(path, get(home))
        second = await said(path, get(home))

    assert len(first) < 1 << 20
    assert second.startswith(b"HTTP/1.1 403 ")
    assert egress.traffic.refused == 2


async def test_a_job_has_its_share_of_connections_and_no_more(folder: Path) -> None:
    async with proxied(folder, always(web.Response), connections=2) as (egress, home, path):
        answers = [await said(path, get(home)) for _ in range(3)]

    assert [answer[9:12] for answer in answers] == [b"200", b"200", b"403"]
    assert egress.traffic.refused == 1


@pytest.mark.parametrize(
    "request_", [b"", b"GET http://127", b"X" * 100_000, b"CONNECT 127.0.0.1:443 HTTP/1.1\r\n\r\n"]
)
async def test_a_client_that_falls_silent_or_never_comes_to_its_point_is_left(folder: Path, request_: bytes) -> None:
    async with proxied(folder, always(web.Response), idle=0.1) as (egress, _, path):
        answered = await said(path, request_)

    assert b"200 OK" not in answered
    assert egress.traffic.size == 0


async def test_a_socket_can_lie_deeper_than_its_address_is_long(folder: Path) -> None:
    deep = folder / ("d" * 100) / ("e" * 100)
    deep.mkdir(parents=True)

    async with Egress(Guard(), Lookup()).listen(deep) as path:
        assert path.is_socket()
