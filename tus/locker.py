"""Locker: one request at a time for each upload, and the newcomer wins."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

LetGo = Callable[[], None]


def hurry() -> None:
    """The `let_go` of a holder that is done in a moment anyway."""


class Locker(Protocol):
    """Holds uploads, so that no two requests change one at once.

    A client that lost its network comes back while the server still waits for its first request. So a newcomer is
    not refused: the holder is asked to let go, and the newcomer waits until it has.
    """

    def hold(self, id: str, let_go: LetGo = hurry) -> AbstractAsyncContextManager[None]:
        """Holds an upload inside the block; `let_go` is called, maybe more than once, when a newcomer waits.

        Raises ERR_UPLOAD_LOCKED if the holder does not let go in time.
        """
