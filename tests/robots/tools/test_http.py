"""Fetching URLs to disk."""

import asyncio
import contextlib
import gzip
import socket
from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from aiohttp import web

from robots.base.errors import ImportFailed
from robots.tools.failures import Answered, Unreachable
from robots.tools.guard import Refused
from robots.tools.hop import Hop
from robots.tools.http import POST_ANSWER, Fetched, HttpClient, Reply, Timeouts
from robots.tools.lookup import Lookup
from tests.names import told
from tests.web import always, site

LIMIT = 1 << 20


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    client = HttpClient(allow=[ip_network("127.0.0.0/8")], timeouts=Timeouts(connect=2, idle=0.3, total=5))
    yield client
    await client.close()


@pytest.fixture
async def strict() -> AsyncIterator[HttpClient]:
    """A client as servers have it, without exceptions for this machine."""
    client = HttpClient()
    yield client
    await client.close()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "fetched"


async def test_a_file_arrives_with_its_name_type_and_size(client: HttpClient, target: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    body = bytes(range(256)) * 2000

    async with site(always(lambda: web.Response(body=body, content_type="image/jpeg"))) as home:
        fetched = await client.fetch(
            f"{home}/a/photo.jpg?w=1", target, limit=LIMIT, on_progress=lambda *at: seen.append(at)
        )

    assert fetched == Fetched(f"{home}/a/photo.jpg?w=1", 200, "photo.jpg", "image/jpeg", len(body))
    assert target.read_bytes() == body
    assert seen[-1] == (len(body), len(body))


@pytest.mark.case(49)
@pytest.mark.parametrize(
    ("path", "headers", "name"),
    [
        ("/a.jpg", {"Content-Disposition": 'attachment; filename="../b.png"'}, "b.png"),
        ("/a%20b.jpg", {}, "a b.jpg"),
        ("/..%2f..%2fetc%2fb.jpg", {}, "b.jpg"),
        ("/b.jpg", {"Content-Disposition": f"attachment; filename={'b' * 5000}.jpg"}, f"{'b' * 251}.jpg"),
        ("/b.jpg", {"Content-Disposition": "attachment; filename*=utf-8''b%0D%0AX:%20y.jpg"}, "bX: y.jpg"),
        ("/", {"Content-Type": "image/png"}, "file.png"),
        ("/", {}, "file.bin"),
    ],
)
async def test_the_name_is_what_the_server_says_or_the_end_of_the_url(
    client: HttpClient, target: Path, path: str, headers: dict[str, str], name: str
) -> None:
    async with site(always(lambda: web.Response(body=b"x", headers=headers))) as home:
        fetched = await client.fetch(home + path, target, limit=LIMIT)

    assert fetched.name == name
    assert [path.name for path in target.parent.iterdir()] == ["fetched"]


async def test_a_redirect_to_a_nameless_address_keeps_the_name_that_was_asked_for(
    client: HttpClient, target: Path
) -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.path == "/photo.jpg":
            return web.Response(status=307, headers={"Location": "blob/1234"})
        return web.Response(body=b"x")

    async with site(answer) as home:
        fetched = await client.fetch(f"{home}/photo.jpg", target, limit=LIMIT)

    assert (fetched.url, fetched.name) == (f"{home}/blob/1234", "photo.jpg")


@pytest.mark.case(44)
@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",
    ],
)
async def test_this_machine_cannot_be_asked_whatever_its_spelling(strict: HttpClient, target: Path, host: str) -> None:
    async with site(always(lambda: web.Response(body=b"secret"))) as home:
        with pytest.raises(Refused, match=r"not public|not spelled"):
            await strict.fetch(f"http://{host}:{home.rpartition(':')[2]}/", target, limit=LIMIT)

    assert not target.exists()


@pytest.mark.case(45, 47)
@pytest.mark.parametrize(
    "location",
    [
        *("http://10.0.0.1/", "//169.254.169.254/latest", "http://[::ffff:a00:1]/", "HTTP://167772161:80/"),
        *("file:///etc/passwd", "ftp://a/b", "gopher://a/b", "data:,x", "http://[::1", "http://a@\\127.0.0.1/"),
    ],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_to_a_private_place_is_not_followed(
    client: HttpClient, target: Path, location: str, status: int
) -> None:
    async with site(always(lambda: web.Response(status=status, headers={"Location": location}))) as home:
        with pytest.raises(Refused):
            await client.fetch(home, target, limit=LIMIT)


@pytest.mark.case(45)
async def test_redirects_end_after_ten(client: HttpClient, target: Path) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=301, headers={"Location": "/again"})

    async with site(answer) as home:
        with pytest.raises(ImportFailed, match="more than 10 times"):
            await client.fetch(home, target, limit=LIMIT)

    assert len(asked) == 11


