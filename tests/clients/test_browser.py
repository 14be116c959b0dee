"""The page at / in a real browser: recipes, uploads with and without Uppy, live results, troubles."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, Route, expect

from tests import samples
from tests.clients.chromium import PATIENCE, chromium, window
from tests.customer import Customer
from tests.live import Live, live

pytestmark = pytest.mark.asyncio(loop_scope="module")

expect.set_options(timeout=PATIENCE)
VENDOR = "**/static/vendor/**"
NOT_LOADED = "net::ERR_FAILED"
AT_FIRST_RESULT = """() => new Promise((resolve) => {
  const look = () => document.querySelector('.result') && resolve(document.querySelector('.chip').textContent)
  new MutationObserver(look).observe(document.getElementById('runs'), { childList: true, subtree: true })
})"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@contextlib.asynccontextmanager
async def shown(browser: Browser, server: Live, *tolerated: str, width: int = 1280) -> AsyncIterator[Page]:
    """The page, ready to be used."""
    async with window(browser, f"{server.origin}/", *tolerated, width=width) as page:
        await expect(page.locator("body[data-ready]")).to_be_visible()
        yield page


async def send(page: Page, file: Path, recipe: str = "Resize pictures") -> Locator:
    """Has Uppy upload a file; gives what the page shows of the Assembly."""
    await page.get_by_text(recipe).first.click()
    await page.locator("#uploader input[type=file]").first.set_input_files(file)
    await page.get_by_role("button", name="Upload 1 file").click()
    return page.locator(".run").first


async def json_of(customer: Customer, run: Locator) -> dict[str, object]:
    url = await run.get_by_role("link", name="Assembly JSON").get_attribute("href")
    return await customer.status({"assembly_ssl_url": url})


async def widths(run: Locator) -> list[int]:
    """How wide the pictures are that the browser has loaded."""
    images = run.locator(".result img")
    await images.evaluate_all("images => Promise.all(images.map(image => image.decode()))")
    return sorted(await images.evaluate_all("images => images.map(image => image.naturalWidth)"))


@pytest.mark.long
async def test_a_picture_sent_with_uppy_comes_out_in_three_sizes(
    browser: Browser, customer: Customer, tmp_path: Path
) -> None:
    async with shown(browser, customer.server) as page:
        kinds: list[str] = []
        page.on("request", lambda request: kinds.append(request.resource_type))

        run = await send(page, samples.jpeg(tmp_path, 1200, 900))

        await expect(run.locator(".chip")).to_have_text("Done")
        await expect(run.locator(".step")).to_contain_text(["Uploads", "large", "square", "medium"])
        assert await run.locator(".step[data-state=done]").count() == 4
        assert await widths(run) == [400, 800, 1200]
        assert kinds.count("eventsource") == 2  # Uppy's and ours
        await expect(page.get_by_text("Drop files here")).to_be_visible()


async def test_results_show_while_other_steps_still_work(browser: Browser, customer: Customer, tmp_path: Path) -> None:
    clip = samples.mp4(tmp_path, seconds=30, fps=25)

    async with shown(browser, customer.server) as page:
        then, run = await asyncio.gather(page.evaluate(AT_FIRST_RESULT), send(page, clip, "Video thumbnails"))
        await expect(run.locator(".chip")).to_have_text("Done")

        assert then in ("Uploading", "Working")
        assert await run.locator("[data-step=frames].result").count() == 6
        assert await run.locator("[data-step=small].result").count() == 6
        ranks = await run.locator(".result").evaluate_all("cards => cards.map(card => Number(card.dataset.rank))")
        assert ranks == sorted(ranks)


async def test_canceling_a_long_encode_ends_its_assembly(browser: Browser, customer: Customer, tmp_path: Path) -> None:
    clip = samples.mp4(tmp_path, seconds=120, fps=25, audio=False)

    async with shown(browser, customer.server) as page:
        run = await send(page, clip, "Encode to MP4")
        await expect(run.locator("[data-step=mp4][data-state=running]")).to_be_visible()
        await run.get_by_role("button", name="Cancel").click()
        await expect(run.locator(".chip")).to_have_text("Canceled")

        assert (await json_of(customer, run))["ok"] == "ASSEMBLY_CANCELED"
        await expect(page.get_by_text("Drop files here")).to_be_visible()


async def test_without_uppy_the_page_uploads_by_itself_and_goes_on_after_a_lost_connection(
    browser: Browser, customer: Customer, tmp_path: Path
) -> None:
    lost: list[str] = []

    async def lose_first(route: Route) -> None:
        if route.request.method == "PATCH" and not lost:
            lost.append(route.request.url)
            await route.abort()
        else:
            await route.continue_()

    async with shown(browser, customer.server, NOT_LOADED) as page:
        await page.route(VENDOR, lambda route: route.abort())
        await page.route("**/resumable/files/*", lose_first)
        await page.reload()
        await page.get_by_label("Drop files here, or choose them").set_input_files(samples.jpeg(tmp_path))
        run = page.locator(".run")
        await expect(run.locator(".chip")).to_have_text("Done")

        assert len(lost) == 1
        assert await widths(run) == [400, 400, 400]
        await expect(page.locator(".dropzone-state")).to_have_text("1 file sent")


