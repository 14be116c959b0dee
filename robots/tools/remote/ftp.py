"""Speaks FTP: signs in, lists folders, fetches files and stores them."""

from __future__ import annotations

import asyncio
import contextlib
import posixpath
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from robots.base.errors import RobotError
from robots.base.workspace import Workspace
from robots.tools.guard import Guard
from robots.tools.http import HttpClient, Timeouts
from robots.tools.remote.aside import Aside
from robots.tools.remote.blocks import BLOCK, OnProgress, Pace, receive, send
from robots.tools.remote.complaints import Complaint, Kind, is_folder, of_line
from robots.tools.remote.listing import Listed, columns, facts
from robots.tools.remote.server import MOST_ENTRIES, Entry, Login, Order, Server, beneath, is_in, is_name
from robots.tools.remote.session import dialed
from robots.tools.remote.wire import Said, Stream, Wire

PORT = 21
PORT_OF_TLS = 990  # where a connection is one over TLS from its first byte
UNKNOWN = (500, 501, 502, 504)
LAST_ACT = 5  # seconds
KINDS: dict[str, Literal["file", "folder", "out"]] = {"file": "file", "folder": "folder", "link": "out"}
DENIED = re.compile("denied|permi|privileg", re.IGNORECASE)


async def sign_in(login: Login, workspace: Workspace, aside: Aside) -> Server:
    """The server, for as long as the loop `aside` runs."""
    http = workspace.tool(HttpClient)
    line = await dialed(http, login.host, login.port, PORT, PORT_OF_TLS)
    return await aside.run(_opened(line, login, http.guard, http.timeouts))


async def _opened(line: socket.socket, login: Login, guard: Guard, timeouts: Timeouts) -> Server:
    wire = Wire(line, login.host, guard, timeouts)
    with _told(f"{login.host} could not be reached"):
        await wire.open(tls=login.secure and login.port == PORT_OF_TLS)
        try:
            async with asyncio.timeout(timeouts.head):
                return Ftp(wire, await _home(wire, login), timeouts.idle)
        except BaseException:
            wire.close()
            raise


async def _home(wire: Wire, login: Login) -> str:
    """Signs in; the folder in which the user then is."""
    await wire.heard(220)
    if login.secure and login.port != PORT_OF_TLS:
        await _secured(wire)
    reply = await wire.ask(f"USER {login.user}", 230, 331)
    if reply.code == 331:
        await wire.ask(f"PASS {login.password}", 2)
    if login.secure and login.port == PORT_OF_TLS:
        await wire.protect()
    with contextlib.suppress(Said):
        await wire.ask("OPTS UTF8 ON", 2)
    await wire.ask("TYPE I", 2)
    return await _where(wire)


async def _secured(wire: Wire) -> None:
    try:
        await wire.secure()
    except Said as error:
        if error.code not in UNKNOWN:
            raise
        raise Complaint(f"{wire.host} could not be reached: the server does not speak TLS.", "ACCESS_DENIED") from error


