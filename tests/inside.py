"""A whole server in the test's own process, for tests that look behind its door."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import aiohttp

from server.app import App, start
from server.config import Settings
from tests.canary import watch
from tests.live import KEY, SECRET


@contextlib.asynccontextmanager
async def inside(data: Path, **settings: Any) -> AsyncIterator[App]:
    """Starts on a free port and stops at the end."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    known: dict[str, Any] = {"port": 0, "auth_key": KEY, "auth_secret": SECRET, "data": data}
    networks = (ip_network("127.0.0.0/8"),)
    app = await start(Settings(**{**known, "allow_private_networks": networks, **settings}))
    try:
        yield app
    finally:
        await app.stop(0)
        watch.folder(data)


@contextlib.asynccontextmanager
async def client(app: App) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(app.listening) as session:
        yield session
