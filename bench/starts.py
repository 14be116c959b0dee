"""What it costs to start a tool that does nothing, and to ask a warm child for nothing, in each sandbox.

    .venv/bin/python -m bench.starts [--rounds 100]

All take turns, so that a machine that changes its speed changes it for all. The time is the median; the processor time
is that of this process and of all that it has started, on average.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from tempfile import TemporaryDirectory

from robots.tools.children import LAUNCHER
from robots.tools.pool import Pool
from robots.tools.process import run
from robots.tools.sandbox import adopted
from robots.tools.sandbox.command import LEVELS, Sandbox
from robots.tools.sandbox.ground import ground
from robots.tools.sandbox.probe import failure, programs
from robots.tools.sandbox.view import View

TOOL = "/bin/true"
NOTHING = "robots.tools.child:ready"
TICK = os.sysconf("SC_CLK_TCK")
Act = Callable[[], Awaitable[object]]


async def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rounds", type=int, default=100)
    with TemporaryDirectory() as name:
        await starts(Path(name), asked.parse_args().rounds)


async def starts(folder: Path, rounds: int) -> None:
    adopted.adopt()  # what the processes cost that a tool leaves behind is counted too
    sandboxes = {level: Sandbox(level, ground([folder]), programs()) for level in LEVELS}
    works = {level: sandbox for level, sandbox in sandboxes.items() if not failure(sandbox)}
    tools: dict[str, Act] = {"bare": bare}
    tools |= {level: partial(run, [TOOL], folder=folder, sandbox=sandbox) for level, sandbox in works.items()}
    await compared("a tool that is started", tools, rounds)
    async with contextlib.AsyncExitStack() as open:
        pools = {level: await open.enter_async_context(warm(folder, sandbox)) for level, sandbox in works.items()}
        calls: dict[str, Act] = {level: partial(pool.call, NOTHING) for level, pool in reversed(pools.items())}
        await compared("a call of a warm child", calls, rounds)


async def bare() -> None:
    child = await asyncio.create_subprocess_exec(TOOL, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
    await child.communicate()


@contextlib.asynccontextmanager
async def warm(folder: Path, sandbox: Sandbox) -> AsyncIterator[Pool]:
    pool = Pool(1, view=View(writes=(folder,)), sandbox=sandbox)
    try:
        await pool.warm()
        yield pool
    finally:
        await pool.close()


async def compared(name: str, acts: Mapping[str, Act], rounds: int) -> None:
    """The first is what the others are compared with."""
    times: dict[str, list[float]] = {each: [] for each in acts}
    worked = dict.fromkeys(acts, 0.0)
    for act in acts.values():
        await act()
    for _ in range(rounds):
        for each, act in acts.items():
            before, begun = cpu(), time.monotonic()
            await act()
            times[each].append(time.monotonic() - begun)
            worked[each] += cpu() - before
    first = next(iter(acts))
    for each in acts:
        wall, busy = 1000 * median(times[each]), 1000 * worked[each] / rounds
        more = f"{wall - 1000 * median(times[first]):+6.1f} ms, {busy - 1000 * worked[first] / rounds:+5.1f} ms"
        print(f"{name}, {each + ':':9} {wall:6.1f} ms, processor {busy:5.1f} ms; over {first} {more}")


def cpu() -> float:
    """Processor seconds of this process, of those that it has collected, and of those of the launcher."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    collected = getrusage(RUSAGE_CHILDREN)
    return time.process_time() + collected.ru_utime + collected.ru_stime + _of(LAUNCHER.pid)


def _of(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICK


if __name__ == "__main__":
    asyncio.run(main())
