"""Failpoints: moments at which a test may kill the server; nothing happens at them unless one is armed.

Each row is a promise that is kept over a crash: something is written, and then somebody is told of it. `before` lies
before the write is durable, `after` lies between the write and the word about it.
"""

from __future__ import annotations

import os
import re
import signal

ROWS = {
    "W1": "an Assembly is created",
    "W2": "an upload is created",
    "W3": "bytes of an upload arrive",
    "W4": "an upload is whole",
    "W5": "a file is taken in",
    "W6": "the last upload is in",
    "W7": "jobs are queued",
    "W8": "a job runs",
    "W9": "a result is made",
    "W10": "a file is exported",
    "W11": "an Assembly is complete",
    "W12": "a Notification is delivered",
    "W13": "an Assembly is canceled",
    "W14": "files are removed when their time is over",
    "W15": "a Template or a set of credentials is saved",
    "W16": "what rates have counted is saved",
}
NAMES = tuple(f"{row}.{side}" for row in ROWS for side in ("before", "after"))
ARMED = re.compile(r"(W\d+\.\w+)=kill(?:@(\d+))?")
_left: dict[str, int] = {}  # how often the server still passes a failpoint


def arm(wish: str | None) -> None:
    """`W9.after=kill` kills at the first passing, `W9.after=kill@3` at the third; None arms nothing."""
    _left.clear()
    for each in wish.split(",") if wish else ():
        found = ARMED.fullmatch(each.strip())
        if found is None or found[1] not in NAMES:
            raise ValueError(f"{each.strip()} is no failpoint such as W9.after=kill")
        _left[found[1]] = int(found[2] or 1)


def failpoint(name: str) -> None:
    """A moment at which the server may have to die."""
    if _left:
        _pass(name)


def _pass(name: str) -> None:
    if name not in _left:
        return
    _left[name] -= 1
    if _left[name] <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