@pytest.mark.case(91)
async def test_a_file_name_is_only_ever_text(browser: Browser, customer: Customer, tmp_path: Path) -> None:
    name = "<img src=x onerror=alert(1)>.jpg"

    async with shown(browser, customer.server) as page:
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        run = await send(page, samples.jpeg(tmp_path, name=name))
        await expect(run.locator(".chip")).to_have_text("Done")

        assert name in (await run.locator("header").inner_text())
        names = await run.locator(".result .name").all_inner_texts()
        assert name in names
        assert await page.locator("img[src=x]").count() == 0


async def test_a_failure_is_told_in_words_with_its_step(browser: Browser, customer: Customer, tmp_path: Path) -> None:
    torn = samples.jpeg(tmp_path, 1200, 900, quality=95)
    torn.write_bytes(torn.read_bytes()[:9000])

    async with shown(browser, customer.server, "[Uppy]") as page:
        run = await send(page, torn)
        await expect(run.locator(".chip")).to_have_text("Failed")

        await expect(run.get_by_role("alert")).to_contain_text("ends early")
        await expect(run.get_by_role("alert")).to_contain_text("It happened in step")
        assert await run.locator(".step[data-state=failed]").count() == 1


async def test_a_wrong_key_is_told_beside_the_files(browser: Browser, customer: Customer) -> None:
    async with shown(browser, customer.server, "400 (Bad Request)", "[Uppy]") as page:
        await page.get_by_label("Key").fill("somebody-else")
        await page.get_by_role("button", name="Try the sample picture").click()

        await expect(page.locator("#complaint")).to_have_text("There is no account with this auth.key.")


async def test_the_keyboard_reaches_recipes_and_the_forms_of_their_instructions(
    browser: Browser, customer: Customer
) -> None:
    async with shown(browser, customer.server) as page:
        await page.get_by_role("radio", name="Resize pictures").focus()
        await page.keyboard.press("ArrowDown")
        steps = json.loads(await page.locator("#snippet").inner_text())["steps"]
        await page.get_by_role("tab", name="Instructions").focus()
        await page.keyboard.press("ArrowRight")

        assert steps["frames"]["robot"] == "/video/thumbs"
        await expect(page.get_by_role("tab", name="curl")).to_be_focused()
        await expect(page.get_by_role("tabpanel")).to_contain_text("curl http")


async def test_the_curl_command_of_a_recipe_can_be_pasted(browser: Browser, customer: Customer, tmp_path: Path) -> None:
    samples.jpeg(tmp_path, name="picture.jpg")
    async with shown(browser, customer.server) as page:
        await page.get_by_role("tab", name="curl").click()
        command = await page.locator("#snippet").inner_text()

    shell = await asyncio.create_subprocess_exec(
        *("bash", "-c", command), cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    answer, _ = await shell.communicate()

    status = await customer.completed(json.loads(answer))
    assert sorted(status["results"]) == ["large", "medium", "square"]


async def test_a_narrow_window_shows_all_without_scrolling_sideways(browser: Browser, customer: Customer) -> None:
    async with shown(browser, customer.server, width=390) as page:
        empty = await page.evaluate("document.documentElement.scrollWidth")
        await page.get_by_role("button", name="Try the sample picture").click()
        await expect(page.locator(".run .chip")).to_have_text("Done")

        assert (empty, await page.evaluate("document.documentElement.scrollWidth")) == (390, 390)


@pytest.mark.case(93)
async def test_on_a_public_address_key_and_secret_are_typed_and_requests_signed(
    browser: Browser, tmp_path: Path
) -> None:
    async with (
        live(tmp_path / "data", "--host", "0.0.0.0", require_signature="true") as server,
        shown(browser, on_loopback(server)) as page,
    ):
        assert await page.get_by_label("Key").input_value() == ""
        await page.get_by_label("Key").fill(server.key)
        await page.get_by_label("Secret").fill(server.secret)
        await page.get_by_role("button", name="Try the sample picture").click()
        await expect(page.locator(".run .chip")).to_have_text("Done")

        await page.reload()
        await expect(page.get_by_label("Key")).to_have_value(server.key)
        await expect(page.get_by_label("Secret")).to_have_value("")


def on_loopback(server: Live) -> Live:
    """A server that listens everywhere, by the address under which browsers will sign without https."""
    return replace(server, origin=f"http://127.0.0.1:{urlsplit(server.origin).port}")


@pytest.mark.parametrize("width", [1280, 390])
async def test_the_api_is_described_on_a_page_of_its_own(browser: Browser, customer: Customer, width: int) -> None:
    async with shown(browser, customer.server, width=width) as page:
        await page.get_by_role("link", name="The API").click()
        await page.locator("#post_assemblies > summary").click()
        robot = page.locator(".robot", has_text="/file/hash")
        await robot.locator("summary").click()

        await expect(page.locator("#post_assemblies")).to_contain_text("num_expected_upload_files")
        await expect(page.locator("#post_assemblies")).to_contain_text("ASSEMBLY_NO_STEPS")
        await expect(robot.locator("table")).to_contain_text("algorithm")
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
