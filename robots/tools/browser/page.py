"""One page in a browser: reached, waited for, acted upon, and shown or printed."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from robots.tools.browser.wire import Json, Wire

HOME = "http://page.invalid/"  # where a document that was uploaded lies; no server has this name
LOADED = {"domcontentloaded": "DOMContentLoaded", "load": "load", "networkidle": "networkIdle", "commit": "commit"}
CAPTURE_SECONDS = 30.0
MOST_WORDS = 20
SHOWN, LONGEST_NAME, MOST_ABSENT = 3, 100, 1000
PLAYED = ("application/pdf", "audio/", "video/")  # for which the browser has players that show nothing here
DOWNLOADED, EMPTY = "ERR_ABORTED", "ERR_HTTP_RESPONSE_CODE_FAILURE"
BODILESS = (204, 205)
QUALITY = 90


class Fault(Exception):
    """What went wrong, as a sentence; `kind` says whose fault it was."""

    def __init__(self, sentence: str, kind: str = "BadInput") -> None:
        super().__init__(sentence)
        self.kind = kind


class Page:
    """What the order says of one page is done to it. `warnings` are for the user."""

    def __init__(self, order: Json) -> None:
        self.order = order
        self.wire = Wire(self._heard)
        self.warnings: list[str] = []
        self.status: int | None = None
        self.mime = ""
        self._lost = ""  # where the page led, and nothing answered
        self.url = order["url"] or HOME
        self._absent: dict[str, None] = {}  # what the document refers to beside it, each once
        self._before = ""  # the loader of the empty page
        self._frame = ""
        self._reached: set[str] = set()
        self._moved = asyncio.Event()

    async def attach(self) -> None:
        """A new, empty page that takes no files, answers no dialogs and has the size asked for."""
        call = self.wire.call
        await call("Browser.setDownloadBehavior", behavior="deny")
        target = await call("Target.createTarget", url="about:blank")
        attached = await call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self.wire.session = attached["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Inspector"):
            await call(f"{domain}.enable")
        frame = (await call("Page.getFrameTree"))["frameTree"]["frame"]
        self._frame, self._before = frame["id"], frame["loaderId"]
        await call("Page.setLifecycleEventsEnabled", enabled=True)
        await self._sized(self.order["width"], self.order["height"])
        if self.order["document"] or self.order["headers"]:
            home = urlsplit(self.url)
            await call("Fetch.enable", patterns=[{"urlPattern": f"{home.scheme}://{home.netloc}/*"}])

    async def visit(self) -> None:
        """Goes there, and waits until the page is as far as is asked, or for as long as it may take."""
        wanted, patience = LOADED[self.order["wait_until"]], self.order["patience"]
        try:
            async with asyncio.timeout(patience):
                gone = await self.wire.call("Page.navigate", url=self.url)
                if error := gone.get("errorText"):
                    raise self._unreached(error.removeprefix("net::"))
                while wanted not in self._reached:
                    self._moved.clear()
                    await self._moved.wait()
        except TimeoutError:
            if "commit" not in self._reached:
                raise Fault(f"The page did not answer within {patience:g} seconds.", "ToolTimeout") from None
            self.warnings.append(f"The page is shown as it was after {patience:g} seconds: it did not come to rest.")
        if self.status and self.status >= 400:
            self.warnings.append(f"The server answered with status {self.status}.")
        await asyncio.sleep(self.order["delay"] / 1000)
        self._settled()

    async def act(self) -> None:
        """Carries out the actions, one after another."""
        for action in self.order["actions"]:
            if action["type"] == "wait":
                await asyncio.sleep(action["ms"] / 1000)
            elif not await self._evaluated(_script(action)):
                raise Fault(f"actions: there is no element {action['selector']!r} on the page.", "BadParams")
        self._settled()

    async def show(self, target: Path) -> tuple[int, int]:
        """A picture of the page, or of as much of it as a picture may hold; its size."""
        width, height = self.order["width"], self.order["height"]
        if self.order["fullpage"]:
            width, height = self._bounded(await self._whole())
            await self._sized(width, height)
        if self.order["clear"]:
            await self.wire.call("Emulation.setDefaultBackgroundColorOverride", color={"r": 0, "g": 0, "b": 0, "a": 0})
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        quality = {} if self.order["format"] == "png" else {"quality": QUALITY}
        kind = "png" if self.order["format"] == "png" else "jpeg"
        async with asyncio.timeout(CAPTURE_SECONDS):
            made = await self.wire.call("Page.captureScreenshot", format=kind, clip=clip, **quality)
        target.write_bytes(base64.b64decode(made["data"]))
        return width, height

    async def print(self, target: Path) -> None:
        """A PDF, in pieces as it comes; without a title it would get that of an address that nobody knows."""
        if self.order["title"]:
            await self._evaluated(f"document.title ||= {json.dumps(self.order['title'])}")
        async with asyncio.timeout(CAPTURE_SECONDS):
            made = await self.wire.call("Page.printToPDF", transferMode="ReturnAsStream", **self.order["paper"])
            with target.open("wb") as file:
                piece: Json = {"eof": False}
                while not piece["eof"]:
                    piece = await self.wire.call("IO.read", handle=made["stream"], size=1 << 20)
                    file.write(base64.b64decode(piece["data"]))

    def _settled(self) -> None:
        """What the browser shows of its own is not shown for a page."""
        if self._lost:
            place = urlsplit(self._lost)  # whose query and password are nobody's business
            site = "" if self._lost.startswith(HOME) else place.hostname or ""
            told = f"{site}{place.path}"[:LONGEST_NAME]
            raise Fault(f"The page leads on to {told}, which could not be reached.", "ImportFailed")
        if self.mime.startswith(PLAYED):
            raise self._unreached(DOWNLOADED)

    def _unreached(self, error: str) -> Fault:
        """What the browser's word for an address without a page means."""
        sentence = f"The page could not be reached: {error}."
        if error == EMPTY or self.status in BODILESS:
            sentence = f"The server answered with status {self.status} and without a page."
        elif error == DOWNLOADED and self.mime:
            file = f"a file of the type {self.mime[:100]}"
            sentence = f"The address answers with {file}, which is no page; /http/import takes files."
        return Fault(sentence, "ImportFailed")

    def told(self) -> list[str]:
        """All that the user is to know."""
        if not self._absent:
            return self.warnings
        names = list(self._absent)
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        return [*self.warnings, f"Left out, for the page was given without them: {', '.join(names[:SHOWN])}{more}."]

    async def _sized(self, width: int, height: int) -> None:
        await self.wire.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )

    async def _whole(self) -> tuple[int, int]:
        async with asyncio.timeout(CAPTURE_SECONDS):
            size = (await self.wire.call("Page.getLayoutMetrics"))["cssContentSize"]
        return max(self.order["width"], round(size["width"])), max(1, round(size["height"]))

    def _bounded(self, whole: tuple[int, int]) -> tuple[int, int]:
        longest, most = self.order["longest"], self.order["most"]
        width = min(whole[0], longest)
        height = min(whole[1], longest, max(1, most // width))
        if (width, height) != whole:
            self.warnings.append(
                f"The page has {whole[0]} × {whole[1]} pixels, of which only the first {width} × {height} are shown."
            )
        return width, height

    async def _evaluated(self, script: str) -> Any:
        async with asyncio.timeout(CAPTURE_SECONDS):
            made = await self.wire.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        return made["result"].get("value")

    def _heard(self, event: str, told: Json) -> None:
        if event == "Page.lifecycleEvent" and told["frameId"] == self._frame and told["loaderId"] != self._before:
            self._reached.add(told["name"])
            self._moved.set()
        elif event == "Page.frameNavigated" and told["frame"]["id"] == self._frame:
            self._reached, self._lost = {"commit"}, told["frame"].get("unreachableUrl", "")
            self._moved.set()
        elif event == "Network.responseReceived" and (told["type"], told.get("frameId")) == ("Document", self._frame):
            self.status, self.mime = told["response"]["status"], told["response"]["mimeType"]
        elif event == "Page.javascriptDialogOpening":
            self.wire.tell("Page.handleJavaScriptDialog", accept=told["type"] == "beforeunload")
        elif event == "Fetch.requestPaused":
            self._asked(told)
        elif event == "Inspector.targetCrashed":
            self.wire.end()
        elif self.order["debug"] and len(self.warnings) < MOST_WORDS:
            self._noted(event, told)

    def _noted(self, event: str, told: Json) -> None:
        """What the page says to those who look for its faults."""
        if event == "Runtime.consoleAPICalled":
            words = " ".join(str(item.get("value", item.get("description", ""))) for item in told["args"])
            self.warnings.append(f"The page said: {words[:300]}")
        elif event == "Runtime.exceptionThrown":
            thrown = told["exceptionDetails"]
            words = thrown.get("exception", {}).get("description") or thrown.get("text", "")
            self.warnings.append(f"A script of the page failed: {words[:300]}")
        elif event == "Network.loadingFailed":
            self.warnings.append(f"Something on the page could not be loaded: {told.get('errorText', '')[:100]}")

    def _asked(self, told: Json) -> None:
        """The uploaded document is handed out at its address; headers go to the site that they are meant for alone."""
        number, request = told["requestId"], told["request"]
        if self.order["document"]:
            if request["url"] == HOME:
                body = base64.b64encode(Path(self.order["document"]).read_bytes()).decode()
                headers = [{"name": "Content-Type", "value": self.order["mime"]}]
                self.wire.tell(
                    "Fetch.fulfillRequest", requestId=number, responseCode=200, responseHeaders=headers, body=body
                )
            else:
                self._missed(request["url"].removeprefix(HOME))
                self.wire.tell("Fetch.failRequest", requestId=number, errorReason="AddressUnreachable")
            return
        given = {**request["headers"], **self.order["headers"]}
        pairs = [{"name": name, "value": value} for name, value in given.items()]
        self.wire.tell("Fetch.continueRequest", requestId=number, headers=pairs)

    def _missed(self, name: str) -> None:
        """Its own icon is a wish of the browser."""
        if name != "favicon.ico" and len(self._absent) < MOST_ABSENT:
            self._absent[name[:LONGEST_NAME]] = None


def _script(action: Json) -> str:
    """What an action does to the first element that its selector finds."""
    found = f"document.querySelector({json.dumps(action.get('selector', ''))})"
    if action["type"] == "scroll":
        return f"scrollBy({action['x']}, {action['y']}), true"
    if action["type"] == "click":
        return f"(e => e && (e.click(), true))({found})"
    value = json.dumps(action["value"])
    return f"(e => e && (e.value = {value}, e.dispatchEvent(new Event('input', {{bubbles: true}})), true))({found})"
