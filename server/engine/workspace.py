"""Workspace: what a job may touch on disk, and how its results leave it."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from robots.base.errors import ToolMissing
from tus.failpoint import failpoint
from tus.thread import in_thread

T = TypeVar("T")
LEFT = "left-"  # how the names of folders begin that could not be removed


class Toolbox:
    """The tools that robots may ask for, by their class."""

    def __init__(self, *tools: Any) -> None:
        self._tools = {type(tool): tool for tool in tools}

    def get(self, kind: type[T]) -> T:
        try:
            tool: T = self._tools[kind]
        except KeyError:
            raise ToolMissing(f"{kind.__name__} is not installed on this server.") from None
        return tool


class JobWorkspace:
    """One job's progress and warnings, and its scratch folder, which is made when a robot first needs it."""

    def __init__(self, place: Path, toolbox: Toolbox, report: Callable[[float], None]) -> None:
        self.place = place
        self.toolbox = toolbox
        self.report = report
        self.warnings: list[str] = []
        self.secrets: frozenset[str] = frozenset()  # what nothing that the job says may show
        self._number = 0

    @cached_property
    def folder(self) -> Path:
        _emptied(self.place)
        return self.place

    def close(self) -> None:
        """All that the robot left in the folder goes."""
        if "folder" in vars(self):
            _remove(self.place)

    def fresh(self, name: str) -> Path:
        self._number += 1
        ending = "".join(char for char in Path(name).suffix[:16] if char.isascii() and (char.isalnum() or char == "."))
        return self.folder / f"{self._number}{ending}"

    def progress(self, fraction: float) -> None:
        failpoint("W8.after")
        self.report(min(1.0, max(0.0, fraction)))

    def warn(self, sentence: str) -> None:
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    def tool(self, kind: type[T]) -> T:
        return self.toolbox.get(kind)

    async def in_thread(self, act: Callable[..., T], *args: object) -> T:
        return await in_thread(act, *args)


@contextlib.contextmanager
def scratch(parent: Path, name: str) -> Iterator[Path]:
    """A folder that is gone afterwards, whatever happened."""
    folder = parent / name
    _emptied(folder)
    try:
        yield folder
    finally:
        _remove(folder)


def remove_left(parent: Path) -> None:
    """Removes what could not be removed when it was to be."""
    for folder in parent.glob(f"{LEFT}*"):
        shutil.rmtree(folder, ignore_errors=True)


def _emptied(folder: Path) -> None:
    """A folder in which nothing is, whatever an earlier run left there."""
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)
    folder.mkdir(parents=True, mode=0o700)


def _remove(folder: Path) -> None:
    """To look into a folder takes a file that may be opened, to rename it does not."""
    shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):
        os.replace(folder, folder.parent / f"{LEFT}{secrets.token_hex(8)}")
