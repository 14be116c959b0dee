"""A real server on a real socket for every door of the API."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.client import _RequestContextManager

from server.api import middleware
from server.api.clients import Clients
from server.api.connections import Listener


@dataclass(frozen=True)
class Client:
    """Speaks to one server; `host` and `port` are for those who speak to its socket themselves."""

    session: ClientSession
    host: str
    port: int

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def request(self, method: str, path: str, **given: Any) -> _RequestContextManager:
        return self.session.request(method, self.url + path, allow_redirects=False, **given)

    def get(self, path: str, **given: Any) -> _RequestContextManager:
        return self.request("GET", path, **given)

    def post(self, path: str, **given: Any) -> _RequestContextManager:
        return self.request("POST", path, **given)


Serve = Callable[[web.Application], Awaitable[Client]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts an application, with what is common to all replies."""
    async with AsyncExitStack() as stack:

        async def start(app: web.Application) -> Client:
            middleware.install(app)
            runner = Listener(app, Clients(1000), head=15)
            stack.push_async_callback(runner.cleanup)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            session = await stack.enter_async_context(ClientSession())
            host, port = runner.addresses[0][:2]
            return Client(session, host, port)

        yield start
