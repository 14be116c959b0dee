"""Takes something from a running server: system calls of its threads and children fail, as strace makes them."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

# In place of the server at first: where only a parent may trace a process, it says that everybody may.
TRACEABLE = (
    *(sys.executable, "-S", "-E", "-c"),
    "import ctypes, os, sys; ctypes.CDLL(None).prctl(0x59616d61, ctypes.c_ulong(-1), 0, 0, 0);"
    "os.execv(sys.argv[1], sys.argv[1:])",
)
INJECTED = "(INJECTED)"


@dataclass(frozen=True, slots=True)
class Lack:
    """In each thread and child the call of this `number` fails, and all later ones too if that is `lasting`."""

    calls: str
    error: str
    number: int = 1
    lasting: bool = False

    def __str__(self) -> str:
        return f"{self.error} at call {self.number}{' and later' * self.lasting} of {self.calls}"

    @property
    def words(self) -> tuple[str, ...]:
        fails = f"inject={self.calls}:error={self.error}:when={self.number}{'+' * self.lasting}"
        return ("-e", f"trace={self.calls}", "-e", fails)


@contextlib.asynccontextmanager
async def lacking(pid: int, lack: Lack, log: Path) -> AsyncIterator[Callable[[], list[str]]]:
    """Until the end of the block calls of this process and of all that it starts fail; gives those that have."""
    words = ("strace", "-f", "-o", str(log), *lack.words, "-p", str(pid))
    strace = await asyncio.create_subprocess_exec(*words, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE)
    assert strace.stderr is not None
    told = await strace.stderr.readline()
    assert b"attached" in told, told
    try:
        yield lambda: [line for line in log.read_text("utf-8", "replace").splitlines() if INJECTED in line]
    finally:
        with contextlib.suppress(ProcessLookupError):
            strace.send_signal(signal.SIGINT)
        await strace.communicate()
