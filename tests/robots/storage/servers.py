"""An SFTP and an FTP server for the tests of their robots, each with a user who has a folder of his own."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robots.base.catalog import Catalog
from robots.base.file import File
from tests.ftp import ftpd
from tests.robots.workspace import Bench, file_at, run
from tests.sftp import sftpd

CONTENT = b"a picture of a cat"


@dataclass(frozen=True)
class Place:
    """A server of a family, the folder of its user, and what a robot must know to sign in."""

    family: str
    home: Path
    login: dict[str, Any]

    async def stores(self, desk: Bench, path: str = "pets/cat.jpg", content: bytes = CONTENT, **params: Any) -> File:
        """A picture, as it was stored."""
        source = desk.folder / "source.jpg"
        source.write_bytes(content)
        robot = Catalog().get(f"/{self.family}/store")
        (made,) = await run(robot, {**self.login, "path": path, **params}, [file_at(source, mime="image/jpeg")], desk)
        return made

    async def imports(self, desk: Bench, path: str | list[str], **params: Any) -> list[File]:
        return await run(Catalog().get(f"/{self.family}/import"), {**self.login, "path": path, **params}, [], desk)

    def puts(self, *paths: str) -> None:
        """Files in the folder of the user, each of which holds its path."""
        for path in paths:
            file = self.home / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(path, "utf-8")

    def names(self) -> list[str]:
        """All files in the folder, hidden ones too."""
        return sorted(str(path.relative_to(self.home)) for path in self.home.rglob("*") if not path.is_dir())


@contextlib.asynccontextmanager
async def place_of(family: str, folder: Path, **options: Any) -> AsyncIterator[Place]:
    home = folder / "root/home/sam"
    home.mkdir(parents=True, exist_ok=True)
    if family == "ftp":
        with ftpd(home, **options) as login:
            yield Place(family, home, login)
    else:
        async with sftpd(folder / "root", **options) as server:
            yield Place(family, home, server.login)
