"""Files: where the bytes of uploads and results lie until their time is over."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import shutil
import stat
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from robots.base.file import File
from tus import durable

PIECE = 1 << 20
SMALL = 1 << 16  # bytes that are read and hashed in less time than a thread takes to be asked


@dataclass(frozen=True, slots=True)
class Stored:
    """What was taken in: where it lies, its size in bytes and its MD5."""

    path: Path
    size: int
    md5hash: str


class Files:
    """`folder/ab/<assembly>/<file>`: one folder for each Assembly, so that its end is one removal."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._making: defaultdict[str, Lock] = defaultdict(Lock)

    def of(self, assembly: str) -> Path:
        return self.folder / assembly[:2] / assembly

    def path(self, assembly: str, file: str) -> Path:
        return self.of(assembly) / file

    def bytes_of(self, assembly: str, file: File) -> Path | None:
        """Where those of a file lie; a stub has none."""
        return None if file.is_stub else self.path(assembly, file.id)

    async def keep(self, source: Path, assembly: str, file: str, synced: bool = False) -> Path:
        """Takes bytes in, durably and without a copy where the disk allows it; `synced` says that they are safe."""
        return await asyncio.to_thread(self._keep, source, self.path(assembly, file), synced)

    async def keep_all(
        self, sources: Sequence[tuple[Path, str]], assembly: str, synced: bool = False
    ) -> list[Stored | None]:
        """The same for several small files, each with the id that it gets; None for what fails."""
        return await asyncio.to_thread(self._keep_all, sources, self.of(assembly), synced)

    async def remove(self, assembly: str) -> None:
        await asyncio.to_thread(shutil.rmtree, self.of(assembly), True)

    async def remove_one(self, assembly: str, file: str) -> None:
        await asyncio.to_thread(self.path(assembly, file).unlink, missing_ok=True)

    async def prefixes(self) -> list[str]:
        """The folders under which Assemblies lie."""
        return await asyncio.to_thread(lambda: [entry.name for entry in _entries(self.folder) if entry.is_dir()])

    async def remove_strangers(self, prefix: str, known: Set[tuple[str, str]]) -> int:
        """Removes what is not among the known Assemblies and files; says how many files there were."""
        return await asyncio.to_thread(_remove_strangers, self.folder / prefix, known)

    def _keep(self, source: Path, target: Path, synced: bool) -> Path:
        """Bytes are durable before they have their name, so what has it is whole, even after a crash in between."""
        self._make(target.parent)
        with _opened(source) as descriptor:
            if not synced:
                os.fsync(descriptor)
            _give_name(descriptor, target)
        durable.sync_folder(target.parent)
        return target

    def _keep_all(self, sources: Sequence[tuple[Path, str]], folder: Path, synced: bool) -> list[Stored | None]:
        """Their names are made durable together."""
        try:
            self._make(folder)
            kept = [_stored(source, folder / file, synced) for source, file in sources]
            durable.sync_folder(folder)
        except OSError:
            return [None] * len(sources)
        return kept

    def _make(self, folder: Path) -> None:
        with self._making[folder.parent.name]:  # who finds a folder may rely on it
            durable.make_folder(folder)


def _stored(source: Path, target: Path, synced: bool) -> Stored | None:
    try:
        with _opened(source) as descriptor:
            if not synced:
                os.fsync(descriptor)
            _give_name(descriptor, target)
        return Stored(target, *_measured(target))
    except OSError:
        return None


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """What is checked is what is kept: a name may lead somewhere else a moment later, an open file may not."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        yield descriptor
    finally:
        os.close(descriptor)


def _give_name(descriptor: int, target: Path) -> None:
    try:
        _link(descriptor, target)
    except FileExistsError:
        pass  # an earlier run of the same job kept what it made
    except OSError:
        durable.copy(descriptor, target)


def _link(descriptor: int, target: Path) -> None:
    """Gives an open file one more name; only Linux can."""
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.link(f"/proc/self/fd/{descriptor}", target.name, dst_dir_fd=folder, follow_symlinks=True)
    finally:
        os.close(folder)


def _remove_strangers(folder: Path, known: Set[tuple[str, str]]) -> int:
    removed = 0
    for assembly in (entry for entry in _entries(folder) if entry.is_dir()):
        files = _entries(assembly.path)
        strangers = [file for file in files if (assembly.name, file.name) not in known]
        for file in strangers:
            os.unlink(file)
        if len(strangers) == len(files):
            os.rmdir(assembly)
        removed += len(strangers)
    return removed


def _entries(folder: Path | str) -> list[os.DirEntry[str]]:
    """A start looks at the folders of all Assemblies, so this has to be quick."""
    with os.scandir(folder) as entries:
        return list(entries)


async def measured(path: Path) -> tuple[int, str]:
    """Size and MD5 of a file, which has just been written."""
    return _measured(path) if path.stat().st_size <= SMALL else await asyncio.to_thread(_measured, path)


def _measured(path: Path) -> tuple[int, str]:
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as stream:
        while piece := stream.read(PIECE):
            digest.update(piece)
        return stream.tell(), digest.hexdigest()
