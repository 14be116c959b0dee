"""Writes that survive a power cut. Everything here blocks: run it in a thread.

A byte is safe when its file was synced, a name when its folder was; only then may anybody be told of it.
"""

from __future__ import annotations

import ctypes
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

PIECE = 1 << 20
_begin = getattr(ctypes.CDLL(None), "sync_file_range", None)  # of Linux; 2 asks for writing, and for no waiting


def write_atomic(path: Path, data: bytes) -> None:
    """Puts a whole file in place of whatever stood there: a crash leaves the old one or the new one."""
    replace(path, data)
    sync_folder(path.parent)


def replace(path: Path, data: bytes) -> None:
    """Like `write_atomic`, but the name is durable only after `sync_folder`: for several files at once."""
    _replace(path, lambda draft: write_all(draft, data))


def copy(source: int, target: Path) -> None:
    """A second file with the bytes of an open one; its name is durable only after `sync_folder`."""
    with open(source, "rb", closefd=False) as pieces:
        _replace(target, lambda draft: _pour(pieces, draft))


def make_folder(path: Path) -> None:
    """A folder with all that lead to it."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    sync_folder(path.parent)


def write_all(descriptor: int, data: bytes | memoryview) -> None:
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


def remove_drafts(folder: Path) -> None:
    """Removes what a crash in mid-replace left, in a folder and below; nobody may be writing there."""
    for draft in folder.rglob(".*.tmp"):
        draft.unlink(missing_ok=True)


def unlink(path: Path) -> None:
    """Removes a file; one that is gone already is no failure."""
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


def begin(descriptor: int) -> None:
    """Has the disk begin with what was written to an open file; nothing is durable by that, nor does it fail."""
    if _begin is not None:
        _begin(descriptor, ctypes.c_int64(0), ctypes.c_int64(0), ctypes.c_uint(2))


def sync_file(path: Path) -> None:
    """Makes the bytes of a file durable that somebody else wrote."""
    _sync(path, os.O_RDONLY)


def sync_folder(path: Path) -> None:
    """Makes the names in a folder durable."""
    _sync(path, os.O_RDONLY | os.O_DIRECTORY)


def is_memory(folder: Path) -> bool:
    """Whether a folder lies in a file system that no sync can make outlive its machine."""
    device = folder.stat().st_dev
    place = f" {os.major(device)}:{os.minor(device)} "
    try:
        mounts = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return False
    return any(place in line and line.partition(" - ")[2].startswith(("tmpfs ", "ramfs ")) for line in mounts)


def _sync(path: Path, how: int) -> None:
    descriptor = os.open(path, how)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _replace(path: Path, fill: Callable[[int], None]) -> None:
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        try:
            fill(descriptor)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _pour(source: BinaryIO, descriptor: int) -> None:
    while piece := source.read(PIECE):
        write_all(descriptor, piece)
