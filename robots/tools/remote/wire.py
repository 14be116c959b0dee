"""The connections of FTP: one for commands and replies, and one for each file or list, always to the same server."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import ssl
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from robots.tools.dial import Dialer
from robots.tools.guard import SPEAKS_HTTP_BY_ACCIDENT, Forbidden, Guard
from robots.tools.http import Timeouts
from robots.tools.remote.complaints import OURS, Complaint, Silence

LONGEST_REPLY = 64 << 10  # bytes, in all of its lines
TRANSFERS = 1024  # below it are the ports of services, to which no transfer goes
BUFFER = 256 << 10


class Said(Exception):
    """The server said no."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(code)
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True)
class Reply:
    """Three digits, and the words of the last line."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Stream:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def write(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def block(self, size: int) -> bytes:
        """So many bytes, fewer only at the end."""
        kept = bytearray()
        while len(kept) < size and (piece := await self.reader.read(size - len(kept))):
            kept += piece
        return bytes(kept)

    async def expect_silence(self) -> None:
        """Whatever came already was said by anybody on the way, and would pass for what is said over TLS."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0):
                if await self.reader.read(1):
                    raise Complaint("The server said more than it should before the line was safe.", "ACCESS_DENIED")

    def close(self) -> None:
        self.writer.transport.abort()


class Wire:
    """Speaks with the server at the other end of a line.

    A reply may name any address for the next file. It is not heeded: whoever could choose where files go could have
    them sent into somebody's network. So only the port is taken, at the address that was found good.
    """

    def __init__(self, line: socket.socket, host: str, guard: Guard, timeouts: Timeouts) -> None:
        self.line = line
        self.host = host
        self.guard = guard
        self.timeouts = timeouts
        self.peer = line.getpeername()
        self.family = line.family
        self._control: Stream
        self._tls: ssl.SSLContext | None = None
        self._extended = True

    async def open(self, *, tls: bool) -> None:
        """Begins to speak, over TLS from the first byte if so wished."""
        self._tls = context() if tls else None
        self._control = await self._stream(self.line, self._tls)

    async def ask(self, command: str, *expected: int) -> Reply:
        """The reply to a command; Said if it is none of the expected. A single digit expects all that begin with it."""
        await self.say(command)
        return await self.heard(*expected)

    async def say(self, command: str) -> None:
        if re.search(r"[\r\n\0]", command):
            raise Complaint("A name with a control character in it cannot be sent.", "VALIDATION")
        async with asyncio.timeout(self.timeouts.idle):
            await self._control.write(f"{command}\r\n".encode("utf-8", "surrogateescape"))

    async def heard(self, *expected: int) -> Reply:
        async with asyncio.timeout(self.timeouts.idle):
            reply = await self._reply()
        if not _among(reply.code, expected):
            raise Said(reply.code, reply.text)
        return reply

    async def secure(self) -> None:
        """From here on all goes over TLS, files too."""
        await self.ask("AUTH TLS", 234)
        await self._control.expect_silence()
        self._tls = context()
        async with asyncio.timeout(self.timeouts.connect):
            await self._control.writer.start_tls(self._tls, server_hostname=self.host)
        await self.protect()

    async def protect(self) -> None:
        await self.ask("PBSZ 0", 2)
        await self.ask("PROT P", 200)

    async def transfer(self, command: str) -> Stream:
        """The connection for a file or a list; `finished` hears how it went."""
        stream = await self._passive()
        try:
            await self.ask(command, 1)
        except BaseException:
            stream.close()
            raise
        return stream

    async def finished(self, stream: Stream) -> None:
        """Ends a transfer; Said if the server is not content with it."""
        stream.writer.close()
        await self.heard(2)

    def close(self) -> None:
        self._control.close()

    async def _passive(self) -> Stream:
        port = await self._port()
        if not TRANSFERS <= port <= 65535 or port in SPEAKS_HTTP_BY_ACCIDENT:
            raise Complaint(
                f"The server wants to transfer files on port {port}, which is not for that.", "ACCESS_DENIED"
            )
        info = (self.family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (self.peer[0], port, *self.peer[2:]))
        try:
            line = await Dialer(self.guard.speaking(port), timeout=self.timeouts.connect).open([info])
        except OSError as error:
            if isinstance(error, Forbidden) or error.errno in OURS:
                raise
            told = f"{self.host} wants to transfer files on port {port}, and lets nobody in there: see its firewall."
            raise (Silence(told) if isinstance(error, TimeoutError) else Complaint(told, retry=True)) from error
        return await self._stream(line, self._resumed())

    async def _port(self) -> int:
        if self._extended:
            try:
                reply = await self.ask("EPSV", 229)
            except Said as error:
                if error.code // 100 != 5 or self.family == socket.AF_INET6:
                    raise
                self._extended = False
            else:
                return _number(re.search(r"\(([!-~])\1\1(\d{1,5})\1\)", reply.text), 2)
        reply = await self.ask("PASV", 227)
        numbers = re.search(r"\d+,\d+,\d+,\d+,(\d{1,3}),(\d{1,3})", reply.text)
        return _number(numbers, 1) * 256 + _number(numbers, 2)

    async def _stream(self, line: socket.socket, tls: Any) -> Stream:
        try:
            async with asyncio.timeout(self.timeouts.connect):
                name = self.host if tls else None
                return Stream(*await asyncio.open_connection(sock=line, ssl=tls, server_hostname=name, limit=BUFFER))
        except BaseException:
            line.close()
            raise

    def _resumed(self) -> Any:
        """Many servers want the connections for files to go on with the session of the first one."""
        known = self._control.writer.get_extra_info("ssl_object")
        return Resumed(self._tls, known.session) if self._tls and known else None

    async def _reply(self) -> Reply:
        line = await self._line()
        known = re.match(r"([1-6]\d\d)(?:[ -]|$)", line)
        if not known:
            raise Complaint(f"{self.host} does not speak FTP.")
        heard = len(line)
        last = re.compile(rf"{known[1]}(?: |$)")
        while not last.match(line):
            line = await self._line()
            heard += len(line) + 1
            if heard > LONGEST_REPLY:
                raise Complaint(f"{self.host} says more than can be heard.")
        return Reply(int(known[1]), line[4:])

    async def _line(self) -> str:
        line = await self._control.reader.readuntil(b"\n")
        return line.decode("utf-8", "surrogateescape").rstrip("\r\n")


class Resumed:
    """A TLS context whose connections go on with a session; what a connection wants of a context it has."""

    def __init__(self, tls: ssl.SSLContext, session: ssl.SSLSession | None) -> None:
        self.tls = tls
        self.session = session

    def wrap_bio(self, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, **options: Any) -> ssl.SSLObject:
        return self.tls.wrap_bio(incoming, outgoing, session=self.session, **options)


def context() -> ssl.SSLContext:
    return ssl.create_default_context()


def _among(code: int, expected: Collection[int]) -> bool:
    """Whether a code is expected, by itself or by its first digit."""
    return code in expected or code // 100 in expected


def _number(found: re.Match[str] | None, group: int) -> int:
    if not found:
        raise Complaint("The server does not say where files are to be transferred.")
    return int(found[group])
