"""Runs inside the sandbox: starts the browser and its way out, and does what an order says to one page."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from pathlib import Path
from typing import Any

from robots.tools.browser.page import Fault, Page
from robots.tools.browser.wire import Gone, Said
from robots.tools.relay import door

# The last two load pages of the browser's own, which takes longer than most pages that are asked for.
WITHOUT = "Translate,MediaRouter,WebUIOmniboxPopup,WebUIOmniboxAimPopup"
SWITCHES = (
    *("--headless", "--no-startup-window", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    "--hide-scrollbars",
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions"),
    *("--disable-breakpad", "--no-default-browser-check", "--mute-audio", "--disable-default-apps", "--no-pings"),
    *(
        "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
        "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    ),
    *("--proxy-bypass-list=<-loopback>", "--remote-debugging-pipe", f"--disable-features={WITHOUT}"),
    "--force-color-profile=srgb",
)
SHORT = ("env", "TMPDIR=/tmp")  # for the sockets of the browser's own, whose paths must be short


def main() -> None:
    order = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    print(json.dumps(asyncio.run(drive(order))), flush=True)


async def drive(order: dict[str, Any]) -> dict[str, Any]:
    """What became of the page, or `error` and its `kind`."""
    page = Page(order)
    server = await door(order["way"], 0)
    port = server.sockets[0].getsockname()[1]
    switches = [*SWITCHES, f"--proxy-server=http://127.0.0.1:{port}", f"--user-data-dir={order['profile']}"]
    browser = await page.wire.start([*SHORT, order["browser"], *switches])
    listening = asyncio.ensure_future(page.wire.listen())
    try:
        return await _done(page, Path(order["target"]))
    except Fault as fault:
        return {"error": str(fault), "kind": fault.kind, "status": page.status}
    except TimeoutError:
        return {"error": "The page keeps the browser busy and was given up.", "kind": "ToolTimeout"}
    except Gone:
        return {"error": "The page crashed the browser; it may need too much memory.", "kind": "BadInput"}
    except Said as said:
        return {"error": f"The browser said: {str(said)[:200]}", "kind": "ToolFailed"}
    finally:
        listening.cancel()
        server.close()
        with contextlib.suppress(ProcessLookupError):
            browser.kill()


async def _done(page: Page, target: Path) -> dict[str, Any]:
    async with asyncio.timeout(30):
        await page.attach()
    await page.visit()
    await page.act()
    if page.order["format"] == "pdf":
        await page.print(target)
        return {"status": page.status, "warnings": page.told()}
    width, height = await page.show(target)
    return {"status": page.status, "warnings": page.told(), "width": width, "height": height}
