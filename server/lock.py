"""Lock: the data folder belongs to one server at a time."""

from __future__ import annotations

import fcntl
import os
from hashlib import blake2b
from pathlib import Path

from server.config import WrongSetting


class Lock:
    """Held by a file that the kernel lets go of when the server ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    def take(self) -> None:
        self._file = os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.release()
            raise WrongSetting(f"{self.path.parent} is in use by another server; choose another --data.") from error

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def owner(folder: Path) -> str:
    """What the processes of a data folder's servers are known by."""
    return blake2b(str(folder.resolve()).encode(), digest_size=16).hexdigest()
