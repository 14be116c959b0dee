"""Shortage: what this machine has too little of, when that is why something failed."""

from __future__ import annotations

import errno

from robots.base.errors import Shortage
from server.database.base import Unwritable
from server.errors import ApiError
from tus.errors import TusError

ROOM = "room on its disk"
LACKED = {
    errno.ENOSPC: ROOM,
    errno.EDQUOT: ROOM,
    errno.EFBIG: ROOM,
    errno.EMFILE: "files that it may open",
    errno.ENFILE: "files that it may open",
    errno.ENOMEM: "memory",
    errno.EAGAIN: "processes that it may start",
}
RETRY_AFTER = 10  # seconds


def sentence(error: BaseException) -> str | None:
    """What a client is told of it; None when something else was wrong."""
    lacked = _lacked(error)
    return f"This server has no {lacked} left; try again later." if lacked else None


def failure(error: BaseException) -> Shortage | None:
    """The same as the failure of a job, which is tried again."""
    told = sentence(error)
    if told is None:
        return None
    known = Shortage(told)
    known.__cause__ = error
    return known


def refusal(error: BaseException) -> TusError | None:
    """The same for a client of tus, which tries again by itself."""
    told = sentence(error)
    if told is None:
        return None
    known = ApiError("CANNOT_ACCEPT_NEW_ASSEMBLIES", told)
    later = {"Retry-After": str(RETRY_AFTER)}
    return TusError(known.code, told, status=known.status, body=known.body(), headers=later)


def _lacked(error: BaseException) -> str | None:
    if isinstance(error, BaseExceptionGroup):
        return next(filter(None, map(_lacked, error.exceptions)), None)
    if isinstance(error, Unwritable):
        return ROOM
    if isinstance(error, MemoryError):
        return LACKED[errno.ENOMEM]
    if isinstance(error, RuntimeError) and "start new thread" in str(error):
        return LACKED[errno.EAGAIN]
    return LACKED.get(error.errno or 0) if isinstance(error, OSError) else None
