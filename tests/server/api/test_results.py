"""Tests of serving bytes."""

import asyncio
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yarl
from aiohttp import ClientError, web

from server.api.results import Results, Served
from tests.server.api.conftest import Client, Serve

CONTENT = bytes(range(256)) * 1200
MODIFIED = datetime(2026, 1, 10, 12, 0, 0, 500, tzinfo=UTC)
DATE = "Sat, 10 Jan 2026 12:00:00 GMT"
ETAG = '"abc"'


class Shelf:
    """One file; tests say what is told of it."""

    def __init__(self, path: Path) -> None:
        path.write_bytes(CONTENT)
        self.served = Served(path, "é.png", "image/png", len(CONTENT), "abc", MODIFIED)

    async def find(self, assembly: str, file: str) -> Served | None:
        return self.served if (assembly, file) == ("a1", "f1") else None


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "f1")


@pytest.fixture
async def client(serve: Serve, shelf: Shelf) -> Client:
    app = web.Application()
    Results(shelf.find).attach(app)
    return await serve(app)


URL = "/results/a1/f1/%C3%A9.png"


@pytest.mark.case(90)
async def test_the_whole_file_comes_with_all_that_a_browser_needs(client: Client) -> None:
    reply = await client.get(URL)

    assert await reply.read() == CONTENT
    assert reply.headers["Content-Length"] == str(len(CONTENT))
    assert reply.headers["Content-Type"] == "image/png"
    assert reply.headers["Content-Disposition"] == "inline; filename=\"_.png\"; filename*=UTF-8''%C3%A9.png"
    assert reply.headers["ETag"] == ETAG
    assert reply.headers["Last-Modified"] == DATE
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in reply.headers["Content-Security-Policy"]
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    assert "script" not in reply.headers["Content-Security-Policy"]
    assert reply.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in reply.headers
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Range" in reply.headers["Access-Control-Expose-Headers"]


async def test_head_tells_the_same_without_the_bytes(client: Client) -> None:
    whole = await client.get(URL)
    reply = await client.request("HEAD", URL)

    assert await reply.read() == b""
    assert {**reply.headers, "Date": "", "X-Request-ID": ""} == {**whole.headers, "Date": "", "X-Request-ID": ""}
    await whole.read()


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-1048576", 0, len(CONTENT)),
        ("bytes=1000-", 1000, len(CONTENT)),
        ("bytes=300000-300099", 300_000, 300_100),
        ("bytes=-5", len(CONTENT) - 5, len(CONTENT)),
        ("bytes=-999999999", 0, len(CONTENT)),
        (f"bytes=0-{2**63}", 0, len(CONTENT)),
        ("Bytes=1-2", 1, 3),
    ],
)
@pytest.mark.case(94)
async def test_a_part_is_served_where_one_is_asked_for(client: Client, asked: str, start: int, stop: int) -> None:
    reply = await client.get(URL, headers={"Range": asked})

    assert reply.status == 206
    assert await reply.read() == CONTENT[start:stop]
    assert reply.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(CONTENT)}"


@pytest.mark.parametrize("asked", ["bytes=307200-", f"bytes={2**63}-", f"bytes={2**64}-{2**65}", "bytes=-0"])
@pytest.mark.case(94)
async def test_a_part_beyond_the_end_cannot_be_had(client: Client, asked: str) -> None:
    reply = await client.get(URL, headers={"Range": asked})

    assert reply.status == 416
    assert reply.headers["Content-Range"] == f"bytes */{len(CONTENT)}"


@pytest.mark.parametrize(
    "asked",
    [
        *("bytes=0-1,5-6", "bytes=0-9,5-14", "bytes=" + "0-0," * 1000 + "0-0"),
        *("bytes=5-1", "bytes=a-b", "bytes=-", "lines=1-2", "bytes=" + "9" * 5000 + "-", ""),
    ],
)
@pytest.mark.case(94)
async def test_any_other_range_means_the_whole_file(client: Client, asked: str) -> None:
    reply = await client.get(URL, headers={"Range": asked})

    assert (reply.status, len(await reply.read())) == (200, len(CONTENT))


