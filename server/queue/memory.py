"""The queue of one process: for each class of work, turn about between accounts, then between Assemblies."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from robots.tools.turns import MORE, Owner, Places, Turns
from server.model.job import Job


class MemoryQueue:
    """Jobs wait here by reference only; how many there can be is bounded by the limits of an Assembly.

    `places` says how many jobs of a class of work any one Assembly may have out at the same time, `more` how many are
    kept beyond those for who has none.
    """

    def __init__(self, places: Mapping[str, int] = {}, more: Mapping[str, int] = {}) -> None:
        self._places = places
        self._more = more
        self._lanes: dict[str, Lane] = {}

    def put(self, jobs: Iterable[Job]) -> None:
        for job in jobs:
            self._lane(job.work).put(job)

    async def take(self, work: str) -> Job:
        return await self._lane(work).take()

    def done(self, job: Job) -> None:
        self._lane(job.work).done(job)

    def drop(self, assembly: str) -> None:
        for lane in self._lanes.values():
            lane.drop(assembly)

    def __len__(self) -> int:
        return sum(len(lane) for lane in self._lanes.values())

    def _lane(self, work: str) -> Lane:
        return self._lanes.setdefault(work, Lane(Places(self._places.get(work), self._more.get(work, MORE))))


class Lane:
    """One class of work: live jobs first, each kind in turns."""

    def __init__(self, places: Places) -> None:
        self._live: Turns[Job] = Turns()
        self._batch: Turns[Job] = Turns()
        self._places = places
        self._changed = asyncio.Event()
        self._known: set[str] = set()

    def __len__(self) -> int:
        return len(self._known)

    def put(self, job: Job) -> None:
        if job.id in self._known:
            return
        self._known.add(job.id)
        (self._batch if job.batch else self._live).put(_owner(job), job)
        self._changed.set()

    async def take(self) -> Job:
        while (job := self._live.next(self._places) or self._batch.next(self._places)) is None:
            self._changed.clear()
            await self._changed.wait()
        self._known.discard(job.id)
        self._places.take(_owner(job))
        return job

    def done(self, job: Job) -> None:
        self._places.give_back(_owner(job))
        self._changed.set()

    def drop(self, assembly: str) -> None:
        for turns in (self._live, self._batch):
            self._known.difference_update(job.id for job in turns.drop(assembly))


def _owner(job: Job) -> Owner:
    return Owner(job.account, job.assembly)
