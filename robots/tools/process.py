"""Runs a child process: arguments, limits, progress lines; it is killed when its job is cancelled."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from asyncio.subprocess import DEVNULL
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from robots.base.errors import RobotError, ToolDied, ToolFailed, ToolTimeout
from robots.tools.children import LINE_BYTES, abandon, end, kill, roots, spawn
from robots.tools.ends import Child, gone
from robots.tools.sandbox.command import Sandbox
from robots.tools.sandbox.limits import Limits
from robots.tools.sandbox.view import View
from robots.tools.sandbox.watchdog import Watchdog

__all__ = ["Finished", "Limits", "View", "run"]

TAIL_LINES = 20
PIECE_BYTES = 256 * 1024
LONGEST_INPUT = 4096  # what a pipe takes at once, on every system
SIGNALLED = 128  # a shell and bubblewrap add the signal that ended a program to this
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Finished:
    """How a child ended: its exit code, what it printed (up to `keep` bytes), the tail of its error output.

    The code is negative for a signal.
    """

    code: int
    stdout: bytes = b""
    tail: list[str] = field(default_factory=list)


async def run(
    argv: Sequence[str | Path],
    *,
    folder: Path | None = None,
    reads: Sequence[Path] = (),
    view: View | None = None,
    limits: Limits | None = None,
    on_line: Callable[[str], None] | None = None,
    on_piece: Callable[[bytes], Awaitable[None]] | None = None,
    keep: int = 8 << 20,
    check: bool = True,
    told: str = "",
    sandbox: Sandbox | None = None,
) -> Finished:
    """Runs a program and waits for its end.

    It sees the programs of the system, what `reads` names and each argument that is a Path, and may change only what
    is in `folder`; a `view` says all of it at once. `on_line` gets each line of standard output as it comes, `on_piece`
    its bytes, and the program waits for it and ends with the error that it raises; without them up to `keep` bytes are
    kept. It reads the short text `told`. With `check` an exit code other than 0 raises ToolFailed, a signal ToolDied.
    All that it started dies on cancel and time-out, and when it ends.
    """
    limits = limits or Limits()
    view = view or View(folder, (*reads, *(word for word in argv[1:] if isinstance(word, Path))))
    name = Path(argv[0]).name
    with _input(told) as stdin:
        child = await spawn(argv, view, limits, stdin, sandbox=sandbox)
    watchdog = Watchdog(limits, lambda: roots(child), view.folder)
    try:
        async with asyncio.timeout(limits.wall):
            finished = await _watch(child, watchdog, _Reading(on_line, on_piece, keep))
    except TimeoutError as error:
        raise ToolTimeout(f"{name} took longer than {limits.wall:.0f} seconds and was stopped.") from error
    finally:
        await abandon(child)
    if finished.tail and finished.tail[-1].startswith("bwrap: "):
        log.error("the sandbox of %s could not be built: %s", name, finished.tail[-1])
        raise ToolDied(f"{name} could not be started.")
    return _checked(name, finished) if check else finished


@contextmanager
def _input(told: str) -> Iterator[int]:
    """What a program reads: a password must not stand among its arguments, which everybody can see."""
    if not told:
        yield DEVNULL
        return
    reads, writes = os.pipe()
    try:
        os.write(writes, told.encode("utf-8", "replace")[:LONGEST_INPUT])
        os.close(writes)
        yield reads
    finally:
        os.close(reads)


@dataclass(slots=True)
class _Reading:
    """What becomes of the standard output; `error` is what came of handing it on."""

    on_line: Callable[[str], None] | None
    on_piece: Callable[[bytes], Awaitable[None]] | None
    keep: int
    error: Exception | None = None

    async def read(self, child: Child) -> bytes:
        assert child.stdout is not None
        if self.on_line:
            return await _lines(child.stdout, self.on_line)
        if self.on_piece:
            await self._hand_on(child, child.stdout, self.on_piece)
            return b""
        return await _bytes(child.stdout, self.keep)

    async def _hand_on(
        self, child: Child, stream: asyncio.StreamReader, on_piece: Callable[[bytes], Awaitable[None]]
    ) -> None:
        """A task group would wrap the error; and what nobody reads any more would keep the pipe open."""
        while piece := await stream.read(PIECE_BYTES):
            if self.error is None:
                try:
                    await on_piece(piece)
                except Exception as error:
                    self.error = error
                    kill(child)


async def _watch(child: Child, watchdog: Watchdog, reading: _Reading) -> Finished:
    assert child.stderr is not None
    async with asyncio.TaskGroup() as group:
        wrong = group.create_task(_guard(child, watchdog))
        out = group.create_task(reading.read(child))
        tail = group.create_task(_tail(child.stderr))
        await gone(child)
        await end(child)  # what it left behind may hold its pipes open
        code = await child.wait()
        ended = wrong.done()
        wrong.cancel()
    if reading.error is not None:
        raise reading.error
    if ended:
        raise wrong.result()
    return Finished(SIGNALLED - code if SIGNALLED < code < SIGNALLED + 32 else code, out.result(), tail.result())


async def _guard(child: Child, watchdog: Watchdog) -> RobotError:
    wrong = await watchdog.watch()
    kill(child)
    return wrong


async def _lines(stream: asyncio.StreamReader, on_line: Callable[[str], None]) -> bytes:
    async for line in _each(stream):
        on_line(line)
    return b""


async def _bytes(stream: asyncio.StreamReader, keep: int) -> bytes:
    kept = bytearray()
    while piece := await stream.read(LINE_BYTES):
        kept += piece[: max(0, keep - len(kept))]
    return bytes(kept)


async def _tail(stream: asyncio.StreamReader) -> list[str]:
    """The last lines; whatever came before is thrown away as bytes, for a program may print without end."""
    kept = b""
    while piece := await stream.read(LINE_BYTES):
        kept = (kept + piece)[-LINE_BYTES:]
    lines = kept.replace(b"\r", b"\n").decode("utf-8", "replace").split("\n")
    return list(deque((line[:400] for line in lines if line.strip()), maxlen=TAIL_LINES))


async def _each(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    """Lines split at newline or carriage return, however long; a line over the limit is cut."""
    rest = b""
    while piece := await stream.read(LINE_BYTES):
        *whole, rest = (rest + piece).replace(b"\r", b"\n").split(b"\n")
        rest = rest[-LINE_BYTES:]
        for line in whole:
            yield line.decode("utf-8", "replace")
    if rest:
        yield rest.decode("utf-8", "replace")


def _checked(name: str, finished: Finished) -> Finished:
    if finished.code == 0:
        return finished
    stderr = "\n".join(finished.tail)
    if finished.code == -signal.SIGXCPU:
        raise ToolTimeout(f"{name} took more processor time than it may and was stopped.")
    if finished.code == -signal.SIGXFSZ:
        raise ToolFailed(f"{name} wrote a larger file than it may.", stderr=stderr)
    if finished.code < 0:
        signal_name = signal.Signals(-finished.code).name
        raise ToolDied(f"{name} was ended by {signal_name}.", exitCode=None, exitSignal=signal_name, stderr=stderr)
    raise ToolFailed(f"{name} could not do its work.", exitCode=finished.code, exitSignal=None, stderr=stderr)
