"""Publisher: takes what a robot made out of the scratch folder, looks at it, and gives it its identity."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from robots.base.errors import RobotError, ToolFailed
from robots.base.file import File
from robots.probe.probe import Prober, Unreadable
from server.engine.files import Files
from server.model.job import Job, result_id
from server.model.step import Step


class Source(Protocol):
    """The job that a file comes from."""

    @property
    def job(self) -> Job: ...
    @property
    def step(self) -> Step: ...
    @property
    def inputs(self) -> tuple[File, ...]: ...


class Publisher:
    """A result is stored, durable and analysed before anybody hears of it."""

    def __init__(self, files: Files, prober: Prober) -> None:
        self.files = files
        self.prober = prober

    async def publish(self, made: File, source: Source, number: int) -> File:
        job, step = source.job, source.step
        identity = result_id(job.id, number)
        if made.path is None:  # a stub of a file that was not fetched
            return _with_origin(replace(made, id=identity), source)
        size, md5hash = await self.files.keep(_regular(made), job.assembly, identity)
        file = replace(made, id=identity, size=size, md5hash=md5hash, tag=None, path=None)
        if not _untouched(made, source):
            file = await self.analysed(file, job.assembly, step)
        return _with_origin(replace(file, user_meta={**file.user_meta, **step.user_meta}), source)

    async def analysed(self, file: File, assembly: str, step: Step) -> File:
        """The file with its type and metadata; what the robot said of it stands."""
        try:
            probed = await self.prober.probe(self.files.path(assembly, file.id), file.name, step.output_meta)
        except Unreadable as error:
            if "meta" not in step.ignore_errors:
                raise _in_phase(error, "meta") from error
            probed = error.probed
        return replace(file, mime=probed.mime, type=probed.type, meta={**probed.meta, **file.meta})


def _regular(made: File) -> Path:
    """Robots run tools on hostile bytes: what they leave must be a plain file."""
    if made.bytes.is_symlink() or not made.bytes.is_file():
        raise ToolFailed(f"The result {made.name} is not there.")
    return made.bytes


def _untouched(made: File, source: Source) -> bool:
    return any(made.path == item.path for item in source.inputs)


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


def _in_phase(error: RobotError, phase: str) -> RobotError:
    return RobotError(error.message, error.code, **{**error.details, "phase": phase})
