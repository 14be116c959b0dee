"""Uppy itself, in a page on another origin, knows the server only by its `service` option."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Page

from tests import samples
from tests.clients.chromium import chromium, window
from tests.customer import Customer
from tests.forked import ROOT
from tests.web import site

pytestmark = pytest.mark.asyncio(loop_scope="module")

SMALL = {"small": {"robot": "/image/resize", "use": ":original", "width": 100}}
ENCODED = {"encoded": {"robot": "/video/encode", "use": ":original", "preset": "web/mp4/720p"}}


async def served(request: web.Request) -> web.StreamResponse:
    if name := request.match_info["path"]:
        return web.FileResponse(ROOT / "static" / "vendor" / name)
    return web.FileResponse(ROOT / "tests" / "clients" / "bare.html")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@contextlib.asynccontextmanager
async def uppy(browser: Browser, customer: Customer, steps: Mapping[str, Any], **params: Any) -> AsyncIterator[Page]:
    """A page with Uppy, for Assemblies of these steps."""
    known = {"service": customer.server.origin, "params": json.loads(customer.server.params(steps, **params))}
    async with site(served) as address, window(browser, f"{address}/#{quote(json.dumps(known))}") as page:
        yield page


async def send(page: Page, *files: Path) -> None:
    await page.locator(".uppy-Dashboard-input").first.set_input_files(files)
    await page.locator(".uppy-StatusBar-actionBtn--upload").click()


async def told(page: Page, name: str) -> Any:
    """What Uppy tells with its first event of this name, once it comes."""
    found = await page.wait_for_function("name => window.told.find(entry => entry[0] === name)", arg=name)
    return (await found.json_value())[1]


async def test_uploads_results_and_the_end_are_told_as_they_happen(
    browser: Browser, customer: Customer, tmp_path: Path
) -> None:
    files = [samples.jpeg(tmp_path, name="one.jpg"), samples.png(tmp_path, name="two.png")]

    async with uppy(browser, customer, SMALL) as page:
        await send(page, *files)
        assert await told(page, "complete") == [2, 0]
        assert await told(page, "transloadit:complete") == "ASSEMBLY_COMPLETED"
        events: list[list[str]] = await page.evaluate("window.told.filter(([, words]) => typeof words === 'string')")

    def words(name: str) -> list[str]:
        return sorted(said for event, said in events if event == name)

    assert words("transloadit:upload") == ["one.jpg", "two.png"]
    assert words("transloadit:result") == ["small one.jpg", "small two.png"]
    names = [event for event, _ in events]
    assert names[0] == "transloadit:assembly-created"
    assert names[-1] == "transloadit:complete"


async def test_the_progress_of_a_long_encode_is_told_and_canceling_ends_its_assembly(
    browser: Browser, customer: Customer, tmp_path: Path
) -> None:
    clip = samples.mp4(tmp_path, seconds=120, fps=25, audio=False)

    async with uppy(browser, customer, ENCODED, emit_execution_progress=True) as page:
        await send(page, clip)
        url = await told(page, "transloadit:assembly-created")
        assert 0 <= await told(page, "transloadit:execution-progress") < 100
        await page.evaluate("window.uppy.cancelAll()")
        assert await told(page, "transloadit:assembly-cancelled") == url

    status = await customer.status({"assembly_ssl_url": url})
    assert status["ok"] == "ASSEMBLY_CANCELED"
    assert status["running_jobs"] == []
