"""A real web server on this machine, for tests of those who fetch."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@contextlib.asynccontextmanager
async def site(handler: Handler) -> AsyncIterator[str]:
    """Serves every path with one handler; gives the URL of its root, without the last slash."""
    app = web.Application(client_max_size=64 << 20)
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


def always(response: Callable[[], web.StreamResponse]) -> Handler:
    """A handler with one answer for all."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return response()

    return answer


@contextlib.asynccontextmanager
async def silent() -> AsyncIterator[tuple[str, asyncio.Event]]:
    """A site that says when it is asked, and says nothing else."""
    asked, over = asyncio.Event(), asyncio.Event()

    async def answer(_: web.Request) -> web.Response:
        asked.set()
        await over.wait()
        return web.Response()

    async with site(answer) as origin:
        try:
            yield origin, asked
        finally:
            over.set()
