"""The root of the server: JSON for programs, the page for browsers."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from server.api.middleware import json_response

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; "
    "connect-src *; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)


class Root:
    """`folder` holds the page; `instance` is what the server calls itself."""

    def __init__(self, folder: Path, instance: str) -> None:
        self.folder = folder
        self.instance = instance

    def attach(self, app: web.Application) -> None:
        app.router.add_get("/", self.show)
        app.router.add_get("/healthz", self.health)
        app.router.add_static("/static/", self.folder)
        app.on_response_prepare.append(self.guard)

    async def show(self, request: web.Request) -> web.StreamResponse:
        if "text/html" in request.headers.get("Accept", ""):
            return web.FileResponse(self.folder / "index.html", headers={"Vary": "Accept", "Cache-Control": "no-cache"})
        return json_response({"ok": "SERVER_ROOT", "http_code": 200, "hostname": self.instance})

    async def health(self, request: web.Request) -> web.Response:
        return json_response({"ok": "SERVER_HEALTHY", "http_code": 200})

    async def guard(self, request: web.Request, response: web.StreamResponse) -> None:
        """What the page may do, and nothing else."""
        if request.path == "/" or request.path.startswith("/static/"):
            response.headers.setdefault("Content-Security-Policy", POLICY)
            response.headers.setdefault("X-Content-Type-Options", "nosniff")
