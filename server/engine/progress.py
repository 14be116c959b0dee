"""Progress: what the tools of running jobs report, told to the watchers every now and then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from server.bus.base import Bus
from server.engine.runner import Runner
from server.model import news, progress
from server.model.assembly import Assembly
from server.model.job import Job
from server.model.news import News


class Progress:
    """Fractions live in memory only: after a restart a job starts from its beginning."""

    def __init__(self, runner: Runner, bus: Bus, every: float) -> None:
        self.runner = runner
        self.bus = bus
        self.every = every
        self._fractions: dict[str, dict[str, float]] = {}
        self._told: dict[str, dict[str, Any]] = {}

    def reporter(self, job: Job) -> Callable[[float], None]:
        """What a job calls with the fraction that is done."""
        fractions = self._fractions.setdefault(job.assembly, {})
        fractions[job.id] = 0.0

        def report(fraction: float) -> None:
            fractions[job.id] = max(fraction, fractions.get(job.id, 0.0))

        return report

    def ended(self, job: Job) -> None:
        self._fractions.get(job.assembly, {}).pop(job.id, None)

    async def run(self) -> None:
        """Tells until it is cancelled."""
        while True:
            await asyncio.sleep(self.every)
            for assembly_id in list(self._fractions):
                await self._tell(assembly_id)

    async def _tell(self, assembly_id: str) -> None:
        fractions = dict(self._fractions.get(assembly_id, {}))
        told = await self.runner.read(assembly_id, lambda assembly: _payload(assembly, fractions))
        if told is None:
            self._forget(assembly_id)
            return
        told = never_back(self._told.get(assembly_id), told)
        if told != self._told.get(assembly_id):
            self._told[assembly_id] = told
            await self.bus.publish(assembly_id, [News(news.PROGRESS, (told,))])

    def _forget(self, assembly_id: str) -> None:
        self._fractions.pop(assembly_id, None)
        self._told.pop(assembly_id, None)


def _payload(assembly: Assembly, fractions: dict[str, float]) -> dict[str, Any] | None:
    """None when nobody wants to hear of it, or not any more."""
    if assembly.terminal or not assembly.instructions.emit_execution_progress:
        return None
    return progress.progress(assembly, fractions)


def never_back(before: dict[str, Any] | None, now: dict[str, Any]) -> dict[str, Any]:
    """New files make the whole larger; nobody likes to see a bar go back."""
    if before is None:
        return now
    best = {entry["original_id"]: entry["progress"] for entry in before["progress_per_original_file"]}
    return {
        "progress_combined": max(before["progress_combined"], now["progress_combined"]),
        "progress_per_original_file": [
            {**entry, "progress": max(entry["progress"], best.get(entry["original_id"], 0))}
            for entry in now["progress_per_original_file"]
        ],
    }
