"""Assemblies for tests, with toy robots, and the files that come to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from robots.base.file import File
from server.model.assembly import Assembly
from server.model.commands import Command, StartJob
from server.model.events import Event, FileUploaded, JobFinished, JobStarted, ResultMade, UploadReceived, UploadStarted
from server.model.job import Job, digest
from server.model.parts import Request
from tests.server.model.toys import instructions

ID = "7828446e5acd4aa996dce3455ec914e9"


def assembly(steps: Mapping[str, Any], uploads: int = 0, **request: Any) -> Assembly:
    top = {key: request.pop(key) for key in ("emit_execution_progress", "notify_url") if key in request}
    return Assembly(ID, "account", instructions(steps, **top), Request("{}", uploads=uploads, **request), created=100.0)


def photo(name: str, **more: Any) -> File:
    key = digest(name)
    known = {"id": key, "original_id": key, "original_name": name, "type": "image", "mime": "image/jpeg", "size": 1000}
    return File(name=name, **{**known, **more})


def upload(life: Assembly, file: File, at: float = 101.0, ignored: Mapping[str, Any] | None = None) -> list[Command]:
    """A whole tus upload, from its creation to the analysed file."""
    upload_id = f"{ID}_{file.id}"
    url = f"http://host/resumable/files/{upload_id}"
    happened: tuple[Event, ...] = (
        UploadStarted(upload_id, url, file.name, file.field, file.size, {}, at),
        UploadReceived(upload_id, file.size, at),
        FileUploaded(file, upload_id, at, ignored),
    )
    return [command for event in happened for command in life.receive(event)]


def add(life: Assembly, file: File, at: float = 101.0) -> list[Command]:
    """A whole file that was fetched for a reserved place."""
    upload_id = f"{ID}_{file.id}"
    happened: tuple[Event, ...] = (
        UploadStarted(upload_id, "", file.name, file.field, file.size, {}, at, tus=False),
        UploadReceived(upload_id, file.size, at),
        FileUploaded(file, upload_id, at),
    )
    return [command for event in happened for command in life.receive(event)]


def glanced(life: Assembly, file: File, at: float = 101.0) -> list[Command]:
    """A whole tus upload of which no more is known yet than its header says."""
    upload_id = f"{ID}_{file.id}"
    happened: tuple[Event, ...] = (
        UploadStarted(upload_id, f"http://host/resumable/files/{upload_id}", file.name, file.field, file.size, {}, at),
        UploadReceived(upload_id, file.size, at),
        FileUploaded(file, upload_id, at, whole=False),
    )
    return [command for event in happened for command in life.receive(event)]


def started(commands: list[Command]) -> list[Job]:
    return [command.job for command in commands if isinstance(command, StartJob)]


def result(job: Job, name: str = "result.jpg", **more: Any) -> File:
    original = job.inputs[0].file if job.inputs else digest(job.id, name)
    return photo(name, **{"id": digest(job.id, name), "original_id": original, **more})


def run(life: Assembly, job: Job, *files: File, at: float = 110.0) -> list[Command]:
    """A job from its start to its end, with these results."""
    happened: list[Event] = [
        JobStarted(job.id, at),
        *(ResultMade(job.id, file, at) for file in files),
        JobFinished(job.id, at),
    ]
    return [command for event in happened for command in life.receive(event)]