@pytest.mark.parametrize(
    ("condition", "status"), [(ETAG, 206), (DATE, 206), ('"other"', 200), ('W/"abc"', 200), ("x", 200)]
)
async def test_a_part_of_another_version_is_not_mixed_in(client: Client, condition: str, status: int) -> None:
    reply = await client.get(URL, headers={"Range": "bytes=0-1", "If-Range": condition})

    assert reply.status == status
    await reply.read()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-None-Match": ETAG}, 304),
        ({"If-None-Match": f'"x", W/{ETAG}'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"x"', "If-Modified-Since": DATE}, 200),
        ({"If-Modified-Since": DATE}, 304),
        ({"If-Modified-Since": "Sat, 10 Jan 2026 11:59:59 GMT"}, 200),
        ({"If-Modified-Since": "yesterday"}, 200),
        ({"If-None-Match": ETAG, "Range": "bytes=0-1"}, 304),
        ({"If-None-Match": "abc"}, 200),
        ({"If-None-Match": '"abc'}, 200),
    ],
)
@pytest.mark.case(95)
async def test_what_the_client_has_is_not_sent_again(client: Client, headers: dict[str, str], status: int) -> None:
    reply = await client.get(URL, headers=headers)

    assert reply.status == status
    assert len(await reply.read()) == (0 if status == 304 else len(CONTENT))
    assert reply.headers["ETag"] == ETAG


@pytest.mark.parametrize(
    ("mime", "told", "kind"),
    [
        ("image/webp", "image/webp", "inline"),
        ("video/mp4", "video/mp4", "inline"),
        ("audio/mpeg", "audio/mpeg", "inline"),
        ("text/plain", "text/plain", "inline"),
        ("image/svg+xml", "image/svg+xml", "attachment"),
        ("image/tiff", "image/tiff", "attachment"),
        ("application/postscript", "application/postscript", "attachment"),
        ("text/javascript", "application/octet-stream", "attachment"),
        ("application/x-javascript", "application/octet-stream", "attachment"),
        ("text/css", "application/octet-stream", "attachment"),
        ("application/wasm", "application/octet-stream", "attachment"),
        ("text/html", "text/html", "attachment"),
        ("application/pdf", "application/pdf", "attachment"),
        ("application/xhtml+xml", "application/xhtml+xml", "attachment"),
        (None, "application/octet-stream", "attachment"),
        ("text/html\r\nX: y", "application/octet-stream", "attachment"),
        ("image/png; charset=x", "application/octet-stream", "attachment"),
    ],
)
@pytest.mark.case(90)
async def test_only_what_cannot_carry_scripts_is_shown(
    client: Client, shelf: Shelf, mime: str | None, told: str, kind: str
) -> None:
    shelf.served = replace(shelf.served, mime=mime)

    reply = await client.request("HEAD", URL)

    assert reply.headers["Content-Type"] == told
    assert reply.headers["Content-Disposition"].startswith(f"{kind};")


async def test_an_empty_file_is_served(client: Client, shelf: Shelf) -> None:
    shelf.served.path.write_bytes(b"")
    shelf.served = replace(shelf.served, size=0)

    assert await (await client.get(URL)).read() == b""
    assert (await client.get(URL, headers={"Range": "bytes=0-"})).status == 416


UNKNOWN = [
    *("/results/a1/f2/x", "/results/a2/f1/x", "/results/a1/..%2ff1/x", "/results/a1/f1/"),
    *("/results/a1/../../etc/passwd", "/results/a1/%2e%2e/%2e%2e/auth.json", "/results/..%2f..%2fauth.json/f1/x"),
    *("/results/a1/f1%00/x", "/results/a1//x", "/results/A1/f1/x", "/results/a1/F1/x"),
]


@pytest.mark.parametrize("path", UNKNOWN)
@pytest.mark.parametrize("headers", [{}, {"If-None-Match": "*", "Range": "bytes=0-0"}], ids=["plain", "forged"])
@pytest.mark.case(95)
async def test_an_unknown_file_is_told_in_json(client: Client, path: str, headers: dict[str, str]) -> None:
    url = yarl.URL(f"http://{client.host}:{client.port}{path}", encoded=True)

    reply = await client.session.get(url, headers=headers)

    assert (reply.status, (await reply.json())["error"]) == (404, "SERVER_404")


