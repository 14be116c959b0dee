"""Gauntlet: bad files go through every robot of a running server, and what must never happen is looked for."""

from __future__ import annotations

import asyncio
import json
import mimetypes
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from robots.base.catalog import Catalog
from robots.base.file import File
from robots.base.robot import Robot
from robots.tools.programs import LIBRARIES, Programs
from tests.badfiles.catalogue import Entry
from tests.customer import Customer
from tests.processes import names_under
from tests.security import draw
from tests.security.trap import TOKEN, Trap

Json = dict[str, Any]
AT_ONCE = 4
WANTED = {"dominant_colors": True, "blurhash": True, "colorspace": True}
ORIGINAL = {"robot": "/upload/handle", "ignore_errors": ["meta"], "output_meta": WANTED}
# Robots that take files and that a bad file cannot be sent through, each with its reason; a new one goes through by
# itself, with the parameters of its example.
LEFT_OUT: Mapping[str, str] = {
    "/upload/handle": "it is the upload itself, which every file goes through",
    "/file/virusscan": "without signatures it takes no file; its own tests bring some",
}


def robots() -> list[type[Robot[Any]]]:
    """Every robot that takes a file and has its programs here; a library is always here."""
    catalog, programs = Catalog(), Programs()
    found = (catalog.get(name) for name in catalog.names() if name not in LEFT_OUT)
    return [
        robot
        for robot in found
        if robot.inputs != "none"
        and not robot.stores
        and all(tool in LIBRARIES or programs.find(tool) for tool in robot.tools)
    ]


def step(robot: type[Robot[Any]]) -> Json:
    """The step of its example, on the upload, of whatever type."""
    told = next(step for step in robot.example.values() if step["robot"] == robot.name)
    lenient = {"error_on_decline": False} if robot.name == "/file/filter" else {}
    return {**told, **lenient, "use": ":original", "force_accept": True}


ROBOTS = robots()
# These take every file, and fail at none: they look at it in one Assembly.
LOOKING = {
    robot.name.replace("/", "_"): step(robot)
    for robot in ROBOTS
    if "any" in robot.accepts and robot.work == "file" and not robot.tools
}
# A file of a kind that no robot takes is thrown at these nevertheless.
FORCED = ("/video/encode", "/image/resize", "/document/convert", "/file/decompress")
MEASURES = {"image": ("width", "height"), "video": ("width", "height", "duration"), "audio": ("duration",)}
# What stays alive between jobs: the warm children, which are Python, and the sandboxes around them.
LASTING = ("python", "bwrap")
SHARED = {".cache"}  # which fonts there are, that the warm children have found out for all jobs


