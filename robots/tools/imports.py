"""What all importers of files and folders share: which paths they are given, and what the files are called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import field_validator

from robots.base.errors import RobotError
from robots.base.file import File
from robots.base.params import Param, Params
from robots.tools import filename

MOST_FAILURES = 100


class PathParams(Params):
    """What is fetched."""

    path: str | list[str] = Param(
        ...,
        "The file, such as `images/avatar.jpg`; with a slash at its end, all files of a folder, and `/` for those of "
        "the root. Also a list of them.",
    )
    force_name: str | list[str] | None = Param(
        None, "The name for the file; a list gives the names of several files in turn."
    )
    import_on_errors: list[Literal["meta"]] = Param(
        [], "With `meta` in it, a file is imported even if no metadata can be read from it."
    )

    @field_validator("path")
    @classmethod
    def paths_name_something(cls, path: str | list[str]) -> str | list[str]:
        if not path:
            raise ValueError("must be the path of a file or folder, or a list of such")
        for each in [path] if isinstance(path, str) else path:
            if any(ord(char) < 32 or ord(char) == 127 for char in each):
                raise ValueError("has a control character in it")
            if not each or any(part in (".", "..") for part in each.split("/")):
                raise ValueError("must be the path of a file or folder")
        return path

    def paths(self) -> list[str]:
        return [self.path] if isinstance(self.path, str) else self.path

    def file(self, path: str, number: int) -> File:
        """The file that came from a path, the one of this number, from 0."""
        folder, _, last = path.strip("/").rpartition("/")
        name = filename.safe(forced(self.force_name, number)) or filename.safe(last) or "file"
        home = f"/{folder}/" if folder else "/"
        return File(id="", name=name, original_name=name, original_path=home, place=number + 1)


class Failures:
    """What could not be had of an import. The other files still come, for the step may ignore errors."""

    def __init__(self) -> None:
        self._first: RobotError | None = None
        self._left = MOST_FAILURES

    def add(self, error: RobotError) -> None:
        """Raises the first of them when there are too many for the rest to be tried."""
        self._first = self._first or error
        self._left -= 1
        if not self._left:
            self.tell()

    def tell(self) -> None:
        """Raises the first of them, if there is one."""
        if self._first:
            raise self._first


def forced(names: str | Sequence[str] | None, number: int) -> str:
    """The name that a file is to have, if any."""
    if names is None or isinstance(names, str):
        return names or ""
    return names[number] if number < len(names) else ""
