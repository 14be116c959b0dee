"""Copies bytes from file to file inside the kernel, which may share them instead where the file system can."""

from __future__ import annotations

import errno
import os

from tus import durable

UNABLE = {errno.EXDEV, errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP}
PIECE = 1 << 20


def copy(source: int, target: int, size: int) -> int:
    """Copies at most so many bytes from position to position, and tells how many."""
    copied = _copy(source, target, size)
    if not copied:
        raise OSError(errno.EIO, "a part is shorter than it was")
    return copied


def _copy(source: int, target: int, size: int) -> int:
    try:
        if hasattr(os, "copy_file_range"):
            return os.copy_file_range(source, target, size)
    except OSError as error:
        if error.errno not in UNABLE:
            raise
    piece = os.read(source, min(size, PIECE))
    durable.write_all(target, piece)
    return len(piece)
