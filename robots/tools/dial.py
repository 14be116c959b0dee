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
        return await self.open(await self.find(host, port))

    async def find(self, host: str, port: int) -> list[Info]:
        """The addresses of a host that may be connected; Refused if it has none, OSError if it is not known."""
        if not is_host(f"[{host}]" if ":" in host else host):
            raise Refused("The host is not a plain ASCII name or address.")
        found = await self.lookup.find(host, port)
        reasons = [self._fault(info) for info in found]
        if all(reasons):
            raise Refused(f"{host} cannot be connected to: {reasons[0] if reasons else 'it has no address'}.")
        return [info for info, reason in zip(found, reasons, strict=True) if not reason]

    async def open(self, infos: list[Info]) -> socket.socket:
        """A connection to the first address that answers."""
        failure = OSError("the name has no address")
        async with asyncio.timeout(self.timeout):
            for info in infos:
                try:
                    return await self._open(info)
                except OSError as error:
                    failure = error
        raise failure

    def _fault(self, info: Info) -> str:
        try:
            self.guard.check(*info[4][:2])
        except Forbidden as error:
            return str(error.strerror)
        return ""

    async def _open(self, info: Info) -> socket.socket:
        opened = self.guard.socket(info)
        try:
            opened.setblocking(False)
            await asyncio.get_running_loop().sock_connect(opened, info[4])
        except BaseException:
            opened.close()
            raise
        return opened
