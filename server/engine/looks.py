"""Looks: bytes that are here become Files of their Assembly, one by one or, if they are small, several together."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from robots.base.errors import RobotError
from robots.base.file import File
from robots.tools.turns import on_behalf_of
from server import shortage
from server.engine.files import Stored
from server.engine.publisher import Publisher
from server.engine.runner import Runner
from server.model import early
from server.model.assembly import Assembly
from server.model.events import FileUploaded, UploadFailed
from server.model.parts import ORIGINAL
from server.model.step import Step
from tus.failpoint import failpoint

log = logging.getLogger(__name__)
UNFORESEEN = "The file could not be taken in, in a way that should not be; the log of this server says how."


@dataclass(frozen=True, slots=True)
class Arrival:
    """Bytes that are here: what they are called and where they lie. `field` is the name of the form's field.

    `id` is what they will have as a file; `upload` is their tus id.
    """

    id: str
    name: str
    field: str | None
    path: Path
    user_meta: Mapping[str, Any]
    upload: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What an Assembly wants of its uploads: `hurried` before all is known of them."""

    account: str
    step: Step
    hurried: bool


class Looks:
    """Done twice, a look does no harm: the file has the same id again."""

    def __init__(self, runner: Runner, publisher: Publisher, now: Callable[[], float]) -> None:
        self.runner = runner
        self.files = publisher.files
        self.publisher = publisher
        self.now = now

    async def take(self, assembly_id: str, arrival: Arrival) -> None:
        """Stores and analyses bytes and tells the Assembly, if it waits for them."""
        asked = await self._asked(assembly_id, arrival)
        if asked is None:
            return
        try:
            path = await self.files.keep(arrival.path, assembly_id, arrival.id, synced=True)
            _safe()
            read = partial(self._is_read, assembly_id, arrival.id)
            with on_behalf_of(asked.account, assembly_id):
                async for look in self.publisher.looks(_file(arrival, path), asked.step, asked.hurried, read):
                    seen = FileUploaded(original(look.file), arrival.upload, self.now(), look.ignored, look.whole)
                    await self.runner.insist(assembly_id, seen)
        except Exception as error:  # whatever it is, the Assembly must not wait for ever
            failed = UploadFailed(unusable(_known(error), arrival.name), arrival.upload, self.now(), file=arrival.id)
            await self.runner.insist(assembly_id, failed)

    async def take_all(self, assembly_id: str, arrivals: Sequence[Arrival]) -> None:
        """The same for several small files; with whatever is not as usual each is taken alone."""
        told: set[str] = set()
        if len(arrivals) > 1:
            try:
                told = await self._together(assembly_id, arrivals)
            except Exception:
                log.exception("%d files could not be taken in together", len(arrivals))
        for arrival in arrivals:
            if arrival.id not in told:
                await self.take(assembly_id, arrival)

    async def _together(self, assembly_id: str, arrivals: Sequence[Arrival]) -> set[str]:
        """One visit to the disk, one call of a child and one transaction; the ids of those that the Assembly knows."""
        asked = await self._asked(assembly_id, arrivals[0])
        if asked is None or asked.hurried:
            return set()
        kept = await self.files.keep_all([(arrival.path, arrival.id) for arrival in arrivals], assembly_id, synced=True)
        _safe()
        files = [_stored(arrival, found) for arrival, found in zip(arrivals, kept, strict=True) if found]
        with on_behalf_of(asked.account, assembly_id):
            looked = await self.publisher.analysed_together(files, asked.step)
        uploads = {arrival.id: arrival.upload for arrival in arrivals}
        seen = [FileUploaded(original(look.file), uploads[look.file.id], self.now()) for look in looked]
        await self.runner.insist(assembly_id, *seen)
        return {look.file.id for look in looked}

    async def _asked(self, assembly_id: str, arrival: Arrival) -> Asked | None:
        """Of one that is in memory at once; only what is saved is a reason to leave the file alone."""
        view = partial(_wanted, arrival.upload)
        return self.runner.glance(assembly_id, view) or await self.runner.insist_on_reading(assembly_id, view)

    async def _is_read(self, assembly_id: str, file_id: str) -> bool:
        found = await self.runner.read(assembly_id, lambda assembly: early.reading(assembly.jobs.values(), file_id))
        return bool(found)


def step_of(assembly: Assembly) -> Step:
    """The step of the uploads; an option of the whole Assembly can make it as forgiving as its own one."""
    step = assembly.instructions.steps[ORIGINAL]
    if assembly.instructions.ignore_upload_meta_data_errors:
        return replace(step, ignore_errors=step.ignore_errors | {"meta"})
    return step


def original(file: File) -> File:
    """An upload is its own original."""
    return replace(file, original_id=file.id, original_name=file.name, original_md5hash=file.md5hash, path=None)


def unusable(error: RobotError, name: str) -> dict[str, Any]:
    """The end of an Assembly whose upload cannot be looked at."""
    told = {"message": error.message, "reason": error.message, "file": name}
    return {"error": error.code or "FILE_META_DATA_ERROR", **told}


def _wanted(upload: str | None, assembly: Assembly) -> Asked | None:
    """None unless the Assembly wants to know of an upload, or of a file of its form."""
    known = assembly.uploads.get(upload or "")
    if assembly.terminal or (upload is not None and (known is None or not known.received or known.analysed)):
        return None
    return Asked(assembly.account, step_of(assembly), assembly.plan.hurries)


def _safe() -> None:
    """Bytes are where they stay, and their row is still to come."""
    failpoint("W5.before")


def _known(error: Exception) -> RobotError:
    known = error if isinstance(error, RobotError) else shortage.failure(error)
    if known is None:
        log.error("a file could not be taken in", exc_info=error)
    return known or RobotError(UNFORESEEN)


def _file(arrival: Arrival, path: Path) -> File:
    return File(id=arrival.id, name=arrival.name, field=arrival.field, user_meta=dict(arrival.user_meta), path=path)


def _stored(arrival: Arrival, kept: Stored) -> File:
    return replace(_file(arrival, kept.path), size=kept.size, md5hash=kept.md5hash)
