"""What is a shortage and what is not."""

import errno
import os

import pytest

from server import shortage
from server.database.base import Unwritable


@pytest.mark.parametrize(
    ("error", "lacked"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "room on its disk"),
        (OSError(errno.EMFILE, os.strerror(errno.EMFILE)), "files that it may open"),
        (BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN)), "processes that it may start"),
        (RuntimeError("can't start new thread"), "processes that it may start"),
        (MemoryError(), "memory"),
        (Unwritable("database or disk is full"), "room on its disk"),
        (ExceptionGroup("of a program", [ValueError(), OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))]), "memory"),
    ],
)
@pytest.mark.case(113, 114)
def test_what_is_lacking_is_told_and_may_be_there_later(error: Exception, lacked: str) -> None:
    assert shortage.sentence(error) == f"This server has no {lacked} left; try again later."
    failure = shortage.failure(error)
    assert failure is not None
    assert (failure.retry, failure.code) == (True, "WORKER_JOB_ERROR")
    refusal = shortage.refusal(error)
    assert refusal is not None
    assert (refusal.status, refusal.headers) == (503, {"Retry-After": "10"})


@pytest.mark.parametrize("error", [OSError(errno.ENOENT, "no such file"), ConnectionResetError(), ValueError()])
def test_other_failures_are_none(error: Exception) -> None:
    assert shortage.failure(error) is None
    assert shortage.refusal(error) is None
