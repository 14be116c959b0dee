"""Recovery: what a start does about the end of the server before, whatever end that was."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Iterable
from pathlib import Path

from robots.tools import orphans
from server import shortage
from server.database.base import Store
from server.engine.files import Files
from server.engine.runner import Runner
from server.engine.uploads import Uploads
from server.model.assembly import Assembly
from server.model.events import Crashed
from tus import durable

log = logging.getLogger(__name__)
LOST = "A file that this Assembly needs is gone from the disk of this server."


class Recovery:
    """`folder` is the data folder; `owner` marks the processes of its servers."""

    def __init__(self, runner: Runner, uploads: Uploads, folder: Path, owner: str) -> None:
        self.runner = runner
        self.store: Store = runner.store
        self.uploads = uploads
        self.files: Files = uploads.files
        self.folder = folder
        self.owner = owner

    async def clean(self) -> None:
        """Removes what the server before left. Nothing may run yet: a file comes before its row."""
        if ended := await asyncio.to_thread(orphans.end, self.owner):
            log.warning("%d processes had outlived the server before and were ended", ended)
        await asyncio.to_thread(self._empty)
        removed = sum([await self._remove_strangers(prefix) for prefix in await self.files.prefixes()])
        if removed:
            log.info("%d files belonged to no record and were removed", removed)

    async def go_on(self, at: float) -> None:
        """Goes on with every Assembly that was not over; one that cannot go on keeps none of the others back."""
        found = await self.runner.unfinished()
        for assembly_id in found:
            try:
                await self._go_on(assembly_id, at)
            except Exception as error:
                if shortage.sentence(error):
                    raise  # it is not the record that is damaged
                log.exception("the record of Assembly %s is damaged, so it has ended", assembly_id)
                await self.runner.give_up(assembly_id, at)
        await self.uploads.resume(found)

    async def _go_on(self, assembly_id: str, at: float) -> None:
        await self.runner.resume(assembly_id, at)
        paths = await self.runner.read(assembly_id, self._needed)
        if lost := await asyncio.to_thread(_missing, paths or []):
            log.error("Assembly %s has ended, for %s is gone", assembly_id, lost)
            await self.runner.deliver(assembly_id, Crashed(LOST, at))

    def _needed(self, assembly: Assembly) -> list[Path]:
        """What the jobs that wait will read, and the uploads that are still to be looked at."""
        inputs = {item.file for job in assembly.jobs.values() if job.active for item in job.inputs}
        files = [assembly.files[name].file for name in inputs]
        kept = [self.files.path(assembly.id, file.id) for file in files if file.md5hash]  # a stub has no bytes
        waiting = [upload.id for upload in assembly.uploads.values() if upload.received and not upload.analysed]
        return [] if assembly.terminal else [*kept, *map(self.uploads.store.path, waiting)]

    async def _remove_strangers(self, prefix: str) -> int:
        rows = await self.store.tx(lambda rows: rows.all("kept_files", first=prefix, last=prefix + "g"))
        try:
            return await self.files.remove_strangers(prefix, {(row["assembly"], row["id"]) for row in rows})
        except OSError as error:
            log.warning("what belongs to no record could not be removed: %s", error)
            return 0

    def _empty(self) -> None:
        for left in (self.folder / "scratch").iterdir():
            shutil.rmtree(left, ignore_errors=True)
        durable.remove_drafts(self.folder / "uploads")


def _missing(paths: Iterable[Path]) -> Path | None:
    return next((path for path in paths if not path.exists()), None)
