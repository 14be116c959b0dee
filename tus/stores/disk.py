"""Keeps uploads in a folder: the bytes in one file, what is known of them in another beside it.

The size of the file is the offset, so there is nothing else to write for each piece and nothing that can disagree
with the bytes after a crash. The description outlives the bytes: it comes first and goes last, so that a crash in
between leaves something that `expired` finds.
"""

from __future__ import annotations

import asyncio
import dataclasses
import errno
import json
import os
import re
from collections.abc import AsyncIterable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from tus import durable
from tus.errors import TusError
from tus.upload import Upload

ID = re.compile(r"[0-9a-f]{32}(_[0-9a-f]{32})?")
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
DESCRIPTION = ".json"

P = ParamSpec("P")
T = TypeVar("T")


class DiskStore:
    """Uploads in a folder on a local disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, id: str) -> Path:
        """Where the bytes of an upload lie; an id that is none never touches a path."""
        if not ID.fullmatch(id):
            raise TusError("ERR_UPLOAD_NOT_FOUND")
        return self.folder / id

    async def create(self, upload: Upload) -> None:
        with _told():
            await _in_thread(self._create, upload)

    async def get(self, id: str) -> Upload:
        with _told():
            return await _in_thread(self._read, self.path(id))

    async def append(self, upload: Upload, pieces: AsyncIterable[bytes]) -> Upload:
        with _told():
            descriptor = _open_at(self.path(upload.id), upload.offset)
            try:
                async for piece in pieces:
                    await _in_thread(durable.write_all, descriptor, piece)
            finally:
                offset = await _in_thread(_keep, descriptor, upload.offset)
        return dataclasses.replace(upload, offset=offset)

    async def declare_length(self, upload: Upload, length: int) -> Upload:
        declared = dataclasses.replace(upload, length=length)
        with _told():
            await _in_thread(durable.write_atomic, self._description(self.path(upload.id)), _described(declared))
        return declared

    async def terminate(self, id: str) -> None:
        await _in_thread(self._remove, self.path(id))

    async def expired(self, now: float) -> list[str]:
        return await _in_thread(self._expired, now)

    async def all(self) -> list[Upload]:
        return await _in_thread(lambda: list(self._all()))

    def _create(self, upload: Upload) -> None:
        path = self.path(upload.id)
        if upload.length is not None and upload.length > _room(self.folder):
            raise TusError("ERR_STORAGE_FULL")
        durable.replace(self._description(path), _described(upload))
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        durable.sync_folder(self.folder)

    def _read(self, path: Path) -> Upload:
        return Upload(**self._said(path), id=path.name, offset=path.stat().st_size)

    def _said(self, path: Path) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self._description(path).read_bytes())
        return said

    def _remove(self, path: Path) -> None:
        durable.unlink(path)
        durable.unlink(self._description(path))

    def _all(self) -> Iterator[Upload]:
        for path in self._paths():
            # It may have gone since the folder was read, or be half created.
            try:
                yield self._read(path)
            except FileNotFoundError:
                continue

    def _expired(self, now: float) -> list[str]:
        return [path.name for path in self._paths() if self._is_over(path, now)]

    def _is_over(self, path: Path, now: float) -> bool:
        """An upload without bytes is half created, half removed, or was taken away by the host: that one ends too."""
        try:
            said = self._said(path)
            finished = path.exists() and path.stat().st_size == said["length"]
        except FileNotFoundError:
            return False
        return not finished and said["expires"] is not None and said["expires"] <= now

    def _paths(self) -> list[Path]:
        names = (entry.name for entry in os.scandir(self.folder) if entry.name.endswith(DESCRIPTION))
        ids = (name.removesuffix(DESCRIPTION) for name in names)
        return [self.folder / id for id in ids if ID.fullmatch(id)]

    def _description(self, path: Path) -> Path:
        return path.with_name(path.name + DESCRIPTION)


def _described(upload: Upload) -> bytes:
    """All but what the files say themselves: the id is the name, the offset the size."""
    said = dataclasses.asdict(upload)
    del said["id"], said["offset"]
    return json.dumps(said).encode()


def _open_at(path: Path, offset: int) -> int:
    descriptor = os.open(path, os.O_WRONLY)
    os.lseek(descriptor, offset, os.SEEK_SET)
    return descriptor


def _keep(descriptor: int, offset: int) -> int:
    """Makes the bytes durable, closes the file, and tells the new offset.

    After a failed sync nobody knows which bytes reached the disk, and a second one would claim that all did: so the
    file goes back to where it was safe.
    """
    try:
        os.fsync(descriptor)
        return os.fstat(descriptor).st_size
    except OSError:
        os.ftruncate(descriptor, offset)
        raise
    finally:
        os.close(descriptor)


def _room(folder: Path) -> int:
    free = os.statvfs(folder)
    return free.f_bavail * free.f_frsize


@contextmanager
def _told() -> Iterator[None]:
    """The failures of a disk that a client can do something about."""
    try:
        yield
    except FileNotFoundError as error:
        raise TusError("ERR_UPLOAD_NOT_FOUND") from error
    except OSError as error:
        if error.errno in FULL:
            raise TusError("ERR_STORAGE_FULL") from error
        raise


async def _in_thread(act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs a blocking act; even if the task is cancelled it is over when this ends, so its file can be closed."""
    work = asyncio.get_running_loop().run_in_executor(None, partial(act, *args, **kwargs))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait([work])
        raise
