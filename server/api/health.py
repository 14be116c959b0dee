"""Health: whether the server works, and how well it is kept."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from aiohttp import web

from server.api.middleware import json_response
from server.api.told import Told
from server.lag import Lag
from server.model import replies

VERSION = "0.1.0"


class Health:
    """`sandbox` is the level that children run at, `folder` where the data are."""

    def __init__(self, sandbox: str, lag: Lag, folder: Path) -> None:
        self._sandbox = sandbox
        self._lag = lag
        self._folder = folder

    def attach(self, app: web.Application) -> None:
        """Adds the route."""
        app.router.add_get("/healthz", self.tell)

    @Told("Tells whether the server works.", ok=("SERVER_HEALTHY",), reply=(replies.Health,))
    async def tell(self, request: web.Request) -> web.Response:
        free = (await asyncio.to_thread(shutil.disk_usage, self._folder)).free
        told = {
            "ok": "SERVER_HEALTHY",
            "http_code": 200,
            "version": VERSION,
            "sandbox": self._sandbox,
            "loop_lag_ms": round(1000 * self._lag.all.quantile(0.99), 1),
            "free_disk": free,
        }
        return json_response(told)
