"""The queue of one process: for each class of work, turn about between accounts, then between Assemblies."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Generic, TypeVar

from server.model.job import Job

T = TypeVar("T")


class MemoryQueue:
    """Jobs wait here by reference only; how many there can be is bounded by the limits of an Assembly."""

    def __init__(self) -> None:
        self._lanes: dict[str, Lane] = {}

    def put(self, jobs: Iterable[Job]) -> None:
        for job in jobs:
            self._lane(job.work).put(job)

    async def take(self, work: str) -> Job:
        return await self._lane(work).take()

    def drop(self, assembly: str) -> None:
        for lane in self._lanes.values():
            lane.drop(assembly)

    def __len__(self) -> int:
        return sum(len(lane) for lane in self._lanes.values())

    def _lane(self, work: str) -> Lane:
        return self._lanes.setdefault(work, Lane())


class Lane:
    """One class of work: live jobs first, each kind in turns."""

    def __init__(self) -> None:
        self._live: Turns[Turns[deque[Job]]] = Turns()
        self._batch: Turns[Turns[deque[Job]]] = Turns()
        self._waiting = 0
        self._available = asyncio.Semaphore(0)
        self._known: set[str] = set()

    def __len__(self) -> int:
        return self._waiting

    def put(self, job: Job) -> None:
        if job.id in self._known:
            return
        self._known.add(job.id)
        accounts = self._batch if job.batch else self._live
        accounts.at(job.account, Turns).at(job.assembly, deque).append(job)
        self._waiting += 1
        self._available.release()

    async def take(self) -> Job:
        while True:
            await self._available.acquire()
            if job := self._next(self._live) or self._next(self._batch):
                return job

    def drop(self, assembly: str) -> None:
        for accounts in (self._live, self._batch):
            for account in accounts.values():
                for job in account.pop(assembly) or ():
                    self._known.discard(job.id)
                    self._waiting -= 1

    def _next(self, accounts: Turns[Turns[deque[Job]]]) -> Job | None:
        while accounts:
            name, assemblies = accounts.turn()
            if not assemblies:
                accounts.pop(name)
                continue
            key, jobs = assemblies.turn()
            job = jobs.popleft()
            if not jobs:
                assemblies.pop(key)
            self._known.discard(job.id)
            self._waiting -= 1
            return job
        return None


class Turns(Generic[T]):
    """Things by name, each asked in its turn."""

    def __init__(self) -> None:
        self._things: dict[str, T] = {}

    def __bool__(self) -> bool:
        return bool(self._things)

    def at(self, name: str, make: type[T]) -> T:
        return self._things.setdefault(name, make())

    def turn(self) -> tuple[str, T]:
        """The one whose turn it is; it goes to the end of the line."""
        name = next(iter(self._things))
        thing = self._things.pop(name)
        self._things[name] = thing
        return name, thing

    def pop(self, name: str) -> T | None:
        return self._things.pop(name, None)

    def values(self) -> list[T]:
        return list(self._things.values())
