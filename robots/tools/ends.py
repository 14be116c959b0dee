"""The ends of processes: the kernel tells of them through an open file."""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import Process

from robots.tools.launched import Launched

Child = Process | Launched


async def gone(child: Child) -> None:
    """Waits for a child's end; asyncio's own way waits for all who have its pipes open, too."""
    if child.returncode is not None:
        return
    try:
        watched = watch(child.pid)
    except ProcessLookupError:  # asyncio has collected it, and is about to tell
        return
    if watched is None:
        await child.wait()
    else:
        await readable(watched)


def watch(pid: int) -> int | None:
    """An open file that can be read when a process is gone; None where there is no such thing.

    Raises ProcessLookupError if it is gone already.
    """
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        raise
    except (OSError, AttributeError):
        return None


async def readable(watched: int) -> None:
    """That of the first process of a namespace tells of all the others as well."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(watched, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(watched)
        os.close(watched)
