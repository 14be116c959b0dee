"""Hostile files and hostile words in a real browser: none of them runs a script where this server is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Error, Page, Route, expect

from tests.clients.chromium import chromium
from tests.customer import Customer
from tests.web import always, site

pytestmark = pytest.mark.asyncio(loop_scope="module")

RUN = "document.title = 'ran'; new Image().src = '/canary?' + document.cookie; alert('ran')"
ACTS = f'<!doctype html><title>x</title><body onload="{RUN}"><script>{RUN}</script><iframe src="javascript:{RUN}">'
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{RUN}" width="9" height="9"><script>{RUN}</script></svg>'
XHTML = f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>{RUN}</script></html>'
STYLED = '<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#s"?><a><script>alert(1)</script></a>'
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert('ran'))>>>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF"
)
GIF = b"GIF89a/*\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00*/=1;" + RUN.encode() + b"//;\x00;"
FILES: dict[str, bytes] = {
    "page.html": ACTS.encode(),
    "page.jpg": ACTS.encode(),
    "page.txt": b"\xef\xbb\xbfwords " + ACTS.encode(),
    "drawing.svg": SVG.encode(),
    "drawing.png": SVG.encode(),
    "page.xhtml": XHTML.encode(),
    "styled.xml": STYLED.encode(),
    "paper.pdf": PDF,
    "script.js": RUN.encode(),
    "polyglot.gif": GIF,
    "archive.mht": b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n" + ACTS.encode(),
}
# Somebody's page that takes what it can get: shown in a frame, embedded, or loaded as a script.
EMBEDDING = '<iframe src="{0}"></iframe><object data="{0}"></object><embed src="{0}"><script src="{0}"></script>'
HOSTILE = "<img src=x onerror=\"alert('ran')\"><script>alert('ran')</script>"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(customer: Customer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The URLs of all of them as results of one Assembly, by name."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    steps = {":original": {"robot": "/upload/handle", "ignore_errors": ["meta"], "result": True}}
    status = await customer.completed(await customer.create(steps, *map(folder.joinpath, FILES)))
    return {file["name"]: file["ssl_url"] for file in status["uploads"]}


class Watched:
    """A window, and the signs that a script has run in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.signs: list[str] = []
        page.on("dialog", self._dialog)
        page.on("request", lambda request: self.signs.extend([request.url] if "canary" in request.url else []))

    async def _dialog(self, dialog: Any) -> None:
        self.signs.append(dialog.message)
        await dialog.dismiss()

    async def visit(self, url: str) -> bool:
        """Whether the browser shows it, for it may also download it."""
        try:
            await self.page.goto(url, wait_until="load")
        except Error as error:
            if "Download is starting" in error.message:
                return False
            raise
        await self.page.wait_for_timeout(50)
        return True


@pytest_asyncio.fixture(loop_scope="module")
async def watched(browser: Browser) -> AsyncIterator[Watched]:
    context = await browser.new_context()
    yield Watched(await context.new_page())
    await context.close()


async def test_these_files_do_run_where_nothing_is_done_about_them(watched: Watched) -> None:
    for content, kind in ((ACTS, "text/html"), (SVG, "image/svg+xml"), (XHTML, "application/xhtml+xml")):
        async with site(always(lambda: web.Response(body=content, content_type=kind))) as origin:  # noqa: B023
            await watched.visit(f"{origin}/x")

    assert watched.signs.count("ran") >= 3
    assert any("canary" in sign for sign in watched.signs)


@pytest.mark.case(90)
async def test_no_result_runs_a_script_when_it_is_opened(watched: Watched, served: dict[str, str]) -> None:
    shown = {name for name, url in served.items() if await watched.visit(url)}

    assert served.keys() == FILES.keys()
    assert shown <= {"page.txt", "polyglot.gif", "archive.mht", "script.js"}
    assert watched.signs == []
    assert await watched.page.context.cookies() == []


@pytest.mark.case(90)
async def test_no_result_runs_a_script_in_the_page_of_somebody_else(watched: Watched, served: dict[str, str]) -> None:
    page = "<!doctype html><link rel=icon href=data:,>" + "".join(EMBEDDING.format(url) for url in served.values())
    async with site(always(lambda: web.Response(text=page, content_type="text/html"))) as origin:
        await watched.visit(f"{origin}/")

    assert len(watched.page.frames) > 1
    assert watched.signs == []


@pytest.mark.case(91)
async def test_no_word_of_a_status_or_an_event_becomes_markup_on_the_page(
    watched: Watched, customer: Customer, tmp_path: Path
) -> None:
    page, seen = watched.page, asyncio.Event()

    async def made_hostile(route: Route) -> None:
        if route.request.method != "GET":
            return await route.continue_()
        status = await (await route.fetch()).json()
        await seen.wait()
        return await route.fulfill(body=json.dumps(hostile(status)), content_type="application/json")

    async def told_hostile(route: Route) -> None:
        await route.fulfill(body=EVENTS, content_type="text/event-stream")

    await page.route("**/assemblies/*", made_hostile)
    await page.route("**/ws1*", told_hostile)
    await page.goto(f"{customer.server.origin}/")
    await expect(page.locator("body[data-ready]")).to_be_visible()
    await page.get_by_role("button", name="Try the sample picture").click()
    await expect(page.locator(".result")).to_have_count(1)
    seen.set()
    await expect(page.locator(".run .chip")).to_have_text("Failed")

    assert HOSTILE in await page.locator(".run .trouble").inner_text()
    assert await page.locator(".result .name").all_inner_texts() == [f"event {HOSTILE}", HOSTILE]
    assert await page.locator("img[src=x], script:not([src^='/static/'])").count() == 0
    assert watched.signs == []


@pytest.mark.case(91)
async def test_even_markup_that_came_into_the_page_could_not_act(watched: Watched, customer: Customer) -> None:
    await watched.page.goto(f"{customer.server.origin}/")

    refused = await watched.page.evaluate(
        "html => { try { document.body.innerHTML = html } catch (error) { return error.name } }", HOSTILE
    )

    assert refused == "TypeError"
    assert watched.signs == []


@pytest.mark.case(92)
async def test_the_page_is_shown_in_no_frame(watched: Watched, customer: Customer) -> None:
    frame = f'<!doctype html><iframe src="{customer.server.origin}/"></iframe>'
    async with site(always(lambda: web.Response(text=frame, content_type="text/html"))) as origin:
        await watched.visit(f"{origin}/")
        inner = watched.page.frames[1]

        assert "Sluice" not in await inner.content()
        assert inner.url.startswith("chrome-error:")


MARKED = {"name": HOSTILE, "mime": "text/html", "type": HOSTILE, "size": 1, "ssl_url": f"javascript:{RUN}"}
# What a server would tell that has believed somebody.
TOLD = {
    "assembly_result_finished": [HOSTILE, {**MARKED, "id": "2", "name": f"event {HOSTILE}"}],
    "assembly_execution_progress": {"progress_combined": HOSTILE},
}
EVENTS = "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in TOLD.items())


def hostile(status: dict[str, Any]) -> dict[str, Any]:
    """The status with markup in each text that strangers may have a hand in, as of an Assembly that failed."""
    words = {"error": HOSTILE, "message": HOSTILE, "step": HOSTILE, "stderr": HOSTILE, "reason": HOSTILE}
    uploads = [{**file, "filename": HOSTILE} for file in status["tus_uploads"]]
    meta = {"width": HOSTILE, "height": HOSTILE, "duration": HOSTILE}
    results = {HOSTILE: [{**MARKED, "id": "1", "meta": meta}]}
    return {**status, **words, "tus_uploads": uploads, "results": results}
