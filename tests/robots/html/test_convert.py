"""/html/convert makes pictures and PDFs of web pages."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import PIL.Image
import pypdfium2
import pytest
from aiohttp import web

from robots.base.errors import BadInput, BadParams, ImportFailed, ToolMissing, ToolTimeout
from robots.base.file import File
from robots.base.params import Invalid
from robots.html.convert import HtmlConvertParams, HtmlConvertRobot
from robots.tools.browser.browser import LIMITS, Browser
from robots.tools.http import HttpClient
from robots.tools.programs import Programs
from tests.badfiles import documents
from tests.badfiles.bad import Canary
from tests.robots.html.conftest import HERE
from tests.robots.workspace import Bench, file_at, run
from tests.security.trap import trap
from tests.web import always, site

RED, GREEN = (255, 0, 0), (0, 128, 0)
PAGE = """<!doctype html><style>body { margin: 0 } div { background: red; height: 900px; width: 50% }</style>
<div></div><p>Grüße</p>"""


async def shown(bench: Bench, page: str | bytes, **params: Any) -> File:
    path = bench.folder / "page.html"
    path.write_bytes(page.encode() if isinstance(page, str) else page)
    (made,) = await run(HtmlConvertRobot, params, [file_at(path, mime="text/html")], bench)
    return made


def opened(made: File) -> PIL.Image.Image:
    return PIL.Image.open(BytesIO(made.bytes.read_bytes()))


def pixel(made: File, x: int, y: int) -> Any:
    return opened(made).convert("RGB").getpixel((x, y))


def bad(name: str, canary: Canary | None = None) -> bytes:
    made = next(bad for bad in documents.FILES if bad.name == name)
    return made.make(canary or Canary(Path("/nowhere"), "http://127.0.0.1:9", "x"))


async def test_a_byte_that_is_no_letter_takes_no_others_with_it(bench: Bench) -> None:
    made = await shown(bench, "<p>Grüße für Jörg ".encode() + b"\xff!", format="pdf")

    with pypdfium2.PdfDocument(made.bytes) as document:
        assert document[0].get_textpage().get_text_bounded() == "Grüße für Jörg �!"
    assert len(bench.warnings) == 1


async def test_what_a_page_was_given_without_is_told(bench: Bench) -> None:
    pictures = "".join(f"<img src='{name}.png'>" for name in "aabcd")

    await shown(bench, f"<link rel=stylesheet href=data:text/css,>{pictures}", wait_until="load")

    assert bench.warnings == ["Left out, for the page was given without them: a.png, b.png, c.png and 1 more."]


async def test_a_page_is_shown_as_long_as_it_is(bench: Bench) -> None:
    made = await shown(bench, PAGE, width=300)

    image = opened(made)
    assert (image.format, image.size) == ("PNG", (made.meta["width"], made.meta["height"]))
    assert image.width == 300
    assert image.height > 900
    assert (pixel(made, 149, 899), pixel(made, 151, 10)) == (RED, (255, 255, 255))
    assert made.name == "page.png"
    assert bench.warnings == []


async def test_a_window_shows_its_part_of_a_page(bench: Bench) -> None:
    made = await shown(bench, PAGE, width=200, height=150, fullpage=False, format="jpg")

    assert (opened(made).format, opened(made).size) == ("JPEG", (200, 150))
    assert all(abs(a - b) < 8 for a, b in zip(pixel(made, 20, 140), RED, strict=True))


async def test_what_is_behind_a_page_can_be_left_out(bench: Bench) -> None:
    made = await shown(bench, PAGE, width=100, omit_background=True)

    assert opened(made).convert("RGBA").getpixel((80, 10)) == (0, 0, 0, 0)
    assert pixel(made, 10, 10) == RED


async def test_a_page_is_printed_as_a_pdf_with_its_letters(bench: Bench) -> None:
    made = await shown(bench, PAGE, format="pdf", omit_background=True)

    with pypdfium2.PdfDocument(made.bytes) as document:
        assert document.get_page_size(0) == (612, 792)
        assert "Grüße" in document[len(document) - 1].get_textpage().get_text_bounded()
    assert made.name == "page.pdf"


class Friend:
    """A site, and what it was sent; one of its pictures never comes."""

    def __init__(self) -> None:
        self.heard: dict[str, str | None] = {}
        self.elsewhere = ""
        self.page = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.heard[request.path] = request.headers.get("X-Key")
        if request.path == "/never.png":
            await asyncio.Event().wait()
        if request.path == "/away":
            raise web.HTTPFound(self.elsewhere)
        if request.path == "/missing.html":
            return web.Response(status=404, text="<body style='background: red'>", content_type="text/html")
        return web.Response(text=self.page, content_type="text/html")


async def asked(bench: Bench, url: str, **params: Any) -> File:
    (made,) = await run(HtmlConvertRobot, {"url": url, **params}, [], bench)
    return made


async def test_headers_go_to_the_site_of_the_url_and_to_no_other(at_home: Bench) -> None:
    friend, stranger = Friend(), Friend()
    async with site(friend.answer) as home, site(stranger.answer) as elsewhere:
        friend.page = f"<img src=/own.png><img src={elsewhere}/foreign.png><iframe src=/away></iframe>"
        friend.elsewhere = f"{elsewhere}/redirected"
        made = await asked(at_home, f"{home}/news/today.html", headers={"X-Key": "secret"}, wait_until="load")

    assert friend.heard["/news/today.html"] == friend.heard["/own.png"] == "secret"
    assert stranger.heard == {"/foreign.png": None, "/redirected": None}
    assert (made.name, made.original_name) == ("today.png", "today.png")


@pytest.mark.parametrize(
    ("params", "color", "told"),
    [
        ({"wait_until": "commit", "delay": 600}, GREEN, False),
        ({"wait_until": "domcontentloaded", "delay": 600}, GREEN, False),
        ({"wait_until": "load", "timeouts": {"navigation": 1500}}, GREEN, True),
        ({"wait_until": "networkidle", "timeouts": {"navigation": 2500}}, GREEN, True),
        ({"wait_until": "domcontentloaded"}, RED, False),
    ],
)
async def test_a_page_is_waited_for_as_long_as_is_asked(
    at_home: Bench, params: dict[str, Any], color: tuple[int, ...], told: bool
) -> None:
    friend = Friend()
    friend.page = (
        "<body style='background: red'><img src=/never.png><script>"
        "setTimeout(() => document.body.style.background = 'green', 400)</script>"
    )
    async with site(friend.answer) as home:
        made = await asked(at_home, home, width=100, fullpage=False, height=100, **params)

    assert pixel(made, 90, 90) == color
    assert any("did not come to rest" in warning for warning in at_home.warnings) == told


async def test_actions_are_done_and_debuginfo_tells_what_the_page_says(bench: Bench) -> None:
    page = """<body style="margin:0; height: 3000px"><input><button onclick="done(this)">go</button><script>
    function done() { console.log("I am", document.querySelector("input").value);
      document.body.style.background = "linear-gradient(red 50%, green 50%)"; nowhere(); }</script>"""
    actions = [
        {"type": "fill", "selector": "input", "value": "filled"},
        {"type": "click", "selector": "button"},
        {"type": "scroll", "y": 2500},
        {"type": "wait", "ms": 50},
    ]

    made = await shown(bench, page, actions=actions, debuginfo=True, fullpage=True, width=100)

    assert (pixel(made, 90, 100), pixel(made, 90, 2900)) == (RED, GREEN)
    assert "The page said: I am filled" in bench.warnings
    assert any("nowhere is not defined" in warning for warning in bench.warnings)


async def test_an_action_on_nothing_is_told(bench: Bench) -> None:
    with pytest.raises(BadParams, match="no element '#none'"):
        await shown(bench, "x", actions=[{"type": "click", "selector": "#none"}])


@pytest.mark.parametrize(
    "params",
    [
        {"url": "file:///etc/passwd"},
        {"url": "javascript:alert(1)"},
        {"url": "http://a b/"},
        {"headers": {"Host": "a"}},
        {"headers": {"X-A": "a\r\nb"}},
        {"width": 100_000},
        {"actions": [{"type": "run"}]},
        {"wait_until": "never"},
    ],
)
def test_what_cannot_be_done_is_refused(params: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        HtmlConvertParams.parse(params)


async def test_without_url_and_file_there_is_no_page(bench: Bench) -> None:
    with pytest.raises(BadParams, match="url"):
        await run(HtmlConvertRobot, {}, [], bench)


async def test_a_page_that_is_not_there_is_shown_with_a_warning(at_home: Bench) -> None:
    async with site(Friend().answer) as home:
        made = await asked(at_home, f"{home}/missing.html", width=50)

    assert pixel(made, 40, 40) == RED
    assert at_home.warnings == ["The server answered with status 404."]


async def test_a_page_that_leads_nowhere_is_told(bench: Bench) -> None:
    with pytest.raises(ImportFailed, match="leads on to /other, which could not be reached"):
        await shown(bench, "<script>location = '/other?key=secret'</script>")


@pytest.mark.parametrize(
    ("mime", "status", "told"),
    [
        ("application/pdf", 200, "a file of the type application/pdf, which is no page"),
        ("application/zip", 200, "a file of the type application/zip, which is no page"),
        ("text/html", 500, "status 500 and without a page"),
    ],
)
async def test_an_answer_that_is_no_page_is_told(at_home: Bench, mime: str, status: int, told: str) -> None:
    body = b"%PDF-1.4\n" if status == 200 else b""
    async with site(always(lambda: web.Response(body=body, status=status, content_type=mime))) as origin:
        with pytest.raises(ImportFailed, match=told):
            await run(HtmlConvertRobot, {"url": origin, "wait_until": "load"}, [], at_home)


@pytest.mark.case(44, 45, 67)
async def test_an_address_of_this_network_is_no_page(bench: Bench, at_home: Bench) -> None:
    friend = Friend()
    friend.elsewhere = "http://127.0.0.3:8080/"
    async with site(friend.answer) as home:
        with pytest.raises(ImportFailed, match=r"127\.0\.0\.1 cannot be connected to"):
            await asked(bench, home)
        with pytest.raises(ImportFailed, match=r"127\.0\.0\.3 cannot be connected to"):
            await asked(at_home, f"{home}/away")

    assert list(friend.heard) == ["/away"]


@pytest.mark.case(67)
@pytest.mark.parametrize("served", [False, True], ids=["file", "url"])
async def test_a_page_reaches_neither_files_nor_neighbours(bench: Bench, at_home: Bench, served: bool) -> None:
    friend = Friend()
    # The listener of the trap has another address than the page, which is not allowed.
    async with trap(bench.folder / "canary", "127.0.0.2") as laid, site(friend.answer) as home:
        friend.page = bad("html-references.html", laid.canary).decode()
        if served:
            made = await asked(at_home, home, wait_until="load", debuginfo=True)
        else:
            made = await shown(bench, bad("html-references.html", laid.canary), wait_until="load")

        assert made.bytes.stat().st_size
        assert laid.calls == []
        assert laid.opened() == []
    assert any("requests of the page were refused" in warning for warning in (at_home if served else bench).warnings)


@pytest.mark.case(66)
async def test_dialogs_are_closed_and_pages_that_never_rest_are_given_up(bench: Bench) -> None:
    assert opened(await shown(bench, bad("html-dialogs.html"), width=50, wait_until="load")).width == 50

    (folder := bench.folder / "hasty").mkdir()
    hasty = Bench(folder, Browser(Programs(), replace(LIMITS, wall=5)), HttpClient())
    with pytest.raises(ToolTimeout):
        await shown(hasty, bad("html-busy.html"))


@pytest.mark.case(68)
async def test_a_page_gets_no_more_memory_than_a_job_may_have(bench: Bench) -> None:
    small = Bench(bench.folder, Browser(Programs(), replace(LIMITS, resident=700 << 20)), HttpClient())

    with pytest.raises(BadInput, match="memory"):
        await shown(small, bad("html-memory.html"))


@pytest.mark.case(60)
async def test_of_a_page_that_is_too_large_the_beginning_is_shown(bench: Bench) -> None:
    small = Bench(bench.folder, Browser(Programs(), pixels=4_000_000), HttpClient())

    made = await shown(small, bad("html-tall.html"))

    assert opened(made).width * opened(made).height <= 4_000_000
    assert "of which only the first" in small.warnings[0]


async def test_where_there_is_no_browser_that_is_said(tmp_path: Path) -> None:
    lacking = Bench(tmp_path, Browser(Programs({"chromium": "/nowhere/chromium"})), HttpClient(allow=[HERE]))

    with pytest.raises(ToolMissing, match="chromium is not installed on this server: install"):
        await shown(lacking, "x")
