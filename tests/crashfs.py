"""A power cut for tests: what was not synced may be gone, or may not, as the test chooses.

The promises of a disk are modelled as strictly as they are written. The bytes of a file are safe when that file was
synced, a name when its folder was. Anything else is as it was at the last sync, or as it is now; a file that grew may
have any part of its new bytes, from the front.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any
from unittest import mock

Names = dict[str, int]
Attributes = dict[str, bytes]
Choose = Callable[[Sequence[Any]], Any]


class PowerCut(OSError):
    """The disk answers no more."""

    def __init__(self) -> None:
        super().__init__(errno.EIO, "the power is gone")


@dataclass
class Disk:
    """Folders, files and their attributes, by inode."""

    names: dict[int, Names] = field(default_factory=dict)
    bytes: dict[int, bytes] = field(default_factory=dict)
    attributes: dict[int, Attributes] = field(default_factory=dict)

    def see(self, path: Path | str) -> int:
        """Takes in one file or folder as it is now."""
        number = os.stat(path).st_ino
        if stat.S_ISDIR(os.stat(path).st_mode):
            with os.scandir(path) as entries:
                self.names[number] = {entry.name: entry.inode() for entry in entries}
        else:
            self.bytes[number] = Path(path).read_bytes()
            self.attributes[number] = {name: os.getxattr(path, name) for name in os.listxattr(path)}
        return number


class CrashFS:
    """Watches a folder; the power goes at the sync after `syncs` of them, or never."""

    def __init__(self, folder: Path, syncs: int | None = None) -> None:
        self.folder = folder
        self.left = syncs
        self.safe = Disk()
        self.last: Disk | None = None
        self._safe_files: list[int] = []  # open, so that no inode is used twice
        self._lock = Lock()
        self._root = self.safe.see(folder)

    @contextlib.contextmanager
    def power(self) -> Iterator[None]:
        """The time in which syncs count. What is not over at its end is cut off."""
        with mock.patch.object(os, "fsync", self._sync), mock.patch.object(os, "fdatasync", self._sync):
            yield
        self.last = self.last or self._now()

    def restart(self, place: Path, choose: Choose) -> Path:
        """The folder as a restart might find it; `choose` picks one of several fates."""
        assert self.last is not None
        found = Fate(self.safe, self.last, choose)
        place.mkdir()
        found.folder(self._root, place)
        for descriptor in self._safe_files:
            os.close(descriptor)
        self._safe_files.clear()
        return place

    def _sync(self, descriptor: int) -> None:
        with self._lock:
            if self.left == 0:
                self.last = self.last or self._now()
                raise PowerCut
            if self.left is not None:
                self.left -= 1
            self._safe_files.append(os.dup(descriptor))
            self.safe.see(f"/proc/self/fd/{descriptor}")

    def _now(self) -> Disk:
        disk = Disk()
        disk.see(self.folder)
        for path in self.folder.rglob("*"):
            disk.see(path)
        return disk


@dataclass
class Fate:
    """Builds one of the states in which a disk may be found."""

    safe: Disk
    last: Disk
    choose: Choose
    _built: dict[int, Path] = field(default_factory=dict)

    def folder(self, number: int, place: Path) -> None:
        safe, last = self.safe.names.get(number, {}), self.last.names.get(number, {})
        for name in sorted({*safe, *last}):
            fates = list(dict.fromkeys([safe.get(name), last.get(name)]))
            if (found := self.choose(fates)) is not None:
                self._entry(found, place / name)

    def _entry(self, number: int, place: Path) -> None:
        if number in self.safe.names or number in self.last.names:
            place.mkdir()
            self.folder(number, place)
        elif number in self._built:
            os.link(self._built[number], place)
        else:
            self._file(number, place)

    def _file(self, number: int, place: Path) -> None:
        safe = self.safe.bytes.get(number, b"")
        last = self.last.bytes.get(number, safe)
        grown = last.startswith(safe)
        fates = [last[:size] for size in range(len(safe), len(last) + 1)] if grown else [safe, last]
        place.write_bytes(self.choose(fates))
        known = self.safe.attributes.get(number, {})
        for name, value in self.choose([known, self.last.attributes.get(number, known)]).items():
            os.setxattr(place, name, value)
        self._built[number] = place
