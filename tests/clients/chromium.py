"""A real browser, whose complaints fail the test that caused them."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import AsyncIterator
from typing import Any

from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

# Of an unknown browser on PATH; without one, playwright looks for the one that it brings.
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
PATIENCE = 30_000


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    path = next(filter(None, map(shutil.which, PROGRAMS)), None)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(SWITCHES))
        try:
            yield browser
        finally:
            await browser.close()


@contextlib.asynccontextmanager
async def window(browser: Browser, url: str, *tolerated: str, width: int = 1280, **how: Any) -> AsyncIterator[Page]:
    """A page of its own; at its end it has logged no error, save those that hold one of the `tolerated` words."""
    context = await browser.new_context(viewport={"width": width, "height": 900}, **how)
    context.set_default_timeout(PATIENCE)
    complaints: list[str] = []
    page = await context.new_page()
    page.on("console", lambda message: complaints.extend(errors(message)))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(url)
    try:
        yield page
    finally:
        await context.close()
    assert [words for words in complaints if not any(known in words for known in tolerated)] == []


def errors(message: ConsoleMessage) -> list[str]:
    return [f"{message.text} ({message.location.get('url')})"] if message.type == "error" else []
