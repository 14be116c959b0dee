"""Orphans: processes that outlived their server, known by the mark in their environment."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

from robots.tools.children import OWNER

PROCESSES = Path("/proc")
PATIENCE = 2.0  # seconds for the kernel to take them away


def find(owner: str) -> list[int]:
    """The processes of this user that carry a mark; only Linux shows them."""
    sign = f"{OWNER}={owner}".encode()
    ids = [int(path.name) for path in PROCESSES.glob("[0-9]*")]
    return [pid for pid in ids if pid != os.getpid() and sign in _environment(pid)]


def end(owner: str) -> int:
    """Kills them, and those that they start meanwhile; says how many there were. Blocks."""
    ended: set[int] = set()
    limit = time.monotonic() + PATIENCE
    while (found := find(owner)) and time.monotonic() < limit:
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        ended.update(found)
        time.sleep(0.005)
    return len(ended)


def _environment(pid: int) -> list[bytes]:
    """Nothing for one that is gone, that waits to be collected, or that is somebody else's."""
    try:
        return (PROCESSES / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return []
