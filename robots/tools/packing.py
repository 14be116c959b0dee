"""Packing: writes files into a tar or zip, a stretch at a time."""

from __future__ import annotations

import tarfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

PIECE = 1 << 20
STRIDE = 4 << 20  # how much is packed before progress is told and a cancel is heard
READABLE = 0o100644  # the mode of a file that everybody may read
LARGE = 1 << 31  # a file from here on needs the longer numbers that zip has learnt


@dataclass(frozen=True, slots=True)
class Entry:
    """A file by the name that it has in the archive."""

    name: str
    path: Path
    size: int


def tar(entries: Sequence[Entry], target: Path, gzip: bool, level: int) -> Iterator[int]:
    """Writes a tar; yields how many bytes of the files are in it by now."""
    done = 0
    with ExitStack() as stack:
        if gzip:
            archive = stack.enter_context(tarfile.open(target, "x:gz", compresslevel=level, format=tarfile.PAX_FORMAT))
        else:
            archive = stack.enter_context(tarfile.open(target, "x:", format=tarfile.PAX_FORMAT))
        stream = cast(IO[bytes], archive.fileobj)
        for entry in entries:
            told = tarfile.TarInfo(entry.name)
            told.size, told.mtime = entry.size, int(time.time())
            archive.addfile(told)
            yield from _copied(entry, stream, done)
            done += entry.size
            stream.write(bytes(-entry.size % tarfile.BLOCKSIZE))
            archive.offset += entry.size + -entry.size % tarfile.BLOCKSIZE


def zip(entries: Sequence[Entry], target: Path, level: int) -> Iterator[int]:
    """The same with a zip."""
    done = 0
    method = zipfile.ZIP_DEFLATED if level else zipfile.ZIP_STORED
    with zipfile.ZipFile(target, "x", method, compresslevel=level or None) as archive:
        for entry in entries:
            told = zipfile.ZipInfo(entry.name, time.localtime()[:6])
            told.compress_type, told.external_attr = method, READABLE << 16
            told._compresslevel = level or None  # type: ignore[attr-defined]  # has a public name since Python 3.13 only
            with archive.open(told, "w", force_zip64=entry.size >= LARGE) as stream:
                yield from _copied(entry, stream, done)
            done += entry.size


def _copied(entry: Entry, stream: IO[bytes], done: int) -> Iterator[int]:
    rest = entry.size
    with entry.path.open("rb") as source:
        while rest:
            piece = source.read(min(PIECE, rest))
            if not piece:
                raise OSError("a file became shorter while it was packed")
            stream.write(piece)
            rest -= len(piece)
            if (entry.size - rest) % STRIDE == 0:
                yield done + entry.size - rest
    yield done + entry.size