class Ftp:
    """An FTP server at which somebody is signed in."""

    def __init__(self, wire: Wire, home: str, idle: float) -> None:
        self.wire = wire
        self.home = home
        self.idle = idle
        self._has_facts = True

    async def entries(self, folder: str) -> list[Entry]:
        with _told(f"{folder[:200] or 'The folder'} could not be listed"):
            await self._enter(folder)
            return [Entry(posixpath.join(folder, each.name), KINDS[each.kind]) for each in await self._list()]

    async def fetch(self, path: str, target: Path, limit: int, tell: OnProgress) -> None:
        with _told(f"{path[:200]} could not be fetched"):
            folder, name = posixpath.split(path.strip("/"))
            await self._enter(folder)
            total = await self._size(name)
            stream = await self.wire.transfer(f"RETR {name}")
            with _ended(stream):
                await receive(path, lambda: stream.block(BLOCK), target, total, Pace(self.idle, limit), tell)
                await self.wire.finished(stream)

    async def store(self, order: Order, tell: OnProgress) -> None:
        with _told(f"{order.path[:200]} could not be stored", "the server does not take a file with this path"):
            folder, name = posixpath.split(order.path)
            await self._enter(folder, make=True)
            try:
                await self._put(order, tell)
                await self._rename(order.hidden, name)
            except BaseException:
                with contextlib.suppress(Exception):
                    async with asyncio.timeout(LAST_ACT):
                        await self.wire.ask(f"DELE {order.hidden}", 2)
                raise

    async def close(self) -> None:
        try:
            await self.wire.ask("QUIT", 2)
        finally:
            self.wire.close()

    async def _enter(self, folder: str, *, make: bool = False) -> None:
        """Goes into a folder step by step: some servers take spaces and stars in a path for more than they are."""
        await self.wire.ask(f"CWD {self.home}", 2)
        inner = posixpath.relpath(beneath(self.home, folder), self.home)
        for name in inner.split("/") if inner != "." else ():
            try:
                await self.wire.ask(f"CWD {name}", 2)
            except Said as error:
                if not make or error.code != 550:
                    raise
                await self._make(name)
        if not is_in(self.home, await _where(self.wire)):
            raise Complaint(f"{folder[:200]} leads out of the login folder.", "ACCESS_DENIED")

    async def _make(self, name: str) -> None:
        """Makes a folder and goes into it."""
        try:
            await self.wire.ask(f"MKD {name}", 2)
        except Said as refused:
            try:
                await self.wire.ask(f"CWD {name}", 2)  # another may have made it meanwhile
            except Said:
                raise refused from None
        else:
            await self.wire.ask(f"CWD {name}", 2)

    async def _list(self) -> list[Listed]:
        """What is in the folder, in the order of its names."""
        if self._has_facts:
            try:
                return await self._listed("MLSD")
            except Said as error:
                if error.code not in UNKNOWN:
                    raise
                self._has_facts = False
        return await self._listed("LIST")

    async def _listed(self, command: str) -> list[Listed]:
        read = facts if command == "MLSD" else columns
        found: list[Listed] = []
        stream = await self.wire.transfer(command)
        seen = 0
        with _ended(stream):
            while True:
                async with asyncio.timeout(self.idle):
                    line = await stream.reader.readline()
                if not line:
                    break
                seen += 1
                if seen > MOST_ENTRIES:
                    raise Complaint(f"The folder holds more than {MOST_ENTRIES} files.")
                known = read(line.decode("utf-8", "surrogateescape").rstrip("\r\n"))
                if known and known.kind in KINDS and is_name(known.name):
                    found.append(known)
            await self.wire.finished(stream)
        return sorted(found, key=lambda one: one.name)

    async def _put(self, order: Order, tell: OnProgress) -> None:
        stream = await self.wire.transfer(f"STOR {order.hidden}")
        with _ended(stream):
            try:
                size = await send(order.source, stream.write, Pace(self.idle, 0), tell)
            except ConnectionError:
                await self.wire.finished(stream)  # it may say why it does not take more
                raise
            await self.wire.finished(stream)
        if await self._size(order.hidden) not in (size, None):
            raise Complaint(f"{order.path[:200]} could not be stored: not all of it arrived.", retry=True)

    async def _rename(self, hidden: str, name: str) -> None:
        try:
            await self._move(hidden, name)
        except Said as error:
            if error.code // 100 != 5:
                raise
            await self._replace(hidden, name)

    async def _replace(self, hidden: str, name: str) -> None:
        """Where no name is given twice the old file goes aside, and comes back if the new one cannot have its name."""
        if await self._is_folder(name):
            raise is_folder(name)
        aside = f"{hidden}.old"
        await self._move(name, aside)
        try:
            await self._move(hidden, name)
        except BaseException:
            with contextlib.suppress(Exception):
                async with asyncio.timeout(LAST_ACT):
                    await self._move(aside, name)
            raise
        await self.wire.ask(f"DELE {aside}", 2)

    async def _is_folder(self, name: str) -> bool:
        here = await _where(self.wire)
        try:
            await self.wire.ask(f"CWD {name}", 2)
        except Said:
            return False
        await self.wire.ask(f"CWD {here}", 2)
        return True

    async def _move(self, old: str, new: str) -> None:
        await self.wire.ask(f"RNFR {old}", 350)
        await self.wire.ask(f"RNTO {new}", 2)

    async def _size(self, name: str) -> int | None:
        """The bytes of a file, if the server can say."""
        try:
            reply = await self.wire.ask(f"SIZE {name}", 213)
        except Said:
            return None
        return int(reply.text) if reply.text.isdecimal() and len(reply.text) < 16 else None


async def _where(wire: Wire) -> str:
    """The folder in which one is."""
    reply = await wire.ask("PWD", 257)
    quoted = reply.text.partition('"')[2].rpartition('"')[0].replace('""', '"')
    if not quoted.startswith("/"):
        raise Complaint(f"{wire.host} does not say in which folder the user is.")
    return quoted


@contextlib.contextmanager
def _ended(stream: Stream) -> Iterator[None]:
    try:
        yield
    finally:
        stream.close()


@contextlib.contextmanager
def _told(act: str, unavailable: str = "the server has no such file or folder") -> Iterator[None]:
    """Whatever goes wrong becomes a sentence; `act` begins it. `unavailable` is what a 550 says, which says little."""
    try:
        yield
    except RobotError:
        raise
    except Said as error:
        raise _complaint(act, error, unavailable) from error
    except (OSError, EOFError) as error:
        if known := of_line(act, error):
            raise known from error
        raise
    except (ValueError, asyncio.LimitOverrunError) as error:
        raise Complaint(f"{act}: the server does not speak FTP.") from error


def _complaint(act: str, error: Said, unavailable: str) -> Complaint:
    """By the code; the words only tell apart what has one code."""
    known: dict[int, tuple[str, Kind]] = {
        530: ("the server does not let this user in", "ACCESS_DENIED"),
        532: ("the server does not let this user in", "ACCESS_DENIED"),
        534: ("the server wants a connection of another kind", "ACCESS_DENIED"),
        550: (unavailable, "NOT_FOUND"),
        552: ("there is no room left on the server", "FAILURE"),
    }
    told, kind = known.get(error.code, (f"the server answered {error.code}", "FAILURE"))
    if error.code in (550, 553) and DENIED.search(error.text):
        told, kind = "the user may not do this", "ACCESS_DENIED"
    return Complaint(f"{act}: {told}.", kind, retry=error.code // 100 == 4)
