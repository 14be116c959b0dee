"""Flusher: sends a file to the disk while it still grows, so that its last sync has little left to do."""

from __future__ import annotations

import os
from concurrent.futures import Executor, Future

from tus import durable

# So much is written in a fraction of the time that a newcomer may wait for an offset.
EVERY = 16 << 20
EARLY = 2 << 20  # bytes with which the disk is asked to begin


class Flusher:
    """Counts the bytes of one file. A sync that failed is never repeated: the next one would claim that all is well."""

    def __init__(self, descriptor: int, threads: Executor) -> None:
        self._descriptor = descriptor
        self._threads = threads
        self._dirty = 0
        self._waiting = 0
        self._work: Future[None] | None = None

    def wrote(self, size: int) -> None:
        self._dirty += size
        self._waiting += size
        if not self._free() or (self._waiting < EARLY and self._dirty < EVERY):
            return
        self._waiting = 0
        if self._dirty < EVERY:
            self._work = self._threads.submit(durable.begin, self._descriptor)
        else:
            self._dirty = 0
            self._work = self._threads.submit(os.fdatasync, self._descriptor)

    def settle(self) -> None:
        """Waits, and raises what went wrong; afterwards the file may be closed."""
        if self._work is not None:
            self._work.result()

    def _free(self) -> bool:
        return self._work is None or (self._work.done() and self._work.exception() is None)