@dataclass
class Gauntlet:
    """`wrong` is what should not have happened, one sentence each; `codes` counts the endings.

    With `whole` each file goes through every robot that takes it, else through a few of them.
    """

    customer: Customer
    trap: Trap
    folder: Path
    whole: bool = False
    wrong: list[str] = field(default_factory=list)
    codes: dict[str, int] = field(default_factory=dict)
    slowest: tuple[float, str] = (0.0, "")

    async def run(self, entries: Iterable[Entry]) -> None:
        """Every file through robots that take it, several at once."""
        work = iter(entries)
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(self._lane(work))

    async def _lane(self, work: Iterator[Entry]) -> None:
        for entry in work:
            path = await asyncio.to_thread(entry.write, self.folder, self.trap.canary)
            looked = await self.one(path, LOOKING)
            taking = _taking((looked.get("uploads") or [{}])[0])
            for robot in taking if self.whole else draw.few(path.name, taking):
                await self.one(path, {robot.name.replace("/", "_"): step(robot)})
            path.unlink()

    async def one(self, path: Path, steps: Mapping[str, Json]) -> Json:
        began = time.monotonic()
        status = await self.customer.create({":original": ORIGINAL, **steps}, path)
        what = f"{path.name} in {', '.join(steps)}"
        try:
            over = await self.customer.ended(status, 30)
        except TimeoutError:
            self.wrong.append(f"{what} did not end")
            return {}
        self.slowest = max(self.slowest, (time.monotonic() - began, what))
        self._judge(over, what)
        return over

    def _judge(self, over: Json, what: str) -> None:
        told = json.dumps(over)
        code = over.get("error") or over.get("ok") or "NOTHING"
        self.codes[code] = self.codes.get(code, 0) + 1
        if code not in {"ASSEMBLY_COMPLETED"} and "error" not in over:
            self.wrong.append(f"{what} ended as {code}")
        if "should not" in told:
            self.wrong.append(f"{what} broke the robot: {over.get('message')}")
        if TOKEN in told:
            self.wrong.append(f"{what} told the secret")
        if str(self.customer.server.data) in told:
            self.wrong.append(f"{what} told a path of the server: {over.get('message')}")
        if any(word in told for word in ("NaN", "Infinity", "\\u0000", "\\u001b", "\\u202e")):
            self.wrong.append(f"{what} showed signs that nobody should see")
        self.wrong += [f"{what}: {sentence}" for file in _files(over) for sentence in _meta(file)]
        self.wrong += [f"{what} gave a result that is none: {told}" for told in map(_hollow, _made(over)) if told]

    def leaks(self) -> list[str]:
        """The oracle of leaks."""
        found = [f"the secret was opened as {name}" for name in self.trap.opened()]
        found += [f"the listener was called: {call}" for call in self.trap.calls]
        found += [f"the log tells the secret: {line}" for line in self.customer.server.log if TOKEN in line]
        return found + [
            f"the secret lies in {path}"
            for path in self.customer.server.data.rglob("*")
            if path.is_file() and path.parent.name != "uploads" and TOKEN.encode() in path.read_bytes()
        ]

    async def left(self, seconds: float = 2.0) -> list[str]:
        """What jobs have left so long after the last end: their programs, and their scratch folders."""
        end = time.monotonic() + seconds
        while (left := self._left()) and time.monotonic() < end:  # noqa: ASYNC110 - only the kernel knows
            await asyncio.sleep(0.1)
        return left

    def _left(self) -> list[str]:
        programs = names_under(self.customer.server.process.pid)
        folders = {folder.name for folder in (self.customer.server.data / "scratch").iterdir()} - SHARED
        return [name for name in programs if not name.startswith(LASTING)] + sorted(folders)


def _taking(upload: Json) -> list[type[Robot[Any]]]:
    """The robots that work on a file of this type, by themselves or by force."""
    file = File("", "", mime=upload.get("mime"), type=upload.get("type"), meta=upload.get("meta") or {})
    found = [robot for robot in ROBOTS if robot.takes(file) and robot.name.replace("/", "_") not in LOOKING]
    return found or [robot for robot in ROBOTS if robot.name in FORCED]


def _files(over: Json) -> list[Json]:
    return [*over.get("uploads", []), *(file for files in over.get("results", {}).values() for file in files)]


def _made(over: Json) -> list[Json]:
    """What robots made; the members of an archive are what the attacker made."""
    given = {file["md5hash"] for file in over.get("uploads", [])}
    found = [file for name, files in over.get("results", {}).items() if name != "_file_decompress" for file in files]
    return [file for file in found if file["md5hash"] not in given]


def _hollow(file: Json) -> str:
    """What a picture, film or sound lacks that whoever opens it would miss."""
    kind = (mimetypes.guess_type(file["name"])[0] or "").partition("/")[0]
    lacks = [name for name in MEASURES.get(kind, ()) if not (file.get("meta") or {}).get(name)]
    return f"{file['name']} of {file['size']} bytes without {', '.join(lacks)}" if lacks else ""


def _meta(file: Json) -> Iterator[str]:
    meta = file.get("meta") or {}
    if len(json.dumps(meta)) > 80 * 1024:
        yield "its metadata are too much"
    if (meta.get("duration") or 0) > 10 * 366 * 86400:
        yield f"it lasts {meta['duration']} seconds"
