"""The tree of processes that a child has become, read from the kernel's table of them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

PROCESSES = Path("/proc")
PAGE = os.sysconf("SC_PAGE_SIZE")
MOST = 100_000
PIECE = 1 << 16


def children(pid: int) -> list[int]:
    """The processes that one has started, or has been given. Asked so often that paths are plain text here."""
    found: list[int] = []
    threads = f"{PROCESSES}/{pid}/task"
    with contextlib.suppress(OSError):
        for thread in os.listdir(threads):
            found += map(int, _bytes(f"{threads}/{thread}/children").split())
    return found


def tree(roots: Iterable[int]) -> list[int]:
    """Some processes and all below them."""
    found = list(roots)
    for pid in found:  # grows while it is walked
        if len(found) < MOST:
            found += children(pid)
    return found


def resident(pids: Iterable[int], enough: int) -> int:
    """The bytes of memory that they hold. What several share is counted once, but only if it could matter."""
    pids = list(pids)
    quick = sum(map(_resident, pids))
    return quick if quick <= enough else sum(map(_proportional, pids))


def _resident(pid: int) -> int:
    try:
        return int(_bytes(f"{PROCESSES}/{pid}/statm").split()[1]) * PAGE
    except IndexError:
        return 0


def _bytes(path: str) -> bytes:
    """All of it, or nothing of what is gone by now."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return b""
    try:
        found = b""
        while piece := os.read(descriptor, PIECE):
            found += piece
        return found
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def _proportional(pid: int) -> int:
    """Each shared page counts as the part that falls to this process; takes the longer the more it holds."""
    try:
        lines = (PROCESSES / str(pid) / "smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    except (OSError, StopIteration):
        return _resident(pid)