@pytest.mark.case(45, 51)
async def test_credentials_stay_at_the_origin_that_they_are_for(client: HttpClient, target: Path) -> None:
    seen: list[tuple[str | None, str | None]] = []

    async def elsewhere(request: web.Request) -> web.Response:
        seen.append((request.headers.get("Authorization"), request.headers.get("X-Api-Key")))
        return web.Response(body=b"x")

    async with site(elsewhere) as other:

        async def answer(request: web.Request) -> web.Response:
            seen.append((request.headers.get("Authorization"), request.headers.get("X-Api-Key")))
            return web.Response(status=302, headers={"Location": "/b" if request.path == "/a" else f"{other}/c"})

        async with site(answer) as home:
            url = home.replace("//", "//me:p%40ss@") + "/a"
            fetched = await client.fetch(url, target, limit=LIMIT, headers={"X-Api-Key": "key"})

    assert seen == [("Basic bWU6cEBzcw==", "key"), ("Basic bWU6cEBzcw==", "key"), (None, None)]
    assert fetched.url == f"{other}/c"


@pytest.mark.case(45)
@pytest.mark.parametrize(
    ("location", "kept"),
    [
        ("/b", True),
        ("https://a.example:443/b", True),
        ("http://a.example/", False),
        ("//b.example/", False),
        ("https://a.example:8443/", False),
        ("https://me:other@b.example/", False),
    ],
)
def test_a_header_that_was_for_one_origin_does_not_go_to_another(location: str, kept: bool) -> None:
    hop = Hop.to("https://me:secret@a.example/a", {"X-Key": "secret", "Accept": "*/*"}).redirected(location)

    assert ("X-Key" in hop.headers, hop.headers["Accept"], hop.url.user) == (kept, "*/*", None)
    assert (hop.headers.get("Authorization") == "Basic bWU6c2VjcmV0") == kept


async def test_a_file_over_the_limit_is_refused_by_its_length(client: HttpClient, target: Path) -> None:
    async with site(always(lambda: web.Response(body=b"x" * 1000))) as home:
        with pytest.raises(ImportFailed, match="larger than the 999 bytes") as told:
            await client.fetch(home, target, limit=999)

    assert not target.exists()
    assert told.value.code == "IMPORT_FILE_ERROR"


@pytest.mark.case(48)
async def test_an_endless_file_is_cut_off_and_leaves_nothing(client: HttpClient, target: Path) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 65536)

    async with site(endless) as home:
        with pytest.raises(ImportFailed, match="larger than"):
            await client.fetch(home, target, limit=LIMIT)

    assert not target.exists()


@pytest.mark.case(48)
async def test_a_gzip_bomb_counts_what_it_unpacks_to(client: HttpClient, target: Path) -> None:
    bomb = gzip.compress(bytes(8 << 20))

    async with site(always(lambda: web.Response(body=bomb, headers={"Content-Encoding": "gzip"}))) as home:
        with pytest.raises(ImportFailed, match="larger than"):
            await client.fetch(home, target, limit=LIMIT)

    assert not target.exists()


async def test_a_file_that_is_always_packed_for_travel_is_unpacked(client: HttpClient, target: Path) -> None:
    packed = gzip.compress(b"hello")

    async with site(always(lambda: web.Response(body=packed, headers={"Content-Encoding": "gzip"}))) as home:
        fetched = await client.fetch(home, target, limit=LIMIT)

    assert (fetched.size, target.read_bytes()) == (5, b"hello")


@pytest.mark.case(48)
async def test_a_connection_that_breaks_off_can_be_tried_again(client: HttpClient, target: Path) -> None:
    async def breaking(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"half")
        assert request.transport is not None
        request.transport.close()
        return response

    async with site(breaking) as home:
        with pytest.raises(Unreachable, match="ended before the file did") as caught:
            await client.fetch(home, target, limit=LIMIT)

    assert caught.value.retry
    assert not target.exists()


@pytest.mark.case(48)
async def test_a_server_that_falls_silent_is_left(client: HttpClient, target: Path) -> None:
    over = asyncio.Event()

    async def silent(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"a little")
        await over.wait()
        return response

    async with site(silent) as home:
        with pytest.raises(Unreachable, match="took too long"):
            await client.fetch(home, target, limit=LIMIT)
        over.set()

    assert not target.exists()


