"""Additions: files that an Assembly gets by their addresses, each for a place that was reserved before."""

from __future__ import annotations

import asyncio
import secrets
import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import ClassVar

from robots.base.errors import ImportFailed, RobotError
from robots.base.file import File
from robots.tools.http import Fetched, HttpClient
from robots.tools.turns import on_behalf_of
from server.engine.admission import over
from server.engine.looks import original, step_of, unusable
from server.engine.uploads import Uploads
from server.engine.workspace import scratch
from server.errors import ApiError
from server.model import retry
from server.model.assembly import Assembly
from server.model.events import FileReserved, FileUploaded, UploadFailed, UploadReceived, UploadStarted

ABREAST = 8  # of one account: each holds one of the connections that all outward requests share
TOO_LATE = "All files that this Assembly waited for have come, so it takes no more."
STOPPING = "This server stops just now; add the file again in a moment."


@dataclass(frozen=True, slots=True)
class Source:
    """Where a file is, and what its client says of it; `size` is in bytes, None if it is not known."""

    url: str
    name: str
    field: str | None
    size: int | None


@dataclass(frozen=True, slots=True)
class Room:
    """What an Assembly has for a file that is added: so many places, for so many bytes at most."""

    account: str
    places: int
    largest: int | None
    over: bool


class Additions:
    """A file is here and analysed before its place is taken: until then no crash and no failure costs the place."""

    pauses: ClassVar[Sequence[float]] = retry.PAUSES  # seconds before each new try

    def __init__(self, uploads: Uploads, http: HttpClient, folder: Path) -> None:
        self.uploads = uploads
        self.runner = uploads.runner
        self.http = http
        self.folder = folder
        self._coming: Counter[str] = Counter()
        self._abreast: defaultdict[str, asyncio.Semaphore] = defaultdict(partial(asyncio.Semaphore, ABREAST))

    async def reserve(self, assembly_id: str, size: int | None) -> None:
        """Has an Assembly wait for one more file. Raises ApiError."""
        _check_size(size, self.http.max_bytes)
        await self.uploads.admission.admit(assembly_id, size)
        reserved = FileReserved(self.uploads.now())
        if refusal := await self.runner.deliver_and_read(assembly_id, [reserved], _refusal):
            raise refusal

    async def add(self, assembly_id: str, source: Source) -> None:
        """Fetches a file for a reserved place; it is there for good when this returns. Raises ApiError."""
        room = await self.runner.read(assembly_id, _room)
        if room is None:
            raise ApiError("ASSEMBLY_NOT_FOUND", assembly_id=assembly_id)
        if room.over:
            raise over(assembly_id)
        _check_size(source.size, self.http.max_bytes if room.largest is None else room.largest)
        if room.places <= self._coming[assembly_id]:
            raise ApiError("ASSEMBLY_FILE_NOT_RESERVED", assembly_id=assembly_id)
        self._coming[assembly_id] += 1
        adding = self.runner.running.start(assembly_id, self._add(assembly_id, source, room))
        adding.add_done_callback(lambda _: self._came(assembly_id))
        await asyncio.wait({adding})
        if adding.cancelled():
            ended = await self.runner.read(assembly_id, lambda assembly: assembly.terminal)
            raise over(assembly_id) if ended else ApiError("CANNOT_ACCEPT_NEW_ASSEMBLIES", STOPPING)
        if refusal := adding.result():
            raise refusal

    async def _add(self, assembly_id: str, source: Source, room: Room) -> ApiError | None:
        async with self._abreast[room.account]:
            place = scratch(self.folder, f"add-{secrets.token_hex(8)}")
            with place as folder, on_behalf_of(room.account, assembly_id):
                try:
                    fetched = await self._fetched(source, folder / "file", room.largest)
                except ImportFailed as error:
                    return ApiError("FILE_DOWNLOAD_ERROR", error.message, assembly_id=assembly_id)
                name = source.name or fetched.name
                file = File(id=uuid.uuid4().hex, name=name, field=source.field, path=folder / "file", size=fetched.size)
                return await self._take(assembly_id, file)

    async def _fetched(self, source: Source, target: Path, largest: int | None) -> Fetched:
        """No more bytes than were told and are allowed; what may come right by itself is tried again."""
        limit = min(size for size in (source.size, largest, self.http.max_bytes) if size is not None)
        for pause in self.pauses:
            try:
                return await self.http.fetch(source.url, target, limit=limit)
            except ImportFailed as error:
                if not error.retry:
                    raise
            await asyncio.sleep(pause)
        return await self.http.fetch(source.url, target, limit=limit)

    async def _take(self, assembly_id: str, file: File) -> ApiError | None:
        """All that is known of it in one transaction, so that no start ever has to fetch it again."""
        upload, step = f"{assembly_id}_{file.id}", await self.runner.read(assembly_id, step_of)
        if step is None:
            return over(assembly_id)
        file = replace(file, path=await self.uploads.files.keep(file.bytes, assembly_id, file.id))
        last: FileUploaded | UploadFailed
        try:
            done = await self.uploads.publisher.analysed(file, step)
            last = FileUploaded(original(done.file), upload, self.uploads.now(), done.ignored)
        except RobotError as error:
            last = UploadFailed(unusable(error, file.name), upload, self.uploads.now(), file=file.id)
        began = UploadStarted(upload, "", file.name, file.field, file.size, {}, last.at, tus=False)
        happened = (began, UploadReceived(upload, file.size, last.at), last)
        taken = await self.runner.insist_and_read(assembly_id, happened, lambda assembly: upload in assembly.uploads)
        return None if taken else over(assembly_id)

    def _came(self, assembly_id: str) -> None:
        self._coming[assembly_id] -= 1
        if not self._coming[assembly_id]:
            del self._coming[assembly_id]


def _check_size(size: int | None, largest: int) -> None:
    if size is not None and size > largest:
        raise ApiError("MAX_SIZE_EXCEEDED", f"A file may have at most {largest} bytes.")


def _refusal(assembly: Assembly) -> ApiError | None:
    """Why no place was reserved: of many requests at once, not all have met what the others brought about."""
    if assembly.error and assembly.error["error"] == "MAX_NUMBER_OF_FILES_EXCEEDED":
        return ApiError(assembly.error["error"], assembly.error["message"])
    if assembly.terminal:
        return over(assembly.id)
    return ApiError("ASSEMBLY_SATURATED", TOO_LATE, assembly_id=assembly.id) if assembly.uploaded else None


def _room(assembly: Assembly) -> Room:
    return Room(assembly.account, assembly.vacant, assembly.request.max_size, assembly.terminal)
