"""Adopted processes: children of a child that left its group, and came to this process when their parent ended."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Container
from pathlib import Path

from robots.tools.sandbox.tree import PROCESSES, children, tree

SET_CHILD_SUBREAPER = 36
PATIENCE = 5.0  # seconds for the kernel to take them away
JOB = "SLUICE_JOB"  # what each child carries in its environment, and those that it starts


def adopt() -> None:
    """From now on orphans among the descendants come to this process, instead of to the first one of the system."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def adopted(job: str, known: Container[int], ended: bool = False) -> list[int]:
    """Those of a job, and those that took its mark off: nobody else here is forbidden new privileges.

    `ended` adds those that only wait to be collected. They have no mark any more, and a child that somebody is just
    starting looks the same.
    """
    strangers = [pid for pid in children(os.getpid()) if pid not in known]
    return [pid for pid in strangers if _belongs(pid, f"{JOB}={job}".encode(), ended)]


def recognise(known: Container[int]) -> None:
    """Waits until children that have just begun carry their mark: they have no environment for a moment."""
    limit = time.monotonic() + PATIENCE
    while any(_begins(pid) for pid in children(os.getpid()) if pid not in known) and time.monotonic() < limit:
        time.sleep(0.001)


def sweep(job: str, known: Container[int], ended: bool) -> None:
    """Kills them with all below them, until there are none. Blocks for as long as the kernel takes."""
    limit = time.monotonic() + PATIENCE
    while (found := adopted(job, known, ended)) and time.monotonic() < limit:
        for pid in tree(found):
            _kill(pid)
        for pid in found:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _kill(pid: int) -> None:
    """One that leads a group goes with it: what it has just started may not be seen below it yet."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if os.getpgid(pid) == pid:
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGKILL)


def _belongs(pid: int, sign: bytes, ended: bool) -> bool:
    place = PROCESSES / str(pid)
    words = _read(place / "environ").split(b"\0")
    if sign in words:
        return True
    status = _read(place / "status")
    if any(word.startswith(JOB.encode() + b"=") for word in words) or b"NoNewPrivs:\t1" not in status:
        return False
    return ended or b"State:\tZ" not in status


def _begins(pid: int) -> bool:
    place = PROCESSES / str(pid)
    status = b"" if _read(place / "environ") else _read(place / "status")
    return b"NoNewPrivs:\t0" in status and b"State:\tZ" not in status


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
