"""Imports from web servers."""

import asyncio
import socket
from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from robots.base.catalog import Catalog
from robots.base.errors import ImportFailed, RobotError
from robots.base.file import File
from robots.base.params import Invalid
from robots.storage.http import HttpImportParams, HttpImportRobot, folder_of, split, without_login
from robots.tools.http import HttpClient, Timeouts
from robots.tools.lookup import Info, Lookup
from tests.robots.workspace import Bench, run
from tests.web import always, site

BYTES = bytes(range(256)) * 4


@pytest.fixture
async def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    """A bench that may reach this machine; new tries come at once."""
    monkeypatch.setattr(HttpImportRobot, "pauses", (0, 0))
    client = HttpClient(allow=[ip_network("127.0.0.0/8")], timeouts=Timeouts(connect=2, idle=2, total=5))
    yield Bench(tmp_path, client)
    await client.close()


async def echo(request: web.Request) -> web.Response:
    """A server with a file at each path, whose content is its path."""
    return web.Response(body=request.path.encode())


def by_name(files: list[File]) -> dict[str, bytes]:
    return {file.name: file.bytes.read_bytes() for file in files}


async def test_a_file_comes_with_its_name_origin_and_progress(bench: Bench) -> None:
    async with site(always(lambda: web.Response(body=BYTES))) as home:
        url = f"{home}/path/to/my%20file.bin?token=1"
        (file,) = await run(HttpImportRobot, {"url": url}, [], bench)

    assert (file.name, file.original_name, file.original_path) == ("my file.bin", "my file.bin", "/path/to/")
    assert file.import_url == url
    assert file.bytes.read_bytes() == BYTES
    assert bench.reached[-1] == 1


@pytest.mark.parametrize("form", ["list", "text", "delimiter"])
async def test_several_urls_can_be_written_in_several_ways(bench: Bench, form: str) -> None:
    async with site(echo) as home:
        urls = [f"{home}/{name}" for name in "abcdef"]
        forms: dict[str, dict[str, Any]] = {
            "list": {"url": urls},
            "text": {"url": " | ".join(urls)},
            "delimiter": {"url": ",".join(urls), "url_delimiter": ","},
        }
        files = await run(HttpImportRobot, forms[form], [], bench)

    assert by_name(files) == {name: f"/{name}".encode() for name in "abcdef"}
    assert bench.reached == sorted(bench.reached)


async def test_a_file_is_handed_on_while_others_are_still_coming(bench: Bench) -> None:
    first_is_out = asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/slow":
            await first_is_out.wait()
        return web.Response(body=b"x")

    known = []
    async with site(answer) as home:
        robot = HttpImportRobot(HttpImportParams(url=[f"{home}/slow", f"{home}/quick"]))
        async for file in robot.work_on([], bench):
            known.append((file.name, file.place))
            first_is_out.set()

    assert known == [("quick", 2), ("slow", 1)]


async def test_never_more_than_four_at_once(bench: Bench) -> None:
    here = most = 0
    enough = asyncio.Event()

    async def answer(_: web.Request) -> web.Response:
        nonlocal here, most
        here += 1
        most = max(most, here)
        if here == 4:
            enough.set()
        await enough.wait()
        here -= 1
        return web.Response(body=b"x")

    async with site(answer) as home:
        files = await run(HttpImportRobot, {"url": [f"{home}/{n}" for n in range(10)]}, [], bench)

    assert (len(files), most) == (10, 4)


@pytest.mark.parametrize(
    ("force_name", "names"),
    [
        ("same.txt", ["same.txt", "same.txt"]),
        (["one.txt", "two.txt"], ["one.txt", "two.txt"]),
        (["one.txt"], ["b", "one.txt"]),
        ({"HOME/b": "two.txt"}, ["a", "two.txt"]),
        ("../../one.txt", ["one.txt", "one.txt"]),
        (None, ["a", "b"]),
    ],
)
async def test_names_can_be_forced(bench: Bench, force_name: Any, names: list[str]) -> None:
    async with site(echo) as home:
        if isinstance(force_name, dict):
            force_name = {url.replace("HOME", home): name for url, name in force_name.items()}
        params = {"url": [f"{home}/a", f"{home}/b"], "force_name": force_name}
        files = await run(HttpImportRobot, params, [], bench)

    assert sorted(file.name for file in files) == names


