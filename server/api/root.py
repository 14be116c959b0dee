"""The root of the server: JSON for programs, the page for browsers."""

from __future__ import annotations

from pathlib import Path

from aiohttp import hdrs, web

from server.api.middleware import json_response
from server.api.page import Page
from server.api.told import JSON, Told
from server.errors import ApiError
from server.model.replies import Greeting

# What the page is made of. The files beside them, such as package.json, are for those who build it.
PART = r"/static/{name:(?:vendor/)?[a-z.-]+\.(?:js|mjs|css|svg|jpg)}"
HTML = "text/html"
PAGES = ("/", "/openapi")


class Root:
    """`folder` holds the page; `instance` is what the server calls itself."""

    def __init__(self, folder: Path, instance: str, page: Page) -> None:
        self.folder = folder
        self.instance = instance
        self.page = page

    def attach(self, app: web.Application) -> None:
        """Adds the routes."""
        app.router.add_get("/", self.show)
        app.router.add_get("/openapi", self.manual)
        app.router.add_get("/page.json", self.page.tell)
        app.router.add_get(PART, self.part)
        app.on_response_prepare.append(self.guard)

    @Told(
        "Greets programs in JSON, and browsers with the page.",
        ok=("SERVER_ROOT",),
        reply=(Greeting,),
        media=(JSON, HTML),
    )
    async def show(self, request: web.Request) -> web.StreamResponse:
        if "text/html" in request.headers.get(hdrs.ACCEPT, ""):
            return web.FileResponse(self.folder / "index.html", headers={hdrs.VARY: hdrs.ACCEPT})
        return json_response({"ok": "SERVER_ROOT", "http_code": 200, "hostname": self.instance})

    @Told("Shows the description of the API to people.", media=(HTML,), more={304: "It is as it was."})
    async def manual(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(self.folder / "openapi.html")

    @Told("Serves what the pages are made of.", media=("*/*",), more={304: "It is as it was."})
    async def part(self, request: web.Request) -> web.StreamResponse:
        part = self.folder / request.match_info["name"]
        if not part.is_file():
            raise ApiError("SERVER_404", "The page has no such part.")
        return web.FileResponse(part)

    async def guard(self, request: web.Request, response: web.StreamResponse) -> None:
        """What the page may do, and nothing else; and that its files are asked for again after an update."""
        if request.path in PAGES or request.path.startswith("/static/"):
            response.headers["Content-Security-Policy"] = self.page.policy()
            response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
            response.headers["Referrer-Policy"] = "no-referrer"
            response.headers.setdefault("X-Content-Type-Options", "nosniff")
            response.headers.setdefault(hdrs.CACHE_CONTROL, "no-cache")
