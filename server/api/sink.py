"""A file being written and hashed in threads."""

from __future__ import annotations

import errno
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from tus.room import room


@dataclass(frozen=True, slots=True)
class Saved:
    """What a finished file is: bytes and hash."""

    size: int
    md5: str


class Sink:
    """Every method blocks. The lock keeps a write that was cancelled apart from the close behind it.

    `keep_free` bytes of the disk are left to others.
    """

    def __init__(self, path: Path, keep_free: int = 0) -> None:
        self.size = 0
        self._path = path
        self._keep_free = keep_free
        self._file = path.open("xb")  # never through a link, never over what somebody else has put there
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._lock = Lock()

    def write(self, pieces: list[bytes]) -> None:
        """Adds to the file, unless it was discarded meanwhile."""
        with self._lock:
            if self._file.closed:
                return
            if room(self._path.parent, self._keep_free) < sum(map(len, pieces)):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            for piece in pieces:
                self._file.write(piece)
                self._md5.update(piece)
                self.size += len(piece)

    def finish(self) -> Saved:
        """Returns when the bytes are on the disk."""
        with self._lock:
            self._file.flush()
            os.fsync(self._file.fileno())
            links = os.fstat(self._file.fileno()).st_nlink
            self._file.close()
            if links != 1:  # who has made another name for it could still write to it
                raise OSError(errno.EMLINK, os.strerror(errno.EMLINK))
            return Saved(self.size, self._md5.hexdigest())

    def discard(self) -> None:
        """Removes the half file."""
        with self._lock:
            self._path.unlink(missing_ok=True)
            self._file.close()
