"""A file being written and hashed in threads."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from threading import Lock


@dataclass(frozen=True, slots=True)
class Saved:
    """What a finished file is: bytes and hash."""

    size: int
    md5: str


class Sink:
    """Every method blocks. The lock keeps a write that was cancelled apart from the close behind it."""

    def __init__(self, path: Path) -> None:
        self.size = 0
        self._path = path
        self._file = path.open("wb")
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._lock = Lock()

    def write(self, pieces: list[bytes]) -> None:
        """Adds to the file, unless it was discarded meanwhile."""
        with self._lock:
            if self._file.closed:
                return
            for piece in pieces:
                self._file.write(piece)
                self._md5.update(piece)
                self.size += len(piece)

    def finish(self) -> Saved:
        """Returns when the bytes are on the disk."""
        with self._lock:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            return Saved(self.size, self._md5.hexdigest())

    def discard(self) -> None:
        """Removes the half file."""
        with self._lock:
            self._path.unlink(missing_ok=True)
            self._file.close()
