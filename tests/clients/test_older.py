"""Uppy of years ago in a browser: its uploads, and the news that it hears over the Socket.IO of its time."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Page, WebSocket

from tests import samples
from tests.clients.chromium import chromium, window
from tests.customer import Customer
from tests.forked import ROOT
from tests.web import site

pytestmark = pytest.mark.asyncio(loop_scope="module")

CLIENTS = ROOT / "tests" / "clients"
HASHED = {"hashed": {"robot": "/file/hash", "use": ":original"}}
TOLD_OF_BOTH = [
    ["transloadit:result", "hashed one.txt"],
    ["transloadit:result", "hashed two.png"],
    ["transloadit:upload", "one.txt"],
    ["transloadit:upload", "two.png"],
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@contextlib.asynccontextmanager
async def opened(browser: Browser, customer: Customer, html: str, script: str, **more: str) -> AsyncIterator[Page]:
    """A page with one of the scripts that `make clients` brings, for Assemblies that hash; it keeps what it is sent."""

    kept: dict[str, bytes] = {}

    async def served(request: web.Request) -> web.StreamResponse:
        if request.method == "POST":
            file = (await request.post())["file"]
            assert isinstance(file, web.FileField)
            kept[f"/kept/{file.filename}"] = file.file.read()
            return web.json_response({"url": f"{request.url.origin()}/kept/{file.filename}"})
        if request.path in kept:
            return web.Response(body=kept[request.path])
        return web.FileResponse(CLIENTS / ("vendor/" + script if request.path.endswith(".js") else html))

    known = {"service": customer.server.origin, "params": json.loads(customer.server.params(HASHED)), **more}
    async with site(served) as address, window(browser, f"{address}/#{quote(json.dumps(known))}") as page:
        yield page


async def told_of_two_files(page: Page, folder: Path) -> list[list[str]]:
    """What the page was told by the end of the Assembly of both."""
    files = [samples.txt(folder, name="one.txt"), samples.png(folder, name="two.png")]
    await page.locator("input").set_input_files(files)
    await page.wait_for_function("window.told.some(([name]) => ['complete', 'error'].includes(name))")
    told: list[list[str]] = await page.evaluate("window.told")
    return told


@pytest.mark.parametrize(("version", "engine"), [("1", "3"), ("2", "4"), ("3", "4")])
async def test_uploads_results_and_the_end_are_told_over_a_web_socket(
    browser: Browser, customer: Customer, tmp_path: Path, version: str, engine: str
) -> None:
    heard: list[str] = []
    async with opened(browser, customer, "older.html", f"uppy-{version}.js") as page:

        def listen(socket: WebSocket) -> None:
            heard.append(socket.url)
            socket.on("framereceived", lambda frame: heard.append(str(frame)))

        page.on("websocket", listen)
        told = await told_of_two_files(page, tmp_path)

    assert told.pop() == ["complete", [2, 0]], told
    assert sorted(told[1:-1]) == TOLD_OF_BOTH
    assert told[-1] == ["transloadit:complete", "ASSEMBLY_COMPLETED"]
    assert f"/ws1/?EIO={engine}&transport=websocket" in heard[0]
    assert sum(frame.startswith('42["assembly_result_finished","hashed",{') for frame in heard) == 2
    assert '42["assembly_finished"]' in heard


async def test_files_that_another_uploader_has_stored_are_fetched_from_there(
    browser: Browser, customer: Customer, tmp_path: Path
) -> None:
    async with opened(browser, customer, "older.html", "uppy-3.js", store="/store") as page:
        told = await told_of_two_files(page, tmp_path)

    assert told.pop() == ["complete", [2, 0]], told
    assert sorted(told[1:-1]) == TOLD_OF_BOTH
    status = await customer.status({"assembly_ssl_url": told[0][1]})
    assert [upload["is_tus_file"] for upload in status["uploads"]] == [False, False]


async def test_what_the_jquery_sdk_asks_for_is_there(browser: Browser, customer: Customer) -> None:
    """It polls before it has a WebSocket, and loads statuses as scripts."""
    async with opened(browser, customer, "jquery.html", "socket.io.js") as page:
        await page.wait_for_function("window.told?.filter(([name]) => name === 'status').length === 2")
        told: list[list[str]] = await page.evaluate("window.told")

    assert told[0] == ["connect", "polling"]
    assert ["upgrade", "websocket"] in told
    assert [entry for entry in told if entry[0] in ("upload", "result", "status")] == [
        ["upload", "note.txt"],
        ["result", "hashed note.txt"],
        ["status", "ASSEMBLY_COMPLETED"],
        ["status", "ASSEMBLY_CANCELED"],
    ]
