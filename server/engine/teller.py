"""Teller: tells of what a job has made, soon after each result; of the last one with the job's end, if that is near."""

from __future__ import annotations

import asyncio
from typing import Self

from server.engine.runner import Runner
from server.model.events import JobFailed, JobFinished, ResultMade
from tus.failpoint import failpoint

SOON = 0.01  # seconds; most robots make one result and are done, and then two changes of the Assembly are one


class Teller:
    """Results are told in their order, those that come together in one change, and before the next ones are taken."""

    def __init__(self, runner: Runner, assembly: str) -> None:
        self._runner = runner
        self._assembly = assembly
        self._held: tuple[ResultMade, ...] = ()
        self._timer: asyncio.TimerHandle | None = None
        self._telling: asyncio.Future[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *failure: object) -> None:
        """What is not told by now will be made again."""
        self._stop()
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.gather(self._telling, return_exceptions=True)

    async def add(self, *results: ResultMade) -> None:
        await self._settle()
        self._held = results
        self._timer = asyncio.get_running_loop().call_later(SOON, self._begin)

    async def end(self, ending: JobFinished | JobFailed) -> None:
        self._stop()
        if self._telling is not None:
            await self._settle()
        await self._tell(ending)

    async def _settle(self) -> None:
        self._stop()
        if self._held and self._telling is None:
            self._begin()
        if self._telling is not None:
            await asyncio.shield(self._telling)  # a job whose time is over has its end told after it
        self._telling = None

    def _begin(self) -> None:
        self._telling = asyncio.ensure_future(self._tell())

    async def _tell(self, *ending: JobFinished | JobFailed) -> None:
        made = self._held
        await self._runner.insist(self._assembly, *made, *ending)
        self._held = ()
        if made:
            failpoint("W9.after")

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
