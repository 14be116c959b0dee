"""Locker: one request at a time for each upload, and the newcomer wins."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

TAKEN_OVER = "ERR_UPLOAD_INTERRUPTED"
LetGo = Callable[[str], None]


def hurry(why: str) -> None:
    """The `let_go` of a holder that is done in a moment anyway."""


class Locker(Protocol):
    """Holds uploads, so that no two requests change one at once.

    A client that lost its network comes back while the server still waits for its first request. So a newcomer is
    not refused: the holder is asked to let go, and the newcomer waits until it has.
    """

    def hold(self, id: str, let_go: LetGo = hurry, why: str = TAKEN_OVER) -> AbstractAsyncContextManager[None]:
        """Holds an upload inside the block; `let_go` is called, maybe more than once, when a newcomer waits.

        `why` is the code of tus/errors.py that the holder is asked with, and then its client is told.
        Raises ERR_UPLOAD_LOCKED if the holder does not let go in time.
        """
