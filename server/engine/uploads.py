"""Uploads: the one door for bytes. What comes in by tus or in a form becomes a File of its Assembly."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

from robots.tools.filename import safe
from server.engine.admission import Admission
from server.engine.advances import Advances
from server.engine.begun import Begun
from server.engine.files import Files
from server.engine.intake import Intake
from server.engine.looks import Arrival, Looks
from server.engine.publisher import Publisher
from server.engine.runner import Runner
from server.errors import ApiError
from server.model.assembly import Assembly
from server.model.events import (
    Event,
    UploadAdvanced,
    UploadReceived,
    UploadRemoved,
    UploadStarted,
)
from server.model.job import digest
from server.tasks import Tasks
from tus.errors import TusError
from tus.failpoint import failpoint
from tus.hooks import Hooks
from tus.locker import Locker
from tus.stores.disk import DiskStore
from tus.upload import Upload

ASSEMBLY = re.compile(r"/assemblies/([0-9a-f]{32})/?(?:[?#].*)?$")
OURS = frozenset({"assembly_url", "fieldname", "filename"})


class Uploads(Hooks):
    """Answers to the client wait for durability, never for the reading of metadata."""

    def __init__(
        self,
        runner: Runner,
        store: DiskStore,
        locker: Locker,
        publisher: Publisher,
        tasks: Tasks,
        now: Callable[[], float],
        most_begun: int,
    ) -> None:
        self.runner = runner
        self.store = store
        self.locker = locker
        self.files: Files = publisher.files
        self.publisher = publisher
        self.looks = Looks(runner, publisher, now)
        self.tasks = tasks
        self.now = now
        self.admission = Admission(runner, now)
        self.begun = Begun(most_begun, self._unfinished)
        self.intake = Intake(runner.running, self.analyse)
        self.advances = Advances(runner, tasks, now)

    async def before_create(self, upload: Upload, request: object) -> Upload:
        assembly_id = assembly_of(upload)
        if any(_assembly(part) != assembly_id for part in upload.parts):
            raise TusError("ERR_INVALID_CONCAT")
        upload = replace(upload, id=f"{assembly_id}_{upload.id}")
        try:
            account = await self.admission.admit(assembly_id, upload.length)
            await self.begun.check(account)
        except ApiError as error:
            raise _refused(error) from error
        self.begun.add(account, upload.id)
        return upload

    async def before_extend(self, upload: Upload, size: int) -> int | None:
        try:
            return await self.admission.extend(_assembly(upload.id), size)
        except ApiError as error:
            await self.store.terminate(upload.id)
            self.begun.drop(upload.id)
            self.advances.drop(upload.id)
            raise _refused(error) from error

    async def after_create(self, upload: Upload, location: str) -> None:
        failpoint("W2.before")
        at = self.now()
        started = UploadStarted(
            upload.id,
            url=location if "://" in location else urljoin(self.runner.house.addresses.tus, location),
            filename=name_of(upload),
            fieldname=upload.metadata.get("fieldname"),
            length=upload.length,
            user_meta=user_meta(upload),
            at=at,
        )
        await self.runner.deliver(_assembly(upload.id), started, *_come_along(upload, at))
        failpoint("W2.after")
        if upload.finished:
            self.begun.drop(upload.id)
            self.intake.add(_assembly(upload.id), upload)

    async def after_receive(self, upload: Upload) -> None:
        failpoint("W3.after")
        if not upload.finished:  # which is told right after this, and says as much
            self.advances.note(_assembly(upload.id), upload)

    async def after_finish(self, upload: Upload) -> None:
        self.begun.drop(upload.id)
        self.advances.drop(upload.id)
        failpoint("W4.before")
        await self.runner.insist(_assembly(upload.id), UploadReceived(upload.id, upload.offset, self.now()))
        failpoint("W4.after")
        self.intake.add(_assembly(upload.id), upload)

    async def after_terminate(self, upload: Upload) -> None:
        self.begun.drop(upload.id)
        self.advances.drop(upload.id)
        await self.runner.deliver(_assembly(upload.id), UploadRemoved(upload.id))

    async def resume(self, assembly_ids: list[str]) -> None:
        """After a restart: uploads that were whole, but not known to be or not yet analysed. The others count again."""
        waiting, accounts = set(assembly_ids), dict[str, str | None]()
        for upload in await self.store.all():
            owner = _assembly(upload.id)
            if not upload.finished or upload.partial:
                if owner not in accounts:
                    accounts[owner] = await self.runner.read(owner, lambda assembly: assembly.account)
                self.begun.add(accounts[owner] or "", upload.id)
            elif owner in waiting:
                await self.after_finish(upload)

    async def discard(self, assembly_id: str) -> None:
        """An Assembly that has ended before its time waits for no more bytes; their clients are told so."""
        waiting = await self.runner.read(assembly_id, _unfinished)
        for upload_id in waiting or ():
            await self.remove(upload_id)

    async def remove(self, upload_id: str) -> None:
        async with self.locker.hold(upload_id, why="ERR_UPLOAD_STOPPED"):
            await self.store.terminate(upload_id)
        self.begun.drop(upload_id)

    async def analyse(self, assembly_id: str, uploads: Sequence[Upload]) -> None:
        """Makes Files of whole uploads."""
        await self.looks.take_all(assembly_id, [self._arrival(upload) for upload in uploads])

    def _arrival(self, upload: Upload) -> Arrival:
        field, path = upload.metadata.get("fieldname"), self.store.path(upload.id)
        return Arrival(digest(upload.id), name_of(upload), field, path, user_meta(upload), upload.id)

    async def _unfinished(self) -> set[str]:
        return {upload.id for upload in await self.store.all() if not upload.finished or upload.partial}


def assembly_of(upload: Upload) -> str:
    """The Assembly that an upload says it is for; the host in the URL does not matter, for it may be a proxy's."""
    match = ASSEMBLY.search(upload.metadata.get("assembly_url", ""))
    if match is None:
        raise _refused(ApiError("INVALID_FILE_META_DATA", "Upload-Metadata needs the assembly_url of an Assembly."))
    return match[1]


def name_of(upload: Upload) -> str:
    return safe(upload.metadata.get("filename", "")) or "file"


def user_meta(upload: Upload) -> dict[str, Any]:
    return {key: value for key, value in upload.metadata.items() if key not in OURS}


def _come_along(upload: Upload, at: float) -> list[Event]:
    """What to tell of the bytes that an upload had from its creation."""
    if upload.finished:
        return [UploadReceived(upload.id, upload.offset, at)]
    return [UploadAdvanced(upload.id, upload.offset, upload.length, at)] if upload.offset else []


def _unfinished(assembly: Assembly) -> list[str]:
    """What nobody may go on with, whole or not; uploads beyond those of a completed Assembly are let come."""
    if assembly.state == "completed" or not assembly.terminal:
        return []
    return [upload.id for upload in assembly.uploads.values() if not upload.analysed]


def _assembly(upload_id: str) -> str:
    return upload_id.partition("_")[0]


def _refused(error: ApiError) -> TusError:
    status = 413 if error.code == "MAX_SIZE_EXCEEDED" else error.status
    later = {"Retry-After": str(error.extra["info"]["retryIn"])} if "info" in error.extra else None
    return TusError(error.code, str(error), status=status, body=error.body(), headers=later)
