"""The library that speaks SFTP. It is slow to import, and its cryptography holds a loop: both are for a thread."""

from __future__ import annotations

import asyncio
import contextlib
import posixpath
import socket
from pathlib import Path
from typing import Any

import asyncssh
from asyncssh import SSHClientConnection
from asyncssh.constants import (
    FILEXFER_TYPE_DIRECTORY,
    FILEXFER_TYPE_REGULAR,
    FILEXFER_TYPE_SYMLINK,
    FILEXFER_TYPE_UNKNOWN,
)
from asyncssh.sftp import SFTPClient, SFTPClientFile

from robots.tools.http import Timeouts
from robots.tools.remote.blocks import BLOCK, OnProgress, Pace, receive, send
from robots.tools.remote.complaints import Complaint, is_folder
from robots.tools.remote.server import MOST_ENTRIES, Entry, Login, Order, beneath, is_in, is_name
from robots.tools.remote.ssh import MISSING, Guest, options, told

FILES = (FILEXFER_TYPE_REGULAR, FILEXFER_TYPE_UNKNOWN)  # not every server says what it has
LAST_ACT = 5  # seconds


async def sign_in(line: socket.socket, login: Login, timeouts: Timeouts) -> tuple[Sftp, str]:
    """The server at the other end of a line, and the key that it showed."""
    act = f"{login.host} could not be reached"
    guest = Guest(login.trusted)
    with told(act, guest):
        async with asyncio.timeout(timeouts.head):
            connection = await asyncssh.connect(login.host, login.port, sock=line, **options(login, guest))
            try:
                files = await connection.start_sftp_client(path_errors="surrogateescape")
                home = await files.realpath(".")
            except BaseException:
                connection.abort()
                raise
    return Sftp(connection, files, str(home), timeouts.idle), guest.shown


class Sftp:
    """An SFTP server at which somebody is signed in."""

    def __init__(self, connection: SSHClientConnection, files: SFTPClient, home: str, idle: float) -> None:
        self.connection = connection
        self.files = files
        self.home = home
        self.idle = idle

    async def entries(self, folder: str) -> list[Entry]:
        with told(f"{folder[:200] or 'The folder'} could not be listed"):
            names = [(name, kind) for name, kind in await self._names(folder) if is_name(name)]
            known = [await self._entry(posixpath.join(folder, name), kind) for name, kind in names]
        return [entry for entry in known if entry]

    async def fetch(self, path: str, target: Path, limit: int, tell: OnProgress) -> None:
        with told(f"{path[:200]} could not be fetched"):
            real = await self._real(beneath(self.home, path))
            async with self._time():
                attrs = await self.files.stat(real)
                if attrs.type not in FILES:
                    raise Complaint(f"{path[:200]} is not a file.", "NOT_FOUND")
                file = await self.files.open(real, "rb")
            async with _closed(file):
                await receive(path, lambda: file.read(BLOCK), target, attrs.size, Pace(self.idle, limit), tell)

    async def store(self, order: Order, tell: OnProgress) -> None:
        with told(f"{order.path[:200]} could not be stored"):
            folder = await self._folder(posixpath.dirname(beneath(self.home, order.path)))
            hidden = posixpath.join(folder, order.hidden)
            try:
                await self._put(order, hidden, tell)
                async with self._time():
                    await self._rename(hidden, posixpath.join(folder, posixpath.basename(order.path)))
            except BaseException:
                with contextlib.suppress(Exception):
                    async with asyncio.timeout(LAST_ACT):
                        await self.files.remove(hidden)
                raise

    async def close(self) -> None:
        self.connection.close()
        try:
            await self.connection.wait_closed()
        finally:
            self.connection.abort()

    async def _names(self, folder: str) -> list[tuple[str, int]]:
        """What is in a folder and of what kind it is, in the order of its names."""
        real = await self._real(beneath(self.home, folder))
        found: list[tuple[str, int]] = []
        pages = self.files.scandir(real)
        async with contextlib.aclosing(pages):  # type: ignore[type-var]
            while True:
                async with self._time():
                    entry = await anext(pages, None)
                if entry is None:
                    return sorted(found)
                if len(found) == MOST_ENTRIES:
                    raise Complaint(f"{folder[:200] or 'The folder'} holds more than {MOST_ENTRIES} files.")
                found.append((str(entry.filename), entry.attrs.type))

    async def _entry(self, path: str, kind: int) -> Entry | None:
        """What a name stands for, if it can be imported or gone into."""
        if kind == FILEXFER_TYPE_DIRECTORY:
            return Entry(path, "folder")
        if kind != FILEXFER_TYPE_SYMLINK:
            return Entry(path) if kind in FILES else None
        try:
            real = await self._real(beneath(self.home, path))
            async with self._time():
                behind = await self.files.stat(real)
        except MISSING:
            return None
        except Complaint:
            return Entry(path, "out")
        # A link to a folder may lead round in circles.
        return Entry(path) if behind.type in FILES else None

    async def _real(self, path: str) -> str:
        """The path behind all links, if it is still in the login folder."""
        async with self._time():
            real = str(await self.files.realpath(path))
        if not is_in(self.home, real):
            raise Complaint(f"{posixpath.basename(path)[:200]} leads out of the login folder.", "ACCESS_DENIED")
        return real

    async def _folder(self, path: str) -> str:
        """Makes a folder, and those above it, as far as they are missing."""
        here = self.home
        for name in posixpath.relpath(path, self.home).split("/") if path != self.home else ():
            here = posixpath.join(here, name)
            async with self._time():
                if not await self.files.isdir(here):
                    with contextlib.suppress(asyncssh.SFTPFailure, asyncssh.SFTPFileAlreadyExists):
                        await self.files.mkdir(here)  # another may have made it meanwhile
            here = await self._real(here)
        return here

    async def _put(self, order: Order, hidden: str, tell: OnProgress) -> None:
        async with self._time():
            file = await self.files.open(hidden, "wb")
        async with _closed(file):
            size = await send(order.source, file.write, Pace(self.idle, 0), tell)
        async with self._time():
            if (await self.files.stat(hidden)).size not in (size, None):
                raise Complaint(f"{order.path[:200]} could not be stored: not all of it arrived.", retry=True)
            if order.mode is not None:
                await self.files.chmod(hidden, order.mode)

    async def _rename(self, hidden: str, path: str) -> None:
        if await self.files.isdir(path):
            raise is_folder(posixpath.basename(path))
        try:
            await self.files.posix_rename(hidden, path)
        except asyncssh.SFTPOpUnsupported:
            # The plain way to rename replaces nothing.
            with contextlib.suppress(*MISSING):
                await self.files.remove(path)
            await self.files.rename(hidden, path)

    def _time(self) -> asyncio.Timeout:
        """How long a small request may take."""
        return asyncio.timeout(self.idle)


@contextlib.asynccontextmanager
async def _closed(file: SFTPClientFile) -> Any:
    """A file that is closed afterwards; who lost the connection need not say so."""
    try:
        yield
    except BaseException:
        with contextlib.suppress(Exception):
            async with asyncio.timeout(LAST_ACT):
                await file.close()
        raise
    await file.close()
