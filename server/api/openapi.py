"""The description of the API at /openapi.json, for programs; the page at /openapi shows it to people."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from aiohttp import web

from server.api.document import document
from server.api.health import VERSION
from server.api.middleware import json_response
from server.api.told import Told


class OpenApi:
    """Made once, when it is first asked for; `robots` are those that there are here."""

    def __init__(self, robots: Iterable[str]) -> None:
        self._robots = robots
        self._document: dict[str, Any] | None = None

    def attach(self, app: web.Application) -> None:
        """Adds the route."""
        app.router.add_get("/openapi.json", self.show)

    @Told("Tells what is written here.")
    async def show(self, request: web.Request) -> web.Response:
        if self._document is None:
            routes = list(request.app.router.routes())
            self._document = await asyncio.to_thread(document, routes, self._robots, VERSION)
        return json_response(self._document)