@pytest.mark.parametrize("trouble", ["gone", "folder", "link", "pipe"])
@pytest.mark.case(95, 115)
async def test_a_file_that_is_no_file_any_more_is_gone(client: Client, shelf: Shelf, trouble: str) -> None:
    path = shelf.served.path
    path.unlink()
    if trouble == "folder":
        path.mkdir()
    if trouble == "link":
        path.symlink_to(__file__)
    if trouble == "pipe":
        os.mkfifo(path)

    reply = await client.get(URL)

    assert (reply.status, (await reply.json())["error"]) == (404, "SERVER_404")


async def test_a_file_that_was_cut_does_not_look_whole(client: Client, shelf: Shelf) -> None:
    os.truncate(shelf.served.path, 1000)

    with pytest.raises(ClientError):
        async with client.get(URL) as reply:
            await reply.read()


async def test_a_preflight_allows_ranges(client: Client) -> None:
    reply = await client.request("OPTIONS", URL)

    assert reply.status == 204
    assert reply.headers["Access-Control-Allow-Headers"].endswith("Authorization, Range, If-Range")


async def test_a_client_that_leaves_in_the_middle_is_no_trouble(
    client: Client, shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    os.truncate(shelf.served.path, 100_000_000)
    shelf.served = replace(shelf.served, size=100_000_000)
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(f"GET {URL} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    await reader.readexactly(1000)

    writer.transport.abort()

    assert (await client.get(URL, headers={"Range": "bytes=0-1"})).status == 206
    assert caplog.text == ""


async def test_headers_that_the_assembly_chose_are_answered(client: Client, shelf: Shelf) -> None:
    chosen = {"Cache-Control": "no-store", "X-Mine": "größe", "Content-Type": "image/webp; charset=utf-8"}
    shelf.served = replace(shelf.served, headers=chosen)

    reply = await client.request("HEAD", URL)

    assert {name: reply.headers[name] for name in chosen} == chosen
    assert reply.headers["Content-Disposition"].startswith("inline")
    assert reply.headers["Transloadit-Assembly"] == "a1"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in reply.headers["Content-Security-Policy"]


@pytest.mark.case(90)
@pytest.mark.parametrize(
    ("chosen", "mime", "disposition"),
    [
        ({"Content-Type": "text/html; charset=utf-8"}, "text/html; charset=utf-8", 'attachment; filename="a.txt"'),
        ({"Content-Type": "text/html", "Content-Disposition": "inline"}, "text/html", 'attachment; filename="a.txt"'),
        ({"Content-Type": "text/javascript"}, "application/octet-stream", 'attachment; filename="a.txt"'),
        ({"Content-Type": "text/css; charset=utf-8"}, "application/octet-stream", 'attachment; filename="a.txt"'),
        ({"Content-Type": "nonsense"}, "application/octet-stream", 'attachment; filename="a.txt"'),
        ({"Content-Type": "text/plain; charset=x; y=z"}, "text/plain", 'inline; filename="a.txt"'),
        ({"Content-Disposition": 'attachment; filename="b.txt"'}, "text/plain", 'attachment; filename="b.txt"'),
        ({"Content-Disposition": 'inline; filename="c.txt"'}, "text/plain", 'inline; filename="c.txt"'),
        ({"Content-Disposition": "attachment; filename*=x"}, "text/plain", 'attachment; filename="a.txt"'),
    ],
)
async def test_chosen_headers_never_make_a_page_of_a_download(
    client: Client, shelf: Shelf, chosen: dict[str, str], mime: str, disposition: str
) -> None:
    shelf.served = replace(shelf.served, name="a.txt", mime="text/plain", headers=chosen)

    reply = await client.request("HEAD", URL)

    assert (reply.headers["Content-Type"], reply.headers["Content-Disposition"]) == (mime, disposition)
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
