"""Packs files into an archive: each into one of its own, or all of a bundle into one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from robots.base.file import File
from robots.base.params import Param, Params
from robots.base.robot import Robot
from robots.base.workspace import Workspace
from robots.tools import packing
from robots.tools.filename import safe
from robots.tools.members import placed
from robots.tools.packing import Entry
from robots.tools.sevenzip import SevenZip

ORIGINAL = ":original"
RELATIVE = ("relative_path", "relativePath")


class FileCompressParams(Params):
    """What the archive is, and how the files lie in it."""

    format: Literal["tar", "zip"] = Param("tar", "The format of the archive.")
    gzip: bool = Param(False, "Whether a tar is compressed: the result is a .tar.gz. A zip is compressed anyway.")
    password: str | None = Param(None, "Locks a zip with AES-256; a tar cannot be locked.", max_length=1000)
    compression_level: int = Param(-6, "From 0, which only stores, to -9, the smallest.", ge=-9, le=0)
    file_layout: Literal["advanced", "simple", "relative-path"] = Param(
        "advanced",
        "`advanced` has a folder for each step, and names that start with two letters of the original's id and two of "
        "the file's own; `simple` has all files side by side, and numbers the same names; `relative-path` keeps the "
        "folders that the files came in.",
    )
    archive_name: str | None = Param(None, "The name of the archive, without its extension.")
    path: str | list[str] | None = Param(
        None, "Where each file lies in the archive, such as `${file.ext}/${file.name}`; then no layout.", per_file=True
    )

    @property
    def gzipped(self) -> bool:
        return self.gzip and self.format == "tar"

    @property
    def locked(self) -> bool:
        return bool(self.password) and self.format == "zip"

    @property
    def ext(self) -> str:
        return "tar.gz" if self.gzipped else self.format


class FileCompressRobot(Robot[FileCompressParams]):
    """Packs files into a tar, tar.gz or zip: with `bundle_steps` all into one, otherwise each into one of its own."""

    name = "/file/compress"
    tools = ("7zz",)
    example = {
        "packed": {
            "robot": "/file/compress",
            "use": {"steps": [":original"], "bundle_steps": True},
            "format": "zip",
            "file_layout": "simple",
        }
    }

    async def work_on(self, files: Sequence[File], workspace: Workspace) -> AsyncIterator[File]:
        names = numbered([self._place(file, number) for number, file in enumerate(files)])
        entries = [Entry(name, file.bytes, file.bytes.stat().st_size) for name, file in zip(names, files, strict=True)]
        target, level = workspace.fresh(f"archive.{self.params.format}"), -self.params.compression_level
        if self.params.password and not self.params.locked:
            workspace.warn("The archive has no password, for a tar cannot be locked; a zip can.")
        if self.params.password and self.params.locked:
            await workspace.tool(SevenZip).lock(entries, target, self.params.password, level, workspace)
            workspace.progress(1)
        else:
            await self._pack(entries, target, level, workspace)
        made = files[0].made(target, self.params.ext)
        named = safe(self.params.archive_name or "")
        yield replace(made, name=f"{named}.{self.params.ext}") if named else made

    async def _pack(self, entries: Sequence[Entry], target: Path, level: int, workspace: Workspace) -> None:
        total = sum(entry.size for entry in entries)
        if self.params.format == "zip":
            steps = packing.zip(entries, target, level)
        else:
            steps = packing.tar(entries, target, self.params.gzipped, level)
        while (done := await workspace.in_thread(next, steps, None)) is not None:
            workspace.progress(done / max(total, 1))

    def _place(self, file: File, number: int) -> str:
        """Where a file lies; whatever it is called, it is inside the archive."""
        path = self.params.path
        told = path[number] if isinstance(path, list) else path
        if told:
            place = told + file.name if told.endswith("/") else told
        elif self.params.file_layout == "simple":
            place = file.name
        elif self.params.file_layout == "relative-path":
            place = relative(file)
        else:
            place = advanced(file)
        return "/".join(filter(None, placed(place)))


def advanced(file: File) -> str:
    """A folder for each step; the letters tell files of one name apart, and which belong to one original."""
    original = file.original_id if isinstance(file.original_id, str) else next(iter(file.original_id), "")
    order = f"_{file.meta['thumb_index']}" if "thumb_index" in file.meta else ""
    name = f"{file.basename}{order}.{file.ext}" if order else file.name
    letters = file.id[:2] if file.step == ORIGINAL else f"{(original or file.id)[:2]}_{file.id[:2]}"
    return f"{file.step or ORIGINAL}/{letters}_{safe(name) or 'file'}"


def relative(file: File) -> str:
    """The path that an uploader told, the folder of an unpacked archive, or the folder of an import."""
    for key in RELATIVE:
        told = file.meta.get(key) or file.user_meta.get(key)
        if isinstance(told, str) and told:
            return told
    return f"{file.meta.get('archive_directory') or file.original_path}/{file.name}"


def numbered(names: Sequence[str]) -> list[str]:
    """The same names, each only once, on systems too that do not know capitals."""
    taken: set[str] = set()
    found = []
    for name in names:
        folder, slash, last = name.rpartition("/")
        base, dot, ext = last.rpartition(".") if "." in last.lstrip(".") else (last, "", "")
        fresh, number = name, 0
        while fresh.lower() in taken:
            number += 1
            fresh = f"{folder}{slash}{base}_{number}{dot}{ext}"
        taken.add(fresh.lower())
        found.append(fresh)
    return found
