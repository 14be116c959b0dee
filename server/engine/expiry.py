"""Expiry: removes what has outlived its time, and ends what takes longer than it may."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from server.database.base import Rows, Store
from server.engine import ticket
from server.engine.files import Files
from server.engine.jumps import Jumps
from server.engine.records import Records
from server.engine.runner import Runner
from server.engine.uploads import Uploads
from server.engine.workspace import remove_left
from server.model.assembly import Assembly
from server.model.events import Expired
from tus.failpoint import failpoint

log = logging.getLogger(__name__)
CHILD_TABLES = ("uploads", "files", "jobs", "seals", "notifications", "attempts")


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """Seconds: how long uploading and executing may take, and how long results and records are kept."""

    uploading: float
    executing: float
    results: float
    records: float


class Expiry:
    """Only ended Assemblies lose anything, and the row says so before the first file goes."""

    def __init__(self, runner: Runner, files: Files, uploads: Uploads, lifetimes: Lifetimes, scratch: Path) -> None:
        self.runner = runner
        self.store: Store = runner.store
        self.records: Records = runner.records
        self.files = files
        self.uploads = uploads
        self.lifetimes = lifetimes
        self.scratch = scratch

    async def run(self, every: float, now: Callable[[], float]) -> None:
        """Sweeps until it is cancelled."""
        jumps = Jumps(now)
        while True:
            await asyncio.sleep(every)
            if jumps.just_happened():
                continue
            try:
                await self.sweep(now())
            except Exception:
                log.exception("the sweep broke off; the next one goes on")

    async def sweep(self, at: float) -> None:
        await asyncio.to_thread(remove_left, self.scratch)
        await self._end_late(at)
        await self._remove_results(at)
        await self._remove_records(at)
        await self._remove_uploads(at)
        await self.store.tx(lambda rows: ticket.forget(rows, at))

    async def _end_late(self, at: float) -> None:
        before = at - min(self.lifetimes.uploading, self.lifetimes.executing)
        for assembly_id in await self._ids("late_assemblies", before=before):
            if await self.runner.read(assembly_id, lambda assembly: self._late(assembly, at)):
                await self.runner.deliver(assembly_id, Expired(at))
                await self.uploads.discard(assembly_id)

    def _late(self, assembly: Assembly, at: float) -> bool:
        if assembly.uploaded is None:
            return at - assembly.created > self.lifetimes.uploading
        return at - assembly.uploaded > self.lifetimes.executing

    async def _remove_results(self, at: float) -> None:
        while stale := await self._ids("stale_assemblies", at=at, lifetime=self.lifetimes.results):
            for assembly_id in stale:
                failpoint("W14.before")
                uploads = await self.store.tx(partial(_mark_swept, assembly_id))
                failpoint("W14.after")
                await self.files.remove(assembly_id)
                for upload_id in uploads:
                    await self.uploads.remove(upload_id)

    async def _remove_records(self, at: float) -> None:
        while old := await self._ids("old_assemblies", at=at, lifetime=self.lifetimes.records):
            for assembly_id in old:
                await self.store.tx(partial(self._delete, assembly_id))

    def _delete(self, assembly_id: str, rows: Rows) -> None:
        self.records.forget(assembly_id)
        for table in CHILD_TABLES:
            rows.run(f"delete_{table}", id=assembly_id)
        rows.run("delete_assembly", id=assembly_id)

    async def _remove_uploads(self, at: float) -> None:
        """Unfinished ones that were left, and finished ones, whose bytes their Assembly has long taken over."""
        store, before = self.uploads.store, at - self.lifetimes.results
        over = [upload.id for upload in await store.all() if upload.finished and upload.created < before]
        for upload_id in dict.fromkeys([*await store.expired(at), *over]):
            await self.uploads.remove(upload_id)

    async def _ids(self, query: str, **moments: float) -> list[str]:
        rows = await self.store.tx(lambda rows: rows.all(query, **moments))
        return [row["id"] for row in rows]


def _mark_swept(assembly_id: str, rows: Rows) -> list[str]:
    """Its uploads, whose bytes it has long taken over."""
    rows.run("mark_swept", id=assembly_id)
    return [row["id"] for row in rows.all("uploads", assembly=assembly_id)]
