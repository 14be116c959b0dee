"""Shelf: results that are kept on the disk to be served again; the least used of them make room for others."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Lock
from uuid import uuid4

import orjson

from tus import durable

ABOUT = ".json"
ROOM = 0.9  # of the limit is used after it was passed, so that not each new result has to look for room


@dataclass(frozen=True, slots=True)
class Kept:
    """What is told of a result when it is served; `until` is when it is too old for that, in Unix seconds."""

    name: str
    mime: str | None
    size: int
    etag: str
    made: float
    until: float
    headers: Mapping[str, str] = field(default_factory=dict)


class Shelf:
    """At most `limit` bytes in a folder of their own. Everything here blocks: run it in a thread.

    It is a convenience: after a crash something may be missing, but what is found is whole.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self.folder = folder
        self.limit = limit
        self._lock = Lock()
        self._used: int | None = None

    def path(self, key: str) -> Path:
        """Where the bytes of a result lie; `key` is a hash."""
        return self.folder / key

    def find(self, key: str, at: float) -> Kept | None:
        """What is kept under a key; looking at it counts as use."""
        path = self.path(key)
        try:
            kept = Kept(**orjson.loads(_about(path).read_bytes()))
            if kept.until <= at or path.stat().st_size != kept.size:
                return None
            os.utime(_about(path), (at, at))
        except (OSError, ValueError, TypeError):
            return None
        return kept

    def keep(self, key: str, source: Path, kept: Kept) -> None:
        """Takes a result in, without a copy where the disk allows it; one that is larger than all room is not taken."""
        if kept.size > self.limit * ROOM:
            return
        with self._lock:
            self._remove(key)
            self._make_room(kept.size)
            path = self.path(key)
            draft = self.folder / f".{uuid4().hex}.tmp"
            try:
                os.link(source, draft)
            except OSError:
                shutil.copyfile(source, draft)
            os.replace(draft, path)
            durable.replace(_about(path), orjson.dumps(asdict(kept)))
            self._used = self._measured() + kept.size

    def _make_room(self, size: int) -> None:
        if self._measured() + size <= self.limit:
            return
        for _, key in sorted(self._all()):
            if self._measured() + size <= self.limit * ROOM:
                return
            self._remove(key)

    def _remove(self, key: str) -> None:
        path = self.path(key)
        with suppress(OSError):
            size = path.stat().st_size
            path.unlink()
            self._used = self._measured() - size
        with suppress(OSError):
            _about(path).unlink()

    def _measured(self) -> int:
        """How many bytes there are; they are counted once, and then kept in mind."""
        if self._used is None:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            durable.remove_drafts(self.folder)
            self._used = sum(self.path(key).stat().st_size for _, key in self._all())
        return self._used

    def _all(self) -> list[tuple[float, str]]:
        """When each result was used last, and its key; bytes of which nothing is told come first."""
        with os.scandir(self.folder) as entries:
            names = {entry.name: entry.stat().st_mtime for entry in entries if entry.is_file()}
        return [(names.get(name + ABOUT, 0.0), name) for name in names if not name.endswith(ABOUT)]


def _about(path: Path) -> Path:
    return path.with_name(path.name + ABOUT)
