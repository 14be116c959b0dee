"""The end of a child is known when it is gone, whoever else has its pipes."""

import asyncio
import contextlib
import os
import signal

from robots.tools.children import end, spawn
from robots.tools.ends import gone
from robots.tools.process import Limits, View
from tests.robots.tools.sandbox.conftest import at_level


def collect(pid: int) -> None:
    with contextlib.suppress(ChildProcessError):
        os.waitid(os.P_PID, pid, os.WEXITED)


async def test_a_child_is_gone_even_while_others_hold_its_pipes_and_asyncio_has_not_told_of_it_yet() -> None:
    leaves_one = ["sh", "-c", "setsid sleep 600 & wait"]
    child = await spawn(leaves_one, View(None), Limits(), sandbox=at_level("rlimits"))
    os.kill(child.pid, signal.SIGKILL)
    collect(child.pid)

    assert child.returncode is None
    await asyncio.wait_for(gone(child), 20)
    await asyncio.wait_for(end(child), 20)


async def test_a_child_that_has_ended_and_was_told_of_is_gone_at_once() -> None:
    child = await spawn(["true"], View(None), Limits())
    await end(child)

    async with asyncio.timeout(0):
        await gone(child)
