"""Bench: a real Workspace over a folder, on which tests run robots."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from robots.base.errors import ToolMissing
from robots.base.file import File
from robots.base.robot import Robot
from robots.base.workspace import Workspace
from tus.thread import in_thread

T = TypeVar("T")


class Bench:
    """A workspace with the tools that a test gives it; it remembers progress and warnings."""

    def __init__(self, folder: Path, *tools: object) -> None:
        self.folder = folder
        self.tools = tools
        self.reached: list[float] = []
        self.warnings: list[str] = []
        self._numbers = count(1)

    def fresh(self, name: str) -> Path:
        return self.folder / f"{next(self._numbers)}-{Path(name).name}"

    def progress(self, fraction: float) -> None:
        self.reached.append(fraction)

    def warn(self, sentence: str) -> None:
        self.warnings.append(sentence)

    def tool(self, kind: type[T]) -> T:
        for tool in self.tools:
            if isinstance(tool, kind):
                return tool
        raise ToolMissing(f"{kind.__name__} is not on this bench.")

    async def in_thread(self, act: Callable[..., T], *args: object) -> T:
        return await in_thread(act, *args)


async def run(
    robot: type[Robot[Any]], params: Mapping[str, Any], files: Sequence[File], workspace: Workspace
) -> list[File]:
    """All results of one job."""
    return [result async for result in robot(robot.model.parse(params)).work_on(files, workspace)]


def file_at(path: Path, **known: Any) -> File:
    """An uploaded file whose bytes lie at a path, such as file_at(path, mime="image/png", type="image")."""
    said: dict[str, Any] = {"id": path.stem, "name": path.name, "original_name": path.name, "original_id": path.stem}
    return File(**{**said, "size": path.stat().st_size, "path": path, **known})
