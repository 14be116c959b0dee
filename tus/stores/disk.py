"""Keeps uploads in a folder: one file for each.

The size of the file is the offset, so there is nothing else to write for each piece and nothing that can disagree
with the bytes after a crash.
"""

from __future__ import annotations

import dataclasses
import errno
import os
import re
import time
from collections.abc import AsyncIterable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

from tus import durable
from tus.errors import TusError
from tus.failpoint import failpoint
from tus.room import room
from tus.store import Pours
from tus.stores import description
from tus.stores.commits import Commits
from tus.stores.copying import copy
from tus.stores.flusher import Flusher
from tus.thread import in_thread
from tus.upload import Upload

ID = re.compile(r"[0-9a-f]{32}(_[0-9a-f]{32})?")
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
CHECKED = "checked"
HALF_CREATED = 86400.0  # seconds that a file may lie there without a description
WRITTEN_BACK = 600.0  # seconds after which a system has long written what it was given
COPIED = 64 << 20
FLUSHES = 2

DESCRIBED = tuple(field.name for field in dataclasses.fields(Upload) if field.name not in {"id", "offset"})

P = ParamSpec("P")
T = TypeVar("T")


class DiskStore:
    """Uploads in a folder on a local disk, which belongs to one process.

    `sync` off answers before bytes are durable: quicker, but a power cut takes them. `keep_free` is how many bytes of
    the disk are left to others, though never more than a twentieth of it. `attributes` off describes uploads in files.
    """

    def __init__(self, folder: Path, *, sync: bool = True, keep_free: int = 0, attributes: bool = True) -> None:
        self.folder = folder
        self._root = str(folder)
        self._keep_free = keep_free
        self._attributes = attributes
        self._commits = Commits()
        self._flushes = ThreadPoolExecutor(FLUSHES, "flush")
        folder.mkdir(parents=True, exist_ok=True)
        self._durably = sync and not durable.is_memory(folder)

    async def recover(self) -> None:
        """To be done once before anything else, when the folder certainly belongs to nobody else."""
        await in_thread(self._recover)

    def path(self, id: str) -> Path:
        """Where the bytes of an upload lie; an id that is none never touches a path."""
        return Path(self._path(id))

    async def create(self, upload: Upload, first: bytes = b"") -> Upload:
        with _told():
            await self._commit(partial(self._create, upload, first), self.folder)
        return dataclasses.replace(upload, offset=len(first)) if first else upload

    async def get(self, id: str) -> Upload:
        with _told():
            return _read(self._path(id))

    async def append(self, upload: Upload, pieces: AsyncIterable[bytes]) -> Upload:
        with _told():
            return await self._append(upload, pieces, None)

    async def append_checked(self, upload: Upload, pieces: AsyncIterable[bytes], sound: Callable[[], bool]) -> Upload:
        with _told():
            # Until this mark has gone, nothing that is written counts.
            await self._commit(partial(self._redescribe, upload, {CHECKED: upload.offset}))
            return await self._append(upload, pieces, sound)

    async def declare_length(self, upload: Upload, length: int) -> Upload:
        declared = dataclasses.replace(upload, length=length)
        with _told():
            await self._commit(partial(self._redescribe, declared, {}))
        return declared

    async def prolong(self, upload: Upload, expires: float) -> Upload:
        prolonged = dataclasses.replace(upload, expires=expires)
        with _told():
            self._describe(prolonged, {})
        return prolonged

    async def concatenate(self, upload: Upload, parts: Sequence[Upload]) -> Upload:
        whole = dataclasses.replace(upload, length=sum(part.offset for part in parts), offset=0)
        with _told():
            self._check_room(whole)
            self._describe(whole, {})
            descriptor = os.open(self._path(whole.id), os.O_WRONLY | os.O_TRUNC)
            flusher = Flusher(descriptor, self._flushes)
            try:
                for part in parts:
                    await self._copy(part, descriptor)
            finally:
                offset = await self._commit(partial(self._keep, descriptor, whole, flusher, None))
        return dataclasses.replace(whole, offset=offset)

    async def terminate(self, id: str) -> None:
        await self._commit(partial(_remove, self._path(id)), self.folder)

    async def expired(self, now: float) -> list[str]:
        return await in_thread(lambda: [os.path.basename(path) for path in self._paths() if _is_over(path, now)])

    async def all(self) -> list[Upload]:
        return await in_thread(lambda: list(self._all()))

    async def _commit(self, act: Callable[[], T], folder: Path | None = None) -> T:
        return await self._commits.commit(act, folder) if self._durably else act()

    async def _append(self, upload: Upload, pieces: AsyncIterable[bytes], sound: Callable[[], bool] | None) -> Upload:
        descriptor = _open_at(self._path(upload.id), upload.offset)
        flusher = Flusher(descriptor, self._flushes)
        try:
            if isinstance(pieces, Pours):
                await pieces.pour(descriptor, flusher.wrote if self._durably else _ignore)
            else:
                async for piece in pieces:
                    await in_thread(durable.write_all, descriptor, piece)
        finally:
            offset = await self._commit(partial(self._keep, descriptor, upload, flusher, sound))
        return dataclasses.replace(upload, offset=offset)

    async def _copy(self, part: Upload, target: int) -> None:
        source, left = os.open(self._path(part.id), os.O_RDONLY), part.offset
        try:
            while left:
                left -= await in_thread(copy, source, target, min(left, COPIED))
        finally:
            os.close(source)

    def _create(self, upload: Upload, first: bytes) -> None:
        self._check_room(upload)
        path = self._path(upload.id)
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            durable.write_all(descriptor, first)
            self._describe(upload, {})
            self._sync(descriptor)
        except BaseException:
            _remove(path)
            raise
        finally:
            os.close(descriptor)

    def _keep(self, descriptor: int, upload: Upload, flusher: Flusher, sound: Callable[[], bool] | None) -> int:
        """Makes the bytes durable, closes the file, and tells the new offset.

        After a failed sync nobody knows which bytes reached the disk, and a second one would claim that all did: so the
        file goes back to where it was safe.
        """
        try:
            failpoint("W3.before")
            flusher.settle()
            if sound is not None:
                if not sound():
                    os.ftruncate(descriptor, upload.offset)
                    self._sync(descriptor)
                self._describe(upload, {})
            self._sync(descriptor)
            return os.fstat(descriptor).st_size
        except OSError:
            os.ftruncate(descriptor, upload.offset)
            raise
        finally:
            os.close(descriptor)

    def _redescribe(self, upload: Upload, mark: dict[str, int]) -> None:
        self._describe(upload, mark)
        if self._durably:
            durable.sync_file(self.path(upload.id))

    def _describe(self, upload: Upload, mark: dict[str, int]) -> None:
        """Says all but what the file says itself: the id is its name, the offset its size."""
        said = {name: getattr(upload, name) for name in DESCRIBED}
        description.write(self._path(upload.id), said | mark, self._attributes)

    def _sync(self, descriptor: int) -> None:
        if self._durably:
            os.fsync(descriptor)

    def _check_room(self, upload: Upload) -> None:
        if (upload.length or 0) > room(self.folder, self._keep_free):
            raise TusError("ERR_STORAGE_FULL")

    def _recover(self) -> None:
        """After a crash bytes may be in the system's memory only, or be half of a piece that nobody has checked."""
        for path in self._paths():
            try:
                said = description.read(path)
                recent = os.stat(path).st_mtime > time.time() - WRITTEN_BACK
            except FileNotFoundError:
                continue
            if CHECKED in said:
                os.truncate(path, min(said.pop(CHECKED), os.stat(path).st_size))
                description.write(path, said, self._attributes)
            if recent and self._durably:
                durable.sync_file(Path(path))

    def _all(self) -> Iterator[Upload]:
        for path in self._paths():
            # It may have gone since the folder was read, or be half created.
            try:
                yield _read(path)
            except FileNotFoundError:
                continue

    def _path(self, id: str) -> str:
        if not ID.fullmatch(id):
            raise TusError("ERR_UPLOAD_NOT_FOUND")
        return f"{self._root}/{id}"

    def _paths(self) -> list[str]:
        """Of all that has bytes or a description; after a crash it may be but one of the two."""
        with os.scandir(self.folder) as entries:
            ids = {entry.name.removesuffix(description.SUFFIX) for entry in entries}
        return [f"{self._root}/{id}" for id in sorted(ids) if ID.fullmatch(id)]


def _read(path: str) -> Upload:
    said, size = description.read(path), os.stat(path).st_size
    offset = min(said.pop(CHECKED, size), size)
    try:
        said["parts"] = tuple(said.get("parts", ()))
        return Upload(os.path.basename(path), offset=offset, **said)
    except TypeError as error:
        raise FileNotFoundError(errno.ENOENT, "the description of the upload is damaged", path) from error


def _is_over(path: str, now: float) -> bool:
    """An upload that lost its bytes or its description in a crash ends too, in time."""
    try:
        return _read(path).expired(now)
    except FileNotFoundError:
        left = next((file for file in (path, description.beside(path)) if os.path.exists(file)), None)
        return left is not None and os.stat(left).st_mtime + HALF_CREATED <= now


def _remove(path: str) -> None:
    for file in (path, description.beside(path)):
        with suppress(FileNotFoundError):
            os.unlink(file)


def _open_at(path: str, offset: int) -> int:
    descriptor = os.open(path, os.O_WRONLY)
    os.lseek(descriptor, offset, os.SEEK_SET)
    return descriptor


def _ignore(size: int) -> None:
    """What is not to be durable needs no flushing."""


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
