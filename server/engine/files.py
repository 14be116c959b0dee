"""Files: where the bytes of uploads and results lie until their time is over."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
from pathlib import Path

from tus import durable

PIECE = 1 << 20


class Files:
    """`folder/ab/<assembly>/<file>`: one folder for each Assembly, so that its end is one removal."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, assembly: str) -> Path:
        return self.folder / assembly[:2] / assembly

    def path(self, assembly: str, file: str) -> Path:
        return self.of(assembly) / file

    async def keep(self, source: Path, assembly: str, file: str, synced: bool = False) -> Path:
        """Takes bytes in, durably and without a copy where the disk allows it; `synced` says that they are safe."""
        return await asyncio.to_thread(self._keep, source, self.path(assembly, file), synced)

    async def remove(self, assembly: str) -> None:
        await asyncio.to_thread(shutil.rmtree, self.of(assembly), True)

    def _keep(self, source: Path, target: Path, synced: bool) -> Path:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, target)
        except FileExistsError:
            return target  # an earlier run of the same job kept what it made
        except OSError:
            shutil.copyfile(source, target)
            synced = False
        if not synced:
            durable.sync_file(target)
        durable.sync_folder(target.parent)
        return target


async def measured(path: Path) -> tuple[int, str]:
    """Size and MD5 of a file."""
    return await asyncio.to_thread(_measured, path)


def _measured(path: Path) -> tuple[int, str]:
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as stream:
        while piece := stream.read(PIECE):
            digest.update(piece)
        return stream.tell(), digest.hexdigest()
