"""Pumps: how the bytes of a body get from a socket into a file, one bounded step at a time."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import Literal, Protocol

from tus import durable

# What one upload may take in one turn of the loop. More is hardly faster, and makes everybody else wait.
STEP = 256 << 10
MOVE = getattr(os, "SPLICE_F_MOVE", 0) | getattr(os, "SPLICE_F_NONBLOCK", 0)

See = Callable[[memoryview], None]
Way = Literal["splice", "copy", "none"]


class Pump(Protocol):
    """Between two steps nothing is left in a pump, so all uploads of a loop can share one."""

    def take(self, source: socket.socket, most: int) -> int:
        """Takes what has arrived, at most so many bytes; 0 at the end of the stream."""

    def give(self, target: int, size: int) -> None:
        """Writes what was taken at the position of a file: all of it, unless it raises."""


class Pumps:
    """The pumps that the uploads of one loop share, so that memory does not grow with their number."""

    def __init__(self, way: Way) -> None:
        self._buffer = bytearray(0 if way == "none" else STEP)
        self._splice = SplicePump() if way == "splice" and hasattr(os, "splice") else None

    def pump(self, see: See | None) -> Pump | None:
        """The quickest one; `see` is shown the bytes, and what stays in the kernel cannot be seen."""
        if see is None and self._splice is not None:
            return self._splice
        return CopyPump(self._buffer, see) if self._buffer else None


class CopyPump:
    """Through a buffer."""

    def __init__(self, buffer: bytearray, see: See | None) -> None:
        self._buffer = memoryview(buffer)
        self._see = see

    def take(self, source: socket.socket, most: int) -> int:
        return source.recv_into(self._buffer[:most])

    def give(self, target: int, size: int) -> None:
        taken = self._buffer[:size]
        if self._see is not None:
            self._see(taken)
        durable.write_all(target, taken)


class SplicePump:
    """Through a pipe in the kernel, so that bytes are copied once instead of twice."""

    def __init__(self) -> None:
        self._open()

    def take(self, source: socket.socket, most: int) -> int:
        return os.splice(source.fileno(), self._in, most, flags=MOVE)

    def give(self, target: int, size: int) -> None:
        try:
            while size:
                size -= self._carry(target, size)
        except BaseException:
            self._drain()
            raise

    def _carry(self, target: int, size: int) -> int:
        try:
            return os.splice(self._out, target, size, flags=MOVE)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            # Not every file system can be spliced to.
            taken = os.read(self._out, size)
            durable.write_all(target, taken)
            return len(taken)

    def _drain(self) -> None:
        """What is left in the pipe must not become part of another upload; another pipe may not be to be had."""
        with suppress(BlockingIOError):
            while os.read(self._out, STEP):
                pass

    def _open(self) -> None:
        self._out, self._in = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        weakref.finalize(self, _close, self._out, self._in)
        try:
            fcntl.fcntl(self._in, fcntl.F_SETPIPE_SZ, STEP)
        except OSError:
            # A user may have only so much memory in pipes. A smaller one makes smaller steps.
            return


def _close(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