async def test_headers_are_sent_along(bench: Bench) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=f"{request.headers['Authorization']} {request.headers['X-A']}")

    async with site(answer) as home:
        params = {"url": home, "headers": '["Authorization: Bearer abc", {"X-A": "1"}]'}
        (file,) = await run(HttpImportRobot, params, [], bench)

    assert file.bytes.read_text() == "Bearer abc 1"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "HTTP_IMPORT_ACCESS_DENIED"),
        (403, "HTTP_IMPORT_ACCESS_DENIED"),
        (404, "HTTP_IMPORT_NOT_FOUND"),
        (410, "HTTP_IMPORT_NOT_FOUND"),
        (204, "HTTP_IMPORT_FAILURE"),
        (400, "HTTP_IMPORT_FAILURE"),
        (500, "HTTP_IMPORT_FAILURE"),
    ],
)
async def test_an_error_status_becomes_an_error_code(bench: Bench, status: int, code: str) -> None:
    async with site(always(lambda: web.Response(status=status))) as home:
        url = home.replace("//", "//me:secret@") + "/a?key=secret"
        with pytest.raises(ImportFailed, match=str(status)) as caught:
            await run(HttpImportRobot, {"url": url}, [], bench)

    assert caught.value.code == code
    assert "secret" not in caught.value.message


async def test_a_share_link_that_shows_a_page_is_not_the_file_itself(tmp_path: Path) -> None:
    def here(host: str, port: int, *_: object, **__: object) -> list[Info]:
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", port))]

    client = HttpClient(allow=[ip_network("127.0.0.0/8")], lookup=Lookup(here))
    pages = {"/s/1/a.html": {}, "/s/2/a.html": {"Content-Disposition": 'attachment; filename="a.html"'}}

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text="<html>", content_type="text/html", headers=pages[request.path])

    async with site(answer) as home:
        bench, shared = Bench(tmp_path, client), home.replace("127.0.0.1", "www.dropbox.com")
        with pytest.raises(ImportFailed, match="must be shared with all") as caught:
            await run(HttpImportRobot, {"url": f"{shared}/s/1/a.html"}, [], bench)
        (handed,) = await run(HttpImportRobot, {"url": f"{shared}/s/2/a.html"}, [], bench)
        (page,) = await run(HttpImportRobot, {"url": f"{home}/s/1/a.html"}, [], Bench(tmp_path, client))
    await client.close()

    assert caught.value.code == "HTTP_IMPORT_ACCESS_DENIED"
    assert handed.name == page.name == "a.html"


async def test_a_private_address_is_access_denied(tmp_path: Path) -> None:
    client = HttpClient()

    async with site(echo) as home:
        with pytest.raises(ImportFailed, match="not public") as caught:
            await run(HttpImportRobot, {"url": home}, [], Bench(tmp_path, client))
    await client.close()

    assert caught.value.code == "HTTP_IMPORT_ACCESS_DENIED"


