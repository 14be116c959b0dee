"""Advances: how far uploads are, told at once and then every now and then, however small their pieces."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from server.engine.runner import Runner
from server.model.events import UploadAdvanced
from server.tasks import Tasks
from tus.upload import Upload

EVERY = 0.25  # seconds; each time is a transaction, and the bytes themselves are what counts


class Advances:
    """Remembers the newest state of each upload that is on its way."""

    def __init__(self, runner: Runner, tasks: Tasks, now: Callable[[], float]) -> None:
        self._runner = runner
        self._tasks = tasks
        self._now = now
        self._newest: dict[str, Upload] = {}

    def note(self, assembly: str, upload: Upload) -> None:
        """Has it told, now or with what comes next."""
        telling = upload.id in self._newest
        self._newest[upload.id] = upload
        if not telling:
            self._tasks.start(self._tell(assembly, upload.id))

    def drop(self, upload: str) -> None:
        """Of one that is whole, or gone, more is told elsewhere."""
        self._newest.pop(upload, None)

    async def _tell(self, assembly: str, id: str) -> None:
        told = None
        try:
            while (upload := self._newest.get(id)) is not None and upload is not told:
                told = upload
                await self._runner.deliver(assembly, UploadAdvanced(id, upload.offset, upload.length, self._now()))
                await asyncio.sleep(EVERY)
        finally:
            self.drop(id)
