"""Runs a child process: arguments, limits, progress lines; it is killed when its job is cancelled."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import shutil
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from robots.base.errors import ToolDied, ToolFailed, ToolTimeout

TAIL_LINES = 20
LINE_BYTES = 64 * 1024
GROUPS: set[int] = set()  # the process groups of the children that live
OWNER = "SLUICE_CHILD_OF"
MARK: dict[str, str] = {}  # what every child carries in its environment


@dataclass(frozen=True, slots=True)
class Limits:
    """What one child may use: wall and CPU seconds, bytes of address space, bytes of one written file, open files."""

    wall: float = 4 * 3600.0
    cpu: int = 8 * 3600
    memory: int = 8 << 30
    file_size: int = 1 << 40
    open_files: int = 256


@dataclass(frozen=True, slots=True)
class Finished:
    """How a child ended: its exit code, what it printed (up to `keep` bytes), the tail of its error output."""

    code: int
    stdout: bytes = b""
    tail: list[str] = field(default_factory=list)


async def run(
    argv: Sequence[str | Path],
    *,
    folder: Path,
    limits: Limits | None = None,
    on_line: Callable[[str], None] | None = None,
    keep: int = 8 << 20,
    check: bool = True,
) -> Finished:
    """Runs a program in a folder and waits for its end.

    `on_line` gets each line of standard output as it comes; without it up to `keep` bytes are kept. With `check` an
    exit code other than 0 raises ToolFailed, a signal ToolDied. The whole process group dies on cancel and time-out.
    """
    limits = limits or Limits()
    child = await spawn(argv, folder, limits)
    name = Path(argv[0]).name
    try:
        async with asyncio.timeout(limits.wall):
            finished = await _watch(child, on_line, keep)
    except TimeoutError as error:
        raise ToolTimeout(f"{name} took longer than {limits.wall:.0f} seconds and was stopped.") from error
    finally:
        await end(child)
    return _checked(name, finished) if check else finished


async def spawn(argv: Sequence[str | Path], folder: Path, limits: Limits, stdin: int = DEVNULL) -> Process:
    """Starts a child in a session of its own, with a clean environment and its limits set."""
    try:
        child = await asyncio.create_subprocess_exec(
            *launcher(),
            *map(str, argv),
            stdin=stdin,
            stdout=PIPE,
            stderr=PIPE,
            cwd=folder,
            env=environment(folder),
            start_new_session=True,
            limit=LINE_BYTES,
        )
    except OSError as error:
        raise ToolDied(f"{Path(argv[0]).name} could not be started.") from error
    GROUPS.add(child.pid)
    restrict(child.pid, limits)
    return child


async def end(child: Process) -> None:
    """Kills what is left of a child's process group and reaps the child."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    await asyncio.shield(child.wait())
    GROUPS.discard(child.pid)


def end_all() -> None:
    """Kills all children at once, when there is no time left to end them one by one."""
    for group in GROUPS:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


def mark(owner: str) -> None:
    """From now on children carry this word, so that they are known when their server is gone."""
    MARK[OWNER] = owner


def environment(folder: Path) -> dict[str, str]:
    """All that a tool sees of the server's environment: where programs are, and a home that will be swept."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        **MARK,
    }


@cache
def launcher() -> tuple[str, ...]:
    """On Linux a child dies with its parent, even when the parent is killed."""
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    return (setpriv, "--pdeathsig", "KILL", "--") if setpriv else ()


def restrict(pid: int, limits: Limits) -> None:
    """Sets the resource limits of a running child; only Linux lets a parent do so."""
    if sys.platform != "linux":
        return
    bounds = {
        resource.RLIMIT_CPU: limits.cpu,
        resource.RLIMIT_AS: limits.memory,
        resource.RLIMIT_FSIZE: limits.file_size,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CORE: 0,
    }
    with contextlib.suppress(ProcessLookupError):
        for kind, bound in bounds.items():
            lowest = _lowest(bound, resource.prlimit(pid, kind)[1])
            resource.prlimit(pid, kind, (lowest, lowest))


def _lowest(bound: int, hard: int) -> int:
    """A host may have set a lower limit for the server itself, and nobody but root may raise that one."""
    return bound if hard == resource.RLIM_INFINITY else min(bound, hard)


async def _watch(child: Process, on_line: Callable[[str], None] | None, keep: int) -> Finished:
    assert child.stdout is not None
    assert child.stderr is not None
    async with asyncio.TaskGroup() as group:
        out = group.create_task(_lines(child.stdout, on_line) if on_line else _bytes(child.stdout, keep))
        tail = group.create_task(_tail(child.stderr))
        code = await child.wait()
    return Finished(code, out.result(), tail.result())


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
    last: deque[str] = deque(maxlen=TAIL_LINES)
    async for line in _each(stream):
        if line.strip():
            last.append(line[:400])
    return list(last)


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
    if finished.code < 0:
        signal_name = signal.Signals(-finished.code).name
        raise ToolDied(f"{name} was ended by {signal_name}.", exitCode=None, exitSignal=signal_name, stderr=stderr)
    raise ToolFailed(f"{name} could not do its work.", exitCode=finished.code, exitSignal=None, stderr=stderr)
