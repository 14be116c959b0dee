"""Publisher: takes what a robot made out of the scratch folder, looks at it, and gives it its identity."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from robots.base.errors import RobotError, ToolFailed
from robots.base.file import File
from robots.probe.probe import Probed, Prober, Unreadable
from server.engine.files import Files, Stored, measured
from server.model import retry
from server.model.job import Job, result_id
from server.model.step import Step

SMALL = 4 << 20  # bytes that are synced and hashed in a moment
PIXELS = frozenset({"average_color", "has_transparency"})  # a robot may say them of what it has just drawn


Look = tuple[Probed, Mapping[str, Any] | None]  # what is found, and the error that the step allows


class Source(Protocol):
    """The job that a file comes from."""

    @property
    def job(self) -> Job: ...
    @property
    def step(self) -> Step: ...
    @property
    def inputs(self) -> tuple[File, ...]: ...


@dataclass(frozen=True, slots=True)
class Published:
    """A file that is stored and analysed, and the error that its step allows it.

    It is not `whole` while its hash, or metadata that takes decoding, is still to come. One that is not `kept` is gone.
    """

    file: File
    ignored: Mapping[str, Any] | None = None
    whole: bool = True
    kept: bool = True


class Publisher:
    """A result is stored, durable and analysed before anybody hears of it."""

    def __init__(self, files: Files, prober: Prober) -> None:
        self.files = files
        self.prober = prober

    async def publish_all(
        self, made: Sequence[File], source: Source, number: int
    ) -> AsyncIterator[tuple[Published, ...]]:
        """Several results in their order, together those of small files with which all is as usual.

        `number` is that of the first among all that the job makes.
        """
        kept = await self._kept(made, source, number)
        stored = [found for found in kept.values() if isinstance(found, File)]
        looked = {look.file.id: look for look in await self.analysed_together(stored, source.step)}
        ready: list[Published] = []
        for at, each in enumerate(made, number):
            identity = _identity(each, source, at)
            if identity in looked:
                ready.append(_published(looked[identity], source))
                continue
            if ready:
                yield tuple(ready)
                ready = []
            found = kept.get(identity)
            if isinstance(found, OSError):
                raise found
            if found:
                look = await self._look(found, source.step)
                yield (_published(await self._judged(_described(found, *look), source), source),)
            else:
                yield (await self.publish(each, source, at),)
        if ready:
            yield tuple(ready)

    async def publish(self, made: File, source: Source, number: int) -> Published:
        job, step = source.job, source.step
        identity = _identity(made, source, number)
        if made.path is None:  # a stub of a file that was not fetched
            return Published(_with_origin(replace(made, id=identity), source))
        untouched = any(made.path == item.path for item in source.inputs)
        path = await self.files.keep(
            made.bytes if untouched else _alone(made), job.assembly, identity, synced=untouched
        )
        file = replace(made, id=identity, tag=None, path=path)
        done = Published(file) if untouched else await self._judged(await self.analysed(file, step), source)
        return _published(done, source)

    async def _judged(self, done: Published, source: Source) -> Published:
        """An imported file is dropped for what its step ignores, unless the import itself allows it to be kept."""
        brought = source.step.robot_class.inputs == "none"
        if not (done.ignored and brought) or "meta" in source.step.forgives:
            return done
        await self.files.remove_one(source.job.assembly, done.file.id)
        return replace(done, kept=False)

    async def analysed(self, file: File, step: Step) -> Published:
        """The file with its size, hash, type and metadata; what the robot said of it stands."""
        file = _asked_of(file, step)
        (size, md5hash), look = await asyncio.gather(measured(file.bytes), self._look(file, step))
        return _described(replace(file, size=size, md5hash=md5hash), *look)

    async def analysed_together(self, files: Sequence[File], step: Step) -> list[Published]:
        """Those of several small files with which all is as usual; the others are to be analysed one by one."""
        known = [file for file in files if file.size]
        told, seen = [(file.bytes, file.name) for file in known], all(map(_is_seen, known))
        probed = await self.prober.probe_together(told, step.output_meta, seen=seen)
        return [_described(file, look, None) for file, look in zip(known, probed, strict=True) if look]

    async def _kept(self, made: Sequence[File], source: Source, number: int) -> dict[str, File | OSError]:
        """Of several those that are small, by their ids, stored and hashed by one visit to the disk.

        The first that cannot be stored is the last: its error waits until those before it are told of.
        """
        if len(made) < 2:
            return {}
        job, numbered = source.job, enumerate(made, number)
        small = {_identity(each, source, at): each for at, each in numbered if _is_small(each, source)}
        stored = await self.files.keep_all([(each.bytes, id) for id, each in small.items()], job.assembly)
        kept: dict[str, File | OSError] = {}
        for (id, each), found in zip(small.items(), stored, strict=True):
            try:
                at = found or await self._stored(each, job, id)
            except OSError as error:
                kept[id] = error
                break
            file = replace(each, id=id, tag=None, path=at.path, size=at.size, md5hash=at.md5hash)
            kept[id] = _asked_of(file, source.step)
        return kept

    async def _stored(self, made: File, job: Job, identity: str) -> Stored:
        """What failed among others may succeed alone, and if not it is known why."""
        path = await self.files.keep(made.bytes, job.assembly, identity)
        return Stored(path, *await measured(path))

    async def _look(self, file: File, step: Step) -> Look:
        look = partial(self.prober.probe, file.bytes, file.name, step.output_meta, seen=_is_seen(file))
        return await _looked(look, step)

    async def looks(
        self, file: File, step: Step, hurried: bool, seen: Callable[[], Awaitable[bool]]
    ) -> AsyncIterator[Published]:
        """The same, if `hurried` in two steps when the first of them is much quicker: only the last is whole.

        In between `seen` says whether a job reads the file by now, which may tell what it sees.
        """
        if not hurried:
            yield await self.analysed(file, step)
            return
        file, (glanced, ignored) = await self._glanced(file, step)
        sight = self.prober.sights.of(file.bytes)
        whole = glanced.whole and file.md5hash is not None
        yield _described(file, replace(glanced, whole=whole), ignored)
        if not glanced.whole:
            told = sight if await seen() else None
            rest = partial(self.prober.complete, file.bytes, glanced, step.output_meta, told)
            file, (glanced, ignored) = await asyncio.gather(_hashed(file), _looked(rest, step))
        if not whole:
            yield _described(await _hashed(file), glanced, ignored)

    async def _glanced(self, file: File, step: Step) -> tuple[File, Look]:
        """One that is not small is hashed when jobs that are in a hurry have begun."""
        glance = _looked(partial(self.prober.glance, file.bytes, file.name, step.output_meta), step)
        size = file.bytes.stat().st_size
        if size > SMALL:
            return replace(file, size=size), await glance
        return await asyncio.gather(_hashed(file), glance)


async def _hashed(file: File) -> File:
    """An upload with its size and hash."""
    if file.md5hash:
        return file
    size, md5hash = await measured(file.bytes)
    return replace(file, size=size, md5hash=md5hash)


def _described(file: File, probed: Probed, ignored: Mapping[str, Any] | None) -> Published:
    meta = {**probed.meta, **file.meta}
    return Published(replace(file, mime=probed.mime, type=probed.type, meta=meta), ignored, probed.whole)


async def _looked(look: Callable[[], Awaitable[Probed]], step: Step) -> Look:
    try:
        return await _patiently(look), None
    except Unreadable as error:
        if "meta" not in step.ignore_errors | step.forgives:
            raise RobotError(error.message, error.code, **error.details, phase="meta") from error
        return error.probed, {"error": error.code or "FILE_META_DATA_ERROR", "message": error.message}


async def _patiently(look: Callable[[], Awaitable[Probed]]) -> Probed:
    """A look that fails by chance is taken again, as jobs are."""
    for pause in retry.PAUSES:
        try:
            return await look()
        except RobotError as error:
            if not error.retry:
                raise
        await asyncio.sleep(pause)
    return await look()


def _identity(made: File, source: Source, number: int) -> str:
    """Files of an import have their places, for when it runs again they come in another order."""
    return result_id(source.job.id, number if source.inputs or not made.place else made.place - 1)


def _asked_of(file: File, step: Step) -> File:
    """What pixels show is metadata, too, whoever says it."""
    if step.output_meta is not False:
        return file
    return replace(file, meta={key: value for key, value in file.meta.items() if key not in PIXELS})


def _is_seen(file: File) -> bool:
    return file.meta.keys() >= PIXELS


def _is_small(made: File, source: Source) -> bool:
    """Whether it is a new file, a plain one, that keeps no other one waiting."""
    if made.path is None or any(made.path == item.path for item in source.inputs):
        return False
    try:
        return _alone(made).stat().st_size <= SMALL
    except ToolFailed:
        return False


def _published(done: Published, source: Source) -> Published:
    user_meta = {**done.file.user_meta, **source.step.user_meta}
    return replace(done, file=_with_origin(replace(done.file, user_meta=user_meta, path=None), source))


def _alone(made: File) -> Path:
    """Robots run tools on hostile bytes: what they leave must be a plain file, and no second name of another one."""
    try:
        found = made.bytes.lstat()
    except OSError as error:
        raise ToolFailed(f"The result {made.name} is not there.") from error
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
        raise ToolFailed(f"The result {made.name} is no plain file.")
    return made.bytes


def _with_origin(file: File, source: Source) -> File:
    """Results keep the identity of their originals; an imported file is an original itself."""
    if not source.inputs:
        known = file.original_id or file.id
        return replace(file, original_id=known, original_md5hash=file.md5hash)
    if source.step.robot_class.inputs != "bundle":
        return file
    originals: dict[str, Any] = {}
    for item in source.inputs:
        for key in item.original_id if isinstance(item.original_id, tuple) else (item.original_id,):
            originals[key] = None
    return replace(file, original_id=next(iter(originals)) if len(originals) == 1 else tuple(originals))
