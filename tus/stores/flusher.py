"""Flusher: sends a file to the disk while it still grows, so that its last sync has little left to do."""

from __future__ import annotations

import os
from concurrent.futures import Executor, Future

# So much is written in a fraction of the time that a newcomer may wait for an offset.
EVERY = 16 << 20


class Flusher:
    """Counts the bytes of one file. A sync that failed is never repeated: the next one would claim that all is well."""

    def __init__(self, descriptor: int, threads: Executor) -> None:
        self._descriptor = descriptor
        self._threads = threads
        self._dirty = 0
        self._work: Future[None] | None = None

    def wrote(self, size: int) -> None:
        self._dirty += size
        if self._dirty < EVERY:
            return
        if self._work is None or (self._work.done() and self._work.exception() is None):
            self._dirty = 0
            self._work = self._threads.submit(os.fdatasync, self._descriptor)

    def settle(self) -> None:
        """Waits, and raises what went wrong; afterwards the file may be closed."""
        if self._work is not None:
            self._work.result()
