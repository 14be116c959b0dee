"""Writes that survive a power cut. Everything here blocks: run it in a thread.

A byte is safe when its file was synced, a name when its folder was; only then may anybody be told of it.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_atomic(path: Path, data: bytes) -> None:
    """Puts a whole file in place of whatever stood there: a crash leaves the old one or the new one."""
    replace(path, data)
    sync_folder(path.parent)


def replace(path: Path, data: bytes) -> None:
    """Like `write_atomic`, but the name is durable only after `sync_folder`: for several files at once."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        try:
            write_all(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def write_all(descriptor: int, data: bytes) -> None:
    """A write may take fewer bytes than it is given, and does so just before a disk is full."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def rename(source: Path, target: Path) -> None:
    """Moves a synced file within one file system."""
    os.replace(source, target)
    sync_folder(target.parent)
    if source.parent != target.parent:
        sync_folder(source.parent)


def unlink(path: Path) -> None:
    """Removes a file; one that is gone already is no failure."""
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Makes the bytes of a file durable that somebody else wrote."""
    _sync(path, os.O_RDONLY)


def sync_folder(path: Path) -> None:
    """Makes the names in a folder durable."""
    _sync(path, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, how: int) -> None:
    descriptor = os.open(path, how)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
