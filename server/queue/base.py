"""Queue: brings jobs to workers. Only transport: the truth is in the database, and a lost job is asked for again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from server.model.job import Job


class Queue(Protocol):
    """Fair between accounts and between their Assemblies; live jobs come before batch jobs."""

    def put(self, jobs: Iterable[Job]) -> None:
        """Hands jobs on, after they were saved."""

    async def take(self, work: str) -> Job:
        """The next job of a class of work; waits until there is one that may have a place."""

    def done(self, job: Job) -> None:
        """Gives back the place of a job that was taken, however it ended."""

    def __len__(self) -> int:
        """How many wait."""

    def drop(self, assembly: str) -> None:
        """Forgets the waiting jobs of an Assembly."""
