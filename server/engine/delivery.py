"""Delivery: results that are made when they are asked for. What is asked for twice is made once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from server.bus.base import Bus
from server.engine.files import Files
from server.engine.runner import Runner
from server.engine.shelf import Kept, Shelf
from server.errors import ApiError, known
from server.model.assembly import Assembly
from server.model.news import TERMINAL
from server.model.parts import Made
from server.tasks import Tasks

SERVES = "/file/serve"
AGE = re.compile(r"\b(?:s-maxage|max-age)=(\d{1,9})\b")
UNKEPT = re.compile(r"\b(?:no-store|no-cache|private)\b")


@dataclass(frozen=True, slots=True)
class Delivered:
    """A result, and where its bytes lie."""

    path: Path
    kept: Kept
    assembly: str = ""  # the one that has just made it


class Delivery:
    """Waits for Assemblies, and keeps what they served for as long as they say."""

    def __init__(self, runner: Runner, bus: Bus, files: Files, shelf: Shelf, tasks: Tasks) -> None:
        self.runner = runner
        self.bus = bus
        self.files = files
        self.shelf = shelf
        self.tasks = tasks
        self._making: dict[str, asyncio.Task[Delivered | ApiError]] = {}

    async def get(self, key: str, at: float, begin: Callable[[], Awaitable[str]]) -> Delivered:
        """The result of this key; where there is none yet, `begin` starts the Assembly that makes it.

        One who goes away stops nothing, for others may wait for the same. Raises ApiError.
        """
        if kept := await asyncio.to_thread(self.shelf.find, key, at):
            return Delivered(self.shelf.path(key), kept)
        if key not in self._making:
            self._making[key] = self.tasks.start(self._made(key, at, begin))
        made = await asyncio.shield(self._making[key])
        if isinstance(made, ApiError):
            raise made
        return made

    async def _made(self, key: str, at: float, begin: Callable[[], Awaitable[str]]) -> Delivered | ApiError:
        """An error is an answer, too: for all who wait, or for nobody any more."""
        try:
            return await self._run(key, at, begin)
        except ApiError as error:
            return error
        finally:
            del self._making[key]

    async def _run(self, key: str, at: float, begin: Callable[[], Awaitable[str]]) -> Delivered:
        assembly = await begin()
        await self._over(assembly)
        found = await self.runner.read(assembly, outcome)
        if not isinstance(found, Made):
            raise found or ApiError("ASSEMBLY_NOT_FOUND", assembly_id=assembly)
        path, kept = self.files.path(assembly, found.file.id), kept_of(found, at)
        if kept.until > at:
            await asyncio.to_thread(self.shelf.keep, key, path, kept)
        return Delivered(path, kept, assembly)

    async def _over(self, assembly: str) -> None:
        """Waits for its end; a reader that was let go of looks again."""
        while True:
            async with self.bus.subscribe(assembly) as news:
                if await self.runner.read(assembly, lambda now: now.terminal) is not False:
                    return
                async for piece in news:
                    if piece.name in TERMINAL:
                        return


def outcome(assembly: Assembly) -> Made | ApiError:
    """What an Assembly that has ended serves, or why it serves nothing."""
    if assembly.error:
        code, reason = str(assembly.error["error"]), str(assembly.error.get("message", ""))
        try:
            known(code)
        except KeyError:
            code = "INTERNAL_COMMAND_ERROR"
        return ApiError(code, reason, assembly_id=assembly.id)
    steps = assembly.instructions.steps
    served = (made for made in assembly.files.values() if steps[made.step].robot == SERVES)
    return next(served, None) or ApiError("FILE_SERVE_NO_RESULT", assembly_id=assembly.id)


def kept_of(made: Made, at: float) -> Kept:
    """How a result is told of, and until when it may be served again: for as long as proxies may keep it."""
    file = made.file
    rules = next((value for name, value in file.headers.items() if name.lower() == "cache-control"), "")
    ages = [int(age) for age in AGE.findall(rules)]
    until = at if UNKEPT.search(rules) or not ages else at + min(ages)
    return Kept(file.name, file.mime, file.size, file.md5hash or file.id, made.at, until, file.headers)
