"""Asks name servers for the addresses of hosts, in threads that no other work waits for."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary

from aiohttp.abc import AbstractResolver, ResolveResult

Info = tuple[Any, ...]  # family, type, protocol, canonical name, address
Ask = Callable[..., list[Any]]

AT_ONCE = 256
OF_ONE_DOMAIN = 16


class Lookup(AbstractResolver):
    """Looks up names, each within `deadline` seconds.

    Nothing can end a thread that waits for a name server. So each lookup has one of its own, and the names of one
    domain, whose servers may be slow by intent, never have more than a few.
    """

    def __init__(self, ask: Ask = socket.getaddrinfo, deadline: float = 10) -> None:
        self.ask = ask
        self.deadline = deadline
        self._free = asyncio.Semaphore(AT_ONCE)
        self._domains: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def find(self, host: str, port: int, family: int = socket.AF_UNSPEC) -> list[Info]:
        """What `getaddrinfo` says; an OSError for a name that is not known, or not in time."""
        try:
            async with asyncio.timeout(self.deadline):
                return await self._asked(host, port, family)
        except TimeoutError as error:
            raise socket.gaierror(socket.EAI_AGAIN, "the name servers took too long") from error
        except UnicodeError as error:
            raise socket.gaierror(socket.EAI_NONAME, "not a name") from error

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The same for aiohttp."""
        return [
            ResolveResult(
                hostname=host,
                host=address[0],
                port=address[1],
                family=kind,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _, protocol, _, address in await self.find(host, port, family)
        ]

    async def close(self) -> None:
        """Threads that still wait end with the process."""

    async def _asked(self, host: str, port: int, family: int) -> list[Info]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[Info]] = loop.create_future()
        seats = contextlib.ExitStack()
        for seat in (self._domain(host), self._free):
            try:
                await seat.acquire()
            except BaseException:
                seats.close()
                raise
            seats.callback(seat.release)

        def told(found: list[Info] | Exception) -> None:
            seats.close()
            if answer.done():
                return
            if isinstance(found, Exception):
                answer.set_exception(found)
            else:
                answer.set_result(found)

        def look() -> None:
            try:
                found: list[Info] | Exception = self.ask(host, port, family, socket.SOCK_STREAM)
            except Exception as error:
                found = error
            with contextlib.suppress(RuntimeError):  # the loop has ended, and nobody waits
                loop.call_soon_threadsafe(told, found)

        threading.Thread(target=look, daemon=True, name="lookup").start()
        return await answer

    def _domain(self, host: str) -> asyncio.Semaphore:
        name = ".".join(host.rstrip(".").lower().split(".")[-2:])
        return self._domains.setdefault(name, asyncio.Semaphore(OF_ONE_DOMAIN))