@pytest.mark.parametrize(("fail_fast", "tries"), [(False, 3), (True, 1)])
async def test_a_server_that_is_busy_is_asked_again_unless_that_would_take_too_long(
    bench: Bench, fail_fast: bool, tries: int
) -> None:
    asked = 0

    async def busy(_: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.Response(status=503)

    async with site(busy) as home:
        with pytest.raises(RobotError, match="503"):
            await run(HttpImportRobot, {"url": home, "fail_fast": fail_fast}, [], bench)

    assert asked == tries


async def test_a_connection_that_breaks_once_does_no_harm(bench: Bench) -> None:
    asked = 0

    async def breaks_once(request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        if asked == 1:
            assert request.transport is not None
            request.transport.close()
        return web.Response(body=BYTES)

    async with site(breaks_once) as home:
        (file,) = await run(HttpImportRobot, {"url": f"{home}/a"}, [], bench)

    assert (asked, file.bytes.read_bytes()) == (2, BYTES)


async def test_what_can_be_had_comes_before_the_failure_is_told(bench: Bench) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=404) if request.path == "/none" else web.Response(body=b"x")

    names: list[str] = []

    async def listen(robot: HttpImportRobot) -> None:
        async for file in robot.work_on([], bench):
            names.append(file.name)

    async with site(answer) as home:
        with pytest.raises(RobotError, match="404"):
            await listen(HttpImportRobot(HttpImportParams(url=[f"{home}/none", f"{home}/a", f"{home}/b"])))

    assert sorted(names) == ["a", "b"]


async def test_a_file_over_the_limit_is_a_failure(bench: Bench) -> None:
    async with site(always(lambda: web.Response(body=BYTES))) as home:
        with pytest.raises(RobotError, match="larger than the 1023 bytes") as caught:
            await run(HttpImportRobot, {"url": home, "max_file_size": 1023}, [], bench)
        (file,) = await run(HttpImportRobot, {"url": home, "max_file_size": "1024"}, [], bench)

    assert caught.value.code == "HTTP_IMPORT_FAILURE"
    assert file.bytes.stat().st_size == 1024


@pytest.mark.parametrize(
    ("given", "content"),
    [
        ("0-9", BYTES[:10]),
        ("bytes=1000-", BYTES[1000:]),
        ("-10", BYTES[-10:]),
        (["0-9"], BYTES[:10]),
        (["0-9", "20-29"], BYTES[:10] + bytes(10) + BYTES[20:30]),
        (["20-29", "25-39", "2-4"], bytes(2) + BYTES[2:5] + bytes(15) + BYTES[20:40]),
        (["-4", "0-1"], BYTES[:2] + bytes(1018) + BYTES[-4:]),
        ([], BYTES),
    ],
)
async def test_ranges_lie_at_their_places(bench: Bench, tmp_path: Path, given: Any, content: bytes) -> None:
    (tmp_path / "whole").write_bytes(BYTES)

    async with site(always(lambda: web.FileResponse(tmp_path / "whole"))) as home:
        (file,) = await run(HttpImportRobot, {"url": f"{home}/a.bin", "range": given}, [], bench)

    assert (file.name, file.bytes.read_bytes()) == ("a.bin", content)


@pytest.mark.parametrize("given", ["0-9", ["5-9", "20-29"]])
async def test_a_server_without_ranges_gives_the_whole_file(bench: Bench, given: Any) -> None:
    async with site(always(lambda: web.Response(body=BYTES))) as home:
        (file,) = await run(HttpImportRobot, {"url": home, "range": given}, [], bench)

    assert file.bytes.read_bytes() == BYTES


async def test_a_range_cannot_make_a_file_over_the_limit(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "whole").write_bytes(BYTES)

    async with site(always(lambda: web.FileResponse(tmp_path / "whole"))) as home:
        with pytest.raises(RobotError, match="beyond the 100 bytes"):
            await run(HttpImportRobot, {"url": home, "range": ["200-209"], "max_file_size": 100}, [], bench)


async def test_a_stub_is_only_a_url(bench: Bench) -> None:
    async with site(echo) as home:
        pass

    (file,) = await run(HttpImportRobot, {"url": f"{home}/a/b.mp4", "return_file_stubs": True}, [], bench)

    assert (file.name, file.path, file.import_url) == ("b.mp4", None, f"{home}/a/b.mp4")


async def test_an_import_can_count_as_part_of_another_original(bench: Bench) -> None:
    async with site(echo) as home:
        params = {"url": home, "force_original_id": "abc", "bucket": "x"}
        (file,) = await run(HttpImportRobot, params, [], bench)

    assert file.original_id == "abc"


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"url": ""},
        {"url": []},
        {"url": ["https://example.com/a", " "]},
        {"url": "example.com/a.jpg"},
        {"url": "ftp://example.com/a.jpg"},
        {"url": ["https://example.com/a", "file:///etc/passwd"]},
        {"url": "http://example.com:22/"},
        {"url": "https://example.com/", "headers": ["Host: a"]},
        {"url": "https://example.com/", "headers": "nonsense"},
        {"url": "https://example.com/", "range": "first"},
        {"url": "https://example.com/", "range": ["0-1", "a-b"]},
        {"url": "https://example.com/", "range": "5-2"},
        {"url": "https://example.com/", "range": "0-" + "9" * 5000},
        {"url": "https://example.com/", "max_file_size": 0},
        {"url": "https://example.com/", "path": "/"},
    ],
)
def test_what_cannot_be_imported_is_refused_at_once(params: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        HttpImportParams.parse(params)


@pytest.mark.parametrize("phases", [[], ["meta"]])
def test_missing_metadata_may_be_forgiven(phases: list[str]) -> None:
    params = HttpImportParams.parse({"url": "https://example.com/a.jpg", "import_on_errors": phases})

    assert HttpImportRobot(params).forgives == set(phases)


def test_template_credentials_may_be_named() -> None:
    assert HttpImportParams.parse({"url": "https://example.com/a.jpg", "credentials": "web"}).credentials == "web"


def test_a_url_with_a_variable_is_checked_when_it_is_known() -> None:
    HttpImportParams.check({"url": "${fields.url}", "range": "0-9"}, frozenset({"url"}))


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("https://example.com/path/to/file.txt", "/path/to/"),
        ("https://example.com/file.txt", "/"),
        ("https://example.com", "/"),
        ("https://example.com/a%20b//c?x=/d/e", "/a b/"),
        ("https://example.com/../%2e%2e/%2e%2e%2fetc/passwd", "/etc/"),
    ],
)
def test_the_folder_of_a_url_has_a_slash_at_both_ends(url: str, folder: str) -> None:
    assert folder_of(url) == folder


def test_credentials_are_not_part_of_where_a_file_came_from() -> None:
    assert without_login("https://me:pa@ss@example.com/a@b?c@d") == "https://example.com/a@b?c@d"


def test_urls_are_not_split_without_a_delimiter() -> None:
    assert split("https://a|b", "") == ["https://a|b"]


def test_the_catalogue_finds_it_by_its_name() -> None:
    assert Catalog().get("/http/import") is HttpImportRobot
