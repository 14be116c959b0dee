"""A connection to a server of files for as long as a job needs it; one that was lost is made anew."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Self, TypeVar

from robots.base.errors import RobotError
from robots.tools.dial import Dialer
from robots.tools.http import HttpClient
from robots.tools.remote.aside import Aside
from robots.tools.remote.complaints import Complaint, Silence
from robots.tools.remote.server import Server

T = TypeVar("T")

GOODBYE = 5  # seconds

SignIn = Callable[[Aside], Awaitable[Server]]


class Session:
    """Does things at a server, and tries again what may come right by itself, after each of the `pauses`.

    One that falls silent is asked once more.
    """

    def __init__(self, sign_in: SignIn, pauses: Sequence[float]) -> None:
        self.sign_in = sign_in
        self.pauses = pauses
        self.aside = Aside()
        self._server: Server | None = None

    async def __aenter__(self) -> Self:
        await self.aside.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            await self._leave()
        finally:
            await self.aside.__aexit__()

    async def do(self, act: Callable[[Server], Coroutine[Any, Any, T]]) -> T:
        """What an act gives; it may be begun several times."""
        silent = False
        for pause in self.pauses:
            try:
                return await self._once(act)
            except RobotError as error:
                falls_silent = isinstance(error, Silence) and not silent
                if not (error.retry or falls_silent):
                    raise
                silent = silent or falls_silent
            await self._leave()
            # Spread out, so that the files of one failed server do not come back at one moment.
            await asyncio.sleep(pause * random.uniform(0.75, 1.25))
        return await self._once(act)

    async def _once(self, act: Callable[[Server], Coroutine[Any, Any, T]]) -> T:
        if self._server is None:
            self._server = await self.sign_in(self.aside)
        return await self.aside.run(act(self._server))

    async def _leave(self) -> None:
        server, self._server = self._server, None
        if server:
            with contextlib.suppress(Exception):  # who is gone hears no goodbye
                await self.aside.run(_goodbye(server))


async def dialed(http: HttpClient, host: str, port: int, *usual: int) -> socket.socket:
    """A connection to a host, on the `usual` ports of the protocol and on those that the settings allow."""
    dialer = Dialer(http.guard.speaking(*usual), http.lookup, http.timeouts.connect)
    try:
        return await dialer.connect(host, port)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise Complaint(
                f"{host} could not be reached: its name cannot be looked up just now.", retry=True
            ) from error
        raise Complaint(f"{host} could not be reached: there is no server of this name.") from error
    except OSError as error:
        raise Complaint(f"{host} could not be reached: no server answers on port {port}.", retry=True) from error


async def _goodbye(server: Server) -> None:
    async with asyncio.timeout(GOODBYE):
        await server.close()
