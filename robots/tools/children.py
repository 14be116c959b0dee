"""Children: started in the sandbox, known while they live, and ended with all that they started."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from robots.base.errors import ToolDied
from robots.tools.ends import Child, gone, readable, watch
from robots.tools.launched import Launched, Launcher
from robots.tools.sandbox import adopted, probe
from robots.tools.sandbox.command import Sandbox
from robots.tools.sandbox.handles import Handles
from robots.tools.sandbox.limits import Limits
from robots.tools.sandbox.view import View

LINE_BYTES = 64 * 1024
GROUPS: set[int] = set()  # the process groups of the children that live
OWNER = "SLUICE_CHILD_OF"
MARK: dict[str, str] = {}  # what every child carries in its environment
_TRACES: dict[Child, Trace] = {}  # not by their numbers, which the kernel gives again
_CHOSEN: list[Sandbox] = []
_STARTING: list[str] = []
_JOBS = count(1)
LAUNCHER = Launcher(GROUPS, MARK)  # of tools at level landlock
Made = TypeVar("Made", Process, Launched)
T = TypeVar("T")


class Trace:
    """What is needed to end a child with all that it started."""

    def __init__(self, job: str, sandbox: Sandbox, handles: Handles) -> None:
        self.job = job
        self.sandbox = sandbox
        self.handles = handles
        self.burial: asyncio.Future[None] | None = None  # of one whose end somebody waits for


def confine(sandbox: Sandbox) -> None:
    """From now on children run in this sandbox."""
    _CHOSEN[:] = [sandbox]
    if sandbox.level != "bwrap":
        adopted.adopt()


def mark(owner: str) -> None:
    """From now on children carry this word, so that they are known when their server is gone."""
    MARK[OWNER] = owner


def chosen() -> Sandbox:
    """The sandbox of this process; the best there is, when nobody has chosen one."""
    return _CHOSEN[0] if _CHOSEN else _best()


async def spawn(
    argv: Sequence[str | Path], view: View, limits: Limits, stdin: int = DEVNULL, sandbox: Sandbox | None = None
) -> Child:
    """Starts a tool in a session of its own, with a clean environment, within its view and its limits."""
    program = shutil.which(str(argv[0]))
    if program is None:
        raise ToolDied(f"{Path(argv[0]).name} could not be started.")
    sandbox, words = sandbox or chosen(), [program, *map(str, argv[1:])]
    env = environment(view.folder)
    with Handles(sandbox.level, view.filter) as handles:
        if sandbox.level == "landlock":
            orders = sandbox.orders(words, view, limits)
            return await _begun(
                program, sandbox, handles, lambda more: LAUNCHER.start(orders, {**env, **more}, stdin, LINE_BYTES)
            )
        told = sandbox.tool(words, view, limits, handles.passed)
        return await start(told, view.folder, sandbox, handles, env=env, stdin=stdin, stderr=PIPE)


async def start(
    words: Sequence[str],
    folder: Path | None,
    sandbox: Sandbox,
    handles: Handles,
    *,
    env: Mapping[str, str],
    stdin: int,
    stderr: int,
) -> Process:
    """Starts what a sandbox has put together, and remembers how to end it."""
    return await _begun(
        words[0],
        sandbox,
        handles,
        lambda more: asyncio.create_subprocess_exec(
            *words,
            stdin=stdin,
            stdout=PIPE,
            stderr=stderr,
            cwd=folder or "/",
            env={**env, **more},
            pass_fds=handles.passed,
            start_new_session=True,
            limit=LINE_BYTES,
        ),
    )


async def _begun(
    program: str, sandbox: Sandbox, handles: Handles, make: Callable[[dict[str, str]], Coroutine[Any, Any, Made]]
) -> Made:
    """A cancel in the midst of it would kill bubblewrap alone, and leave behind what it has just begun."""
    starting = asyncio.ensure_future(_started(program, sandbox, handles, make))
    try:
        return await _to_the_end(starting)
    except asyncio.CancelledError:
        if not starting.cancelled() and not starting.exception():
            await abandon(starting.result())
        raise


async def _started(
    program: str, sandbox: Sandbox, handles: Handles, make: Callable[[dict[str, str]], Coroutine[Any, Any, Made]]
) -> Made:
    """`make` is told the variables by which a child and all that it starts are known."""
    job = f"{os.getpid()}-{next(_JOBS)}"
    _STARTING.append(job)
    try:
        child = await make({**MARK, adopted.JOB: job})
        GROUPS.add(child.pid)
    except (OSError, RuntimeError) as error:
        # Without a thread, or in newer Pythons a file, to wait for its end asyncio lets go of a child that has begun.
        adopted.recognise(GROUPS)
        adopted.sweep(job, GROUPS, False)
        raise ToolDied(f"{Path(program).name} could not be started.") from error
    finally:
        _STARTING.remove(job)
    _TRACES[child] = Trace(job, sandbox, handles)
    return child


async def _to_the_end(task: asyncio.Future[T]) -> T:
    """Waits for it however often who waits is cancelled meanwhile, which is told when it has ended."""
    called_off = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            called_off = error
    if called_off:
        raise called_off
    return task.result()


async def abandon(child: Child) -> None:
    """Ends a child whose output nobody reads any more; the folder that it works in is about to be removed."""
    kill(child)
    await _to_the_end(asyncio.ensure_future(_abandoned(child)))


async def _abandoned(child: Child) -> None:
    """What nobody reads would keep a pipe open, and asyncio waits for the pipes of a child, too."""
    async with asyncio.TaskGroup() as group:
        drains = [group.create_task(_drain(stream)) for stream in (child.stdout, child.stderr) if stream]
        await end(child)
        for drain in drains:
            drain.cancel()
    release(child)


async def _drain(stream: asyncio.StreamReader) -> None:
    with contextlib.suppress(RuntimeError):  # somebody reads there after all, until the end comes
        while await stream.read(LINE_BYTES):
            pass


async def end(child: Child) -> None:
    """Kills what is left of a child and of all that it started, and waits until it is gone."""
    kill(child)
    trace = _TRACES.get(child)
    if trace is None:
        await asyncio.shield(child.wait())
        return
    if trace.burial is None:
        trace.burial = asyncio.ensure_future(_bury(child, trace))
    await asyncio.shield(trace.burial)


async def _bury(child: Child, trace: Trace) -> None:
    innermost = trace.handles.innermost()
    watched = None
    if innermost:
        with contextlib.suppress(ProcessLookupError):
            watched = watch(innermost)
    trace.handles.close()
    await gone(child)
    if trace.sandbox.level != "bwrap":
        await asyncio.to_thread(adopted.sweep, trace.job, GROUPS, not _STARTING)
    if watched is not None:
        await readable(watched)
    await child.wait()
    del _TRACES[child]
    if all(other.pid != child.pid for other in _TRACES):
        GROUPS.discard(child.pid)


def release(child: Child) -> None:
    """Closes the pipes of one that has ended, where asyncio does not do it by itself."""
    if isinstance(child, Launched):
        child.close()


def kill(child: Child) -> None:
    """The number of one that is buried may be that of another by now."""
    if child not in _TRACES:
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def end_all() -> None:
    """Kills all children at once, when there is no time left to end them one by one."""
    for group in GROUPS:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


def roots(child: Child) -> list[int]:
    """A child, and those of its descendants that are not below it any more."""
    trace = _TRACES.get(child)
    if trace is None or trace.sandbox.level == "bwrap":
        return [child.pid]
    return [child.pid, *adopted.adopted(trace.job, GROUPS)]


def environment(folder: Path | None) -> dict[str, str]:
    """All that a tool sees of the server's environment: where programs are, and a home that will be swept."""
    home = str(folder or "/tmp")
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": home, "TMPDIR": home, "LANG": "C.UTF-8", **MARK}


@cache
def _best() -> Sandbox:
    return probe.find()
