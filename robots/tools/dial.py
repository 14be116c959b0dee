"""Opens outward connections for protocols other than HTTP: to hosts that the guard lets through, and no others."""

from __future__ import annotations

import asyncio
import socket

from robots.tools.guard import Forbidden, Guard, Refused, is_host
from robots.tools.lookup import Info, Lookup


class Dialer:
    """Connects to a host; the address that is connected is the one that was checked.

    What speaks over the connection must not connect by itself: hand its socket to asyncssh as `sock`, and to an FTP
    client for the control connection and, at the address of its peer, for each data connection.
    """

    def __init__(self, guard: Guard, lookup: Lookup | None = None, timeout: float = 15) -> None:
        self.guard = guard
        self.lookup = lookup or Lookup()
        self.timeout = timeout

    async def connect(self, host: str, port: int) -> socket.socket:
        """A connected socket that does not block; Refused, or OSError if nobody answers."""
        name = f"[{host}]" if ":" in host else host
        if not is_host(name):
            raise Refused("The host is not a plain ASCII name or address.")
        try:
            async with asyncio.timeout(self.timeout):
                return await self._first(await self.lookup.find(host, port))
        except Forbidden as error:
            raise Refused(f"{host} cannot be connected to: {error.strerror}.") from error

    async def _first(self, infos: list[Info]) -> socket.socket:
        """The first address that answers, of those that may be asked."""
        failure: OSError = OSError("the name has no address")
        for info in infos:
            try:
                return await self._open(info)
            except OSError as error:
                if not isinstance(failure, Forbidden):
                    failure = error
        raise failure

    async def _open(self, info: Info) -> socket.socket:
        opened = self.guard.socket(info)
        try:
            opened.setblocking(False)
            await asyncio.get_running_loop().sock_connect(opened, info[4])
        except BaseException:
            opened.close()
            raise
        return opened