@pytest.mark.case(48)
@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 9000000000000000000\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * (1 << 20) + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X%d: 1\r\n" % i for i in range(10_000)) + b"\r\n",
        b"HTTP/1.1 700 Odd\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\n\r\n",
        b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-5/9\r\nContent-Length: 1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\njunk",
        b"HTTP/1.1 302 Found\r\nLocation: http://\xff\xfe/\r\nContent-Length: 0\r\n\r\n",
        b"<html>HTTP/0.9</html>",
        b"",
    ],
)
async def test_a_hostile_answer_is_a_failed_import(client: HttpClient, target: Path, answer: bytes) -> None:
    async def hostile(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        writer.close()

    async with await asyncio.start_server(hostile, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(ImportFailed):
            await client.fetch(f"http://127.0.0.1:{port}/?token=secret", target, limit=LIMIT)

    assert not target.exists()


@pytest.mark.parametrize(("status", "retry"), [(404, False), (403, False), (503, True), (429, True)])
async def test_an_error_status_says_whether_to_ask_again(
    client: HttpClient, target: Path, status: int, retry: bool
) -> None:
    async with site(always(lambda: web.Response(status=status, headers={"Retry-After": "3"}))) as home:
        with pytest.raises(Answered, match=str(status)) as caught:
            await client.fetch(f"{home}/a?token=secret", target, limit=LIMIT)

    assert (caught.value.status, caught.value.retry, caught.value.wait) == (status, retry, 3)
    assert "secret" not in caught.value.message


async def test_nobody_at_home_is_unreachable(client: HttpClient, target: Path) -> None:
    async with site(always(lambda: web.Response())) as home:
        pass

    with pytest.raises(Unreachable, match="cannot be reached"):
        await client.fetch(home, target, limit=LIMIT)


async def test_a_range_tells_where_it_begins(client: HttpClient, target: Path, tmp_path: Path) -> None:
    (tmp_path / "whole").write_bytes(b"0123456789")

    async with site(always(lambda: web.FileResponse(tmp_path / "whole"))) as home:
        fetched = await client.fetch(home, target, limit=LIMIT, range="-3")

    assert (fetched.status, fetched.start, target.read_bytes()) == (206, 7, b"789")


async def test_cookies_are_not_kept(client: HttpClient, target: Path) -> None:
    seen: list[str | None] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Cookie"))
        return web.Response(body=b"x", headers={"Set-Cookie": "a=b"})

    async with site(answer) as home:
        await client.fetch(home, target, limit=LIMIT)
        await client.fetch(home, target, limit=LIMIT)

    assert seen == [None, None]


async def test_a_cancelled_fetch_leaves_nothing(client: HttpClient, target: Path) -> None:
    begun, over = asyncio.Event(), asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"x" * 1000)
        await over.wait()
        return response

    async with site(slow) as home, asyncio.TaskGroup() as group:
        task = group.create_task(
            client.fetch(home, target, limit=LIMIT, on_progress=lambda *_: begun.set()), name="fetch"
        )
        await begun.wait()
        task.cancel()
        await asyncio.wait([task])
        over.set()

    assert task.cancelled()
    assert not target.exists()


@pytest.mark.case(48)
async def test_a_server_that_sends_byte_by_byte_is_left(client: HttpClient, target: Path) -> None:
    async def slow(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000000"})
        await response.prepare(request)
        while True:
            await response.write(b"x")
            await asyncio.sleep(0.02)

    async with site(slow) as home:
        with pytest.raises(Unreachable, match="took too long"):
            await client.fetch(home, target, limit=LIMIT)

    assert not target.exists()


@pytest.mark.case(48)
async def test_a_head_that_never_ends_is_given_up(target: Path) -> None:
    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        with contextlib.closing(writer), contextlib.suppress(ConnectionError):
            while True:
                writer.write(b"X: y\r\n")
                await writer.drain()
                await asyncio.sleep(0.05)

    client = HttpClient(allow=[ip_network("127.0.0.0/8")], timeouts=Timeouts(head=0.3))
    async with await asyncio.start_server(drip, "127.0.0.1", 0) as server:
        with pytest.raises(Unreachable, match="took too long"):
            await client.fetch(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", target, limit=LIMIT)
        await client.close()


@pytest.mark.case(57)
async def test_a_stream_of_events_is_no_file(client: HttpClient, target: Path) -> None:
    async def events(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        await response.prepare(request)
        return response

    async with site(events) as home:
        with pytest.raises(ImportFailed, match="a stream of events"):
            await client.fetch(home, target, limit=LIMIT)


@pytest.mark.case(46)
@pytest.mark.parametrize("answers", [["127.0.0.1", "10.0.0.1"], ["10.0.0.1", "127.0.0.1"]])
async def test_of_a_name_with_several_addresses_only_those_that_may_be_reached_are(
    target: Path, answers: list[str]
) -> None:
    client = HttpClient(allow=[ip_network("127.0.0.0/8")], lookup=Lookup(told(*answers)))

    async with site(always(lambda: web.Response(body=b"x"))) as home:
        fetched = await client.fetch(home.replace("127.0.0.1", "twofold.example"), target, limit=LIMIT)
    await client.close()

    assert fetched.size == 1


@pytest.mark.case(46)
async def test_a_name_that_changes_its_address_after_it_was_found_good_leads_nowhere(target: Path) -> None:
    asked: list[str] = []

    def rebinding(host: str, port: int, *_: object) -> list[object]:
        asked.append(host)
        return told("127.0.0.1" if len(asked) == 1 else "127.0.0.2")(host, port)

    client = HttpClient(allow=[ip_network("127.0.0.1/32")], lookup=Lookup(rebinding))
    moved = always(lambda: web.Response(status=302, headers={"Location": "http://turning.example:1024/"}))
    async with site(moved) as home:
        with pytest.raises(Refused, match="not public"):
            await client.fetch(home.replace("127.0.0.1", "turning.example"), target, limit=LIMIT)
    await client.close()

    assert asked == ["turning.example", "turning.example"]


@pytest.mark.case(128)
@pytest.mark.parametrize(("errno", "retry"), [(socket.EAI_AGAIN, True), (socket.EAI_NONAME, False)])
async def test_a_name_server_that_fails_is_asked_again_but_not_one_that_knows_no_such_name(
    target: Path, errno: int, retry: bool
) -> None:
    def failing(*_: object) -> list[object]:
        raise socket.gaierror(errno, "no")

    client = HttpClient(lookup=Lookup(failing))
    with pytest.raises(ImportFailed, match="name") as caught:
        await client.fetch("http://me:secret@nowhere.example/?secret", target, limit=LIMIT)
    await client.close()

    assert caught.value.retry == retry
    assert "secret" not in caught.value.message


@pytest.mark.case(58)
async def test_a_port_that_is_not_of_the_web_is_not_reached(target: Path) -> None:
    client = HttpClient(ports=[8443], lookup=Lookup(told("198.41.0.4")))

    with pytest.raises(Refused, match="port 8080 is not one of those"):
        await client.fetch("http://open.example:8080/", target, limit=LIMIT)
    await client.close()


@pytest.mark.case(54)
async def test_of_the_answer_to_a_message_only_the_beginning_is_read(client: HttpClient) -> None:
    seen: list[tuple[bytes, str | None]] = []

    async def endless(request: web.Request) -> web.StreamResponse:
        seen.append((await request.read(), request.headers.get("Content-Type")))
        response = web.StreamResponse(status=201)
        await response.prepare(request)
        while True:
            await response.write(b"x" * 65536)

    async with site(endless) as home:
        reply = await client.post(f"{home}/hook", b"{}", {"Content-Type": "application/json"})

    assert (reply, seen) == (Reply(201, b"x" * POST_ANSWER), [(b"{}", "application/json")])


@pytest.mark.case(53, 54)
async def test_a_message_follows_no_redirect(client: HttpClient) -> None:
    async with site(always(lambda: web.Response(status=307, headers={"Location": "http://10.0.0.1/"}))) as home:
        reply = await client.post(home, b"{}", {})

    assert reply == Reply(307, b"")


@pytest.mark.case(54)
@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n"])
async def test_a_message_that_gets_no_answer_is_given_up(client: HttpClient, answer: bytes) -> None:
    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        with contextlib.closing(writer), contextlib.suppress(ConnectionError):
            while answer and not writer.is_closing():
                writer.write(b"a")
                await asyncio.sleep(0.02)
            await reader.read()

    async with await asyncio.start_server(slow, "127.0.0.1", 0) as server:
        with pytest.raises(Unreachable, match="took too long"):
            await client.post(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", b"{}", {}, seconds=0.2)


@pytest.mark.case(53)
async def test_a_message_does_not_go_to_a_private_address(strict: HttpClient) -> None:
    async with site(always(lambda: web.Response())) as home:
        with pytest.raises(Refused, match="not public"):
            await strict.post(home, b"{}", {})


@pytest.mark.case(50)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, "x") for name in ("Host", "COOKIE", "Origin", "Referer", "DNT", "TE", "Via", "Proxy-Anything")),
        *((name, "x") for name in ("Connection", "Upgrade", "Sec-Fetch-Site", "Transfer-Encoding", "Content-Length")),
        *(("X", "a\r\nHost: b"), ("X", "a\0"), ("X: y", "a"), ("", "a"), ("X\r\nY", "a")),
    ],
)
async def test_a_header_that_belongs_to_the_connection_cannot_be_chosen(
    strict: HttpClient, target: Path, name: str, value: str
) -> None:
    with pytest.raises(Refused):
        await strict.fetch("http://example.com/", target, limit=LIMIT, headers={name: value})
