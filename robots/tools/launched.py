"""Tools that a launcher starts for this process: how they are asked for, spoken with and waited for."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import errno
import json
import os
import signal
import socket
from asyncio import ReadTransport, StreamReader
from asyncio.subprocess import DEVNULL
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from robots.tools.sandbox.command import LAUNCH, PYTHON

DEAD = -signal.SIGKILL  # what a tool comes to whose launcher is gone
FULL = (errno.EAGAIN, errno.ETOOMANYREFS)  # nothing can be asked before something is read
PAUSE = 0.005  # seconds
MESSAGE = b"\0"  # all that is said goes in the files beside it
QUIET = [
    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
]


class Pipe(NamedTuple):
    """The end of a pipe that is read here."""

    reader: StreamReader
    transport: ReadTransport


class Launched:
    """A tool, spoken with as asyncio's own children are."""

    def __init__(self, told: Pipe, stdout: Pipe, stderr: Pipe) -> None:
        self.pid = 0
        self.stdout = stdout.reader
        self.stderr = stderr.reader
        self.returncode: int | None = None
        self._told = told.reader
        self._transports = (told.transport, stdout.transport, stderr.transport)
        self._asking = asyncio.Lock()

    async def begin(self) -> None:
        """Returns when it runs."""
        told = await self._told.readline()
        if not told:
            raise ConnectionError("the launcher is gone")
        self.pid = int(told)

    async def wait(self) -> int:
        """Its exit code, or the signal that ended it below zero."""
        async with self._asking:
            if self.returncode is None:
                self.returncode = int(await self._told.readline() or DEAD)
        return self.returncode

    def close(self) -> None:
        """What it has printed and nobody has read is lost."""
        for transport in self._transports:
            transport.close()


class Launcher:
    """One process, started when it is first needed and again when it is gone; it dies with this one.

    Its number is kept among the `groups`, and its environment are the `variables`.
    """

    def __init__(self, groups: set[int], variables: Mapping[str, str]) -> None:
        self.pid = 0
        self._groups = groups
        self._variables = variables
        self._line: socket.socket | None = None
        self._leaving: set[int] = set()

    async def start(self, words: Sequence[str], env: Mapping[str, str], stdin: int, limit: int) -> Launched:
        """A tool that obeys these words and has this environment; OSError where it cannot be started."""
        with contextlib.ExitStack() as files:
            asked = files.enter_context(_memory(json.dumps([list(words), dict(env)]).encode()))
            given = files.enter_context(_nothing()) if stdin == DEVNULL else stdin
            told, tell = await _pipe(files, limit)
            stdout, out = await _pipe(files, limit)
            stderr, err = await _pipe(files, limit)
            child = Launched(told, stdout, stderr)
            try:
                await self._send([asked, given, out, err, tell])
                files.close()  # so that the end of the pipe is seen when nobody else holds it
                await child.begin()
            except BaseException:
                child.close()
                raise
        return child

    async def _send(self, files: Sequence[int]) -> None:
        """A launcher that is slow, or that ends slowly, keeps nobody waiting but those who need it."""
        self._collect()
        lost = False
        while True:
            line = self._line or self._ready()
            try:
                socket.send_fds(line, [MESSAGE], files)
                return
            except ConnectionError:
                if lost:
                    raise
                lost = True
                self._ready()
            except OSError as error:
                if error.errno not in FULL:
                    raise
                await asyncio.sleep(PAUSE)

    def _ready(self) -> socket.socket:
        """A new one; the one before is left to its end."""
        if self._line is None:
            atexit.register(self._hang_up)
        else:
            self._hang_up()
        if self.pid:
            self._leaving.add(self.pid)
            self.pid = 0
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line.setblocking(False)
        with theirs:
            os.set_inheritable(theirs.fileno(), True)
            words = [*PYTHON, LAUNCH.format("launcher"), "die", "--", str(theirs.fileno())]
            self.pid = os.posix_spawn(words[0], words, dict(self._variables), file_actions=QUIET, setsid=True)
        self._groups.add(self.pid)
        self._collect()
        return self._line

    def _collect(self) -> None:
        """Clears away those that have ended."""
        for pid in [*self._leaving]:
            with contextlib.suppress(ChildProcessError):
                if os.waitpid(pid, os.WNOHANG) == (0, 0):
                    continue
            self._leaving.discard(pid)
            self._groups.discard(pid)

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()


@contextlib.contextmanager
def _memory(content: bytes) -> Iterator[int]:
    """A message has an end, and a command line may be longer."""
    file = os.memfd_create("words")
    try:
        with os.fdopen(os.dup(file), "wb") as writes:
            writes.write(content)
        os.lseek(file, 0, os.SEEK_SET)
        yield file
    finally:
        os.close(file)


@contextlib.contextmanager
def _nothing() -> Iterator[int]:
    file = os.open(os.devnull, os.O_RDONLY)
    try:
        yield file
    finally:
        os.close(file)


async def _pipe(files: contextlib.ExitStack, limit: int) -> tuple[Pipe, int]:
    """What is read here, and the end to write to, which is closed here with the other files."""
    reads, writes = os.pipe()
    files.callback(os.close, writes)
    loop = asyncio.get_running_loop()
    reader = StreamReader(limit, loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    transport, _ = await loop.connect_read_pipe(lambda: protocol, os.fdopen(reads, "rb", 0))
    return Pipe(reader, transport), writes
