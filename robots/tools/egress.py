"""The only way out of a sandbox: an HTTP proxy on a Unix socket that asks the guard about each host."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from robots.base.errors import ImportFailed
from robots.tools.dial import Dialer
from robots.tools.guard import Guard, Refused, destination, spoken
from robots.tools.lookup import Lookup

log = logging.getLogger(__name__)

HEAD = 64 << 10
PIECE = 64 << 10
REMEMBERED = 100
TLS = b"\x16\x03"  # how every TLS connection begins
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
OF_ONE_HOP = {"connection", "keep-alive", "proxy-connection", "proxy-authorization", "proxy-authenticate", "te"}
REQUEST = re.compile(r"([A-Z]+) (\S+) HTTP/1\.[01]", re.ASCII)
HEADER = re.compile(r"[!#-'*+.^-z|~0-9A-Z-]+:[^\0\r\n]*", re.ASCII)

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one job may use: connections at once and in all, bytes in both directions, seconds of silence."""

    at_once: int = 64
    connections: int = 2000
    size: int = 256 << 20
    idle: float = 30


@dataclass
class Traffic:
    """What went through, and what was refused, as sentences; of those only the first are kept."""

    connections: int = 0
    size: int = 0
    refused: int = 0
    refusals: list[str] = field(default_factory=list)

    def refuse(self, reason: str) -> None:
        self.refused += 1
        if len(self.refusals) < REMEMBERED:
            self.refusals.append(reason)
            log.info("egress refused: %s", reason)


@dataclass(frozen=True, slots=True)
class Ask:
    """The head of one request to the proxy."""

    method: str
    target: str
    headers: tuple[str, ...]

    def onward(self) -> bytes:
        """The same request as its server wants it, the last one on its connection."""
        place = urlsplit(self.target)
        path = f"{place.path or '/'}{f'?{place.query}' if place.query else ''}"
        lines = [f"{self.method} {path} HTTP/1.1", f"Host: {place.netloc.rpartition('@')[2]}"]
        lines += [line for line in self.headers if _name(line) not in OF_ONE_HOP | {"host"}]
        return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1")


class Egress:
    """Serves one job. Whatever it does not know, or cannot look up, it refuses."""

    def __init__(self, guard: Guard, lookup: Lookup, allowance: Allowance | None = None) -> None:
        self.plain = Dialer(guard, lookup)
        # What a tunnel holds is not seen, so it may only lead to where TLS is spoken.
        self.tunnels = Dialer(guard.speaking(443), lookup)
        self.allowance = allowance or Allowance()
        self.traffic = Traffic()
        self._tasks: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def listen(self, folder: Path, name: str = "egress") -> AsyncIterator[Path]:
        """Listens on a socket in a folder for as long as it is entered; all connections end with it."""
        path = folder / name
        server = await asyncio.start_unix_server(self._accept, sock=_bound(folder, name), limit=HEAD)
        try:
            yield path
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await server.wait_closed()
            path.unlink(missing_ok=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, which carries one request."""
        try:
            await self._answer(reader, writer)
        except ImportFailed as error:
            self.traffic.refuse(error.message)
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError) as error:
            log.debug("egress: a connection ended early: %r", error)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.traffic.connections += 1
        ask = await self._heard(reader)
        over = self.traffic.connections > self.allowance.connections or self.traffic.size >= self.allowance.size
        if over or len(self._tasks) > self.allowance.at_once:
            raise Refused("The job has used up its connections or bytes.")
        opened = await (self._tunnel(ask, reader, writer) if ask.method == "CONNECT" else self._request(ask))
        if opened:
            await self._carry((reader, writer), await asyncio.open_connection(sock=opened, limit=HEAD))

    async def _heard(self, reader: asyncio.StreamReader) -> Ask:
        async with asyncio.timeout(self.allowance.idle):
            first, *headers = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")[:-2]
        asked = REQUEST.fullmatch(first)
        if not asked or not all(map(HEADER.fullmatch, headers)):
            raise Refused("A request that is not HTTP was made.")
        return Ask(asked[1], asked[2], tuple(headers))

    async def _request(self, ask: Ask) -> socket.socket:
        if ask.method not in METHODS or not ask.target.startswith("http://"):
            raise Refused(f"{ask.method[:20]} {spoken(ask.target)} is not a request for the web.")
        if any(_name(line) == "upgrade" for line in ask.headers):
            raise Refused(f"{spoken(ask.target)} was to become another protocol.")
        place = destination(ask.target)
        opened = await self.plain.connect(place.raw_host or "", place.port or 80)
        await asyncio.get_running_loop().sock_sendall(opened, ask.onward())
        return opened

    async def _tunnel(
        self, ask: Ask, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> socket.socket | None:
        """A tunnel is dug only once TLS is heard in it: a WebSocket without TLS could speak any protocol."""
        place = destination(f"https://{ask.target}")
        found = await self.tunnels.find(place.raw_host or "", place.port or 443)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        async with asyncio.timeout(self.allowance.idle):
            begun = await reader.readexactly(len(TLS))
        if begun != TLS:
            self.traffic.refuse(f"A tunnel to {spoken(ask.target)} was to carry something else than TLS.")
            return None
        opened = await self.tunnels.open(found)
        await asyncio.get_running_loop().sock_sendall(opened, begun)
        return opened

    async def _carry(self, inner: Stream, outer: Stream) -> None:
        """Bytes in both directions, until the outer side ends, all is silent, or the job has had its share."""
        try:
            async with asyncio.timeout(self.allowance.idle) as clock, asyncio.TaskGroup() as group:
                upwards = group.create_task(self._copy(inner[0], outer[1], clock))
                await self._copy(outer[0], inner[1], clock)
                upwards.cancel()
        finally:
            outer[1].close()
            with contextlib.suppress(OSError):
                await outer[1].wait_closed()

    async def _copy(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, clock: asyncio.Timeout) -> None:
        now = asyncio.get_running_loop().time
        with contextlib.suppress(OSError):
            while piece := await source.read(PIECE):
                self.traffic.size += len(piece)
                if self.traffic.size > self.allowance.size:
                    self.traffic.refuse("The job has used up its bytes.")
                    clock.reschedule(now())  # which ends both directions
                    return
                clock.reschedule(now() + self.allowance.idle)
                target.write(piece)
                await target.drain()
            if target.can_write_eof():
                target.write_eof()


def _name(line: str) -> str:
    """The name of a header."""
    return line.partition(":")[0].lower()


def _bound(folder: Path, name: str) -> socket.socket:
    """A socket at a path: by a short way to it, for the kernel takes 107 bytes and a folder may lie deep."""
    opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        opened.bind(f"/proc/self/fd/{place}/{name}" if Path("/proc/self/fd").is_dir() else str(folder / name))
    except BaseException:
        opened.close()
        raise
    finally:
        os.close(place)
    return opened
