"""A real browser in a sandbox without network, and a page that tries every way out."""

import asyncio
import contextlib
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from ipaddress import ip_network
from pathlib import Path

import pytest
from aiohttp import web

from robots.tools import relay
from robots.tools.egress import Egress
from robots.tools.guard import Guard
from robots.tools.lookup import Lookup
from tests.clients.chromium import PROGRAMS, SWITCHES
from tests.names import told

PAGE = """<!doctype html><meta charset=utf-8><body>
<link rel=stylesheet href="{canary}/stylesheet"><link rel=prefetch href="{canary}/prefetch">
<img src="{canary}/address"><img src="http://office.example:{port}/name"><img src="{friend}/redirect">
<img src="http://198.41.0.4:8081/port"><iframe src="{secret}"></iframe><img src="https://127.0.0.1:{port}/tls">
<script>
  navigator.sendBeacon("{canary}/beacon", "x");
  fetch("{canary}/fetch", {{mode: "no-cors"}}).catch(() => 0);
  new EventSource("{canary}/events");
  new WebSocket("{canary}/websocket".replace("http", "ws"));
  new WebSocket("{friend}/websocket".replace("http", "ws"));
  new Worker(URL.createObjectURL(new Blob(["fetch('{canary}/worker', {{mode: 'no-cors'}})"])));
</script>
<img src="{friend}/picture"><img src="{friend}/last">
"""
WAYS = {"address", "beacon", "events", "fetch", "file", "redirected", "stylesheet", "websocket", "worker"}


class Canary:
    """It listens where nobody may come. `called` has the paths of those who did."""

    def __init__(self) -> None:
        self.called: set[str] = set()

    async def hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, EOFError), contextlib.closing(writer):
            line = await reader.readline()
            self.called.add(line.partition(b"/")[2].partition(b" ")[0].decode("latin-1"))
            writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")


class Friend:
    """A site that the page may use. Its last picture comes when the page has tried all ways, or has had its time."""

    def __init__(self, canary: str) -> None:
        self.canary = canary
        self.called: set[str] = set()

    async def answer(self, request: web.Request) -> web.Response:
        self.called.add(request.path)
        if request.path == "/redirect":
            raise web.HTTPFound(f"{self.canary}/redirected")
        if request.path == "/last":
            await asyncio.sleep(2)
        return web.Response(body=b"<svg xmlns='http://www.w3.org/2000/svg'/>", content_type="image/svg+xml")


@contextlib.asynccontextmanager
async def neighbours(folder: Path) -> AsyncIterator[tuple[Canary, Friend]]:
    """The page at `folder`/page.html, a secret file elsewhere, and two listeners."""
    canary = Canary()
    async with await asyncio.start_server(canary.hear, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        friend = Friend(f"http://127.0.0.1:{port}")
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", friend.answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.2", 0).start()
        secret = folder.parent / "secret.html"
        secret.write_text(f"<img src='http://127.0.0.1:{port}/file'>")
        home = "http://{}:{}".format(*runner.addresses[0])
        words = {"canary": friend.canary, "port": port, "friend": home, "secret": secret.as_uri()}
        (folder / "page.html").write_text(PAGE.format(**words))
        yield canary, friend
        await runner.cleanup()


async def browse(before: Sequence[object], page: str, *switches: str) -> str:
    """The page as it stands when it has loaded."""
    browser = next(filter(None, map(shutil.which, PROGRAMS)))
    argv = [*before, browser, *SWITCHES, *switches, "--dump-dom", page]
    child = await asyncio.create_subprocess_exec(
        *map(str, argv), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    async with asyncio.timeout(60):
        output, _ = await child.communicate()
    return output.decode()


def names(host: str, port: int, *_: object) -> list[object]:
    """One name is at home here; what is an address already is only read."""
    if host == "office.example":
        return told("127.0.0.1")(host, port)
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST))


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("job") / "sealed"
    folder.mkdir()
    return folder


async def test_a_browser_that_is_not_sealed_finds_every_way_out(folder: Path) -> None:
    async with neighbours(folder) as (canary, friend):
        dom = await browse([], (folder / "page.html").as_uri(), f"--user-data-dir={folder / 'profile'}")

    assert "<script>" in dom
    assert canary.called >= WAYS
    assert friend.called >= {"/picture", "/websocket"}


@pytest.mark.case(44, 45, 67)
async def test_a_sealed_browser_gets_what_it_may_and_finds_no_other_way(folder: Path) -> None:
    system = [["--ro-bind-try", place, place] for place in ("/usr", "/etc", "/opt", sys.base_prefix)]
    links = [["--symlink", f"usr/{name}", f"/{name}"] for name in ("bin", "lib", "lib64", "sbin")]
    sealed = [
        *("bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--proc", "/proc", "--dev", "/dev"),
        *(word for words in [*system, *links] for word in words),
        *("--tmpfs", "/tmp", "--bind", folder, "/job", "--ro-bind", relay.__file__, "/relay.py"),
        *("--clearenv", "--setenv", "HOME", "/tmp", "--setenv", "PATH", "/usr/bin:/bin"),
        *(Path(sys.executable).resolve(), "-I", "/relay.py", "/job/egress", 3128),
    ]
    egress = Egress(Guard([ip_network("127.0.0.2/32")]), Lookup(names))

    async with neighbours(folder) as (canary, friend), egress.listen(folder):
        proxy = ("--proxy-server=http://127.0.0.1:3128", "--proxy-bypass-list=<-loopback>")
        dom = await browse(sealed, "file:///job/page.html", *proxy)

    assert "<script>" in dom
    assert canary.called == set()
    assert friend.called == {"/picture", "/redirect", "/last"}
    for way in ("127.0.0.1 cannot", "office.example", "port 8081", "else than TLS"):
        assert any(way in refusal for refusal in egress.traffic.refusals), (way, egress.traffic.refusals)
