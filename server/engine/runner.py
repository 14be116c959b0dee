"""Runner: whatever happens to an Assembly goes through `deliver`: load, receive, save, carry out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from server import shortage
from server.bus.base import Bus
from server.database.base import Rows, Store
from server.engine.outbox import Outbox
from server.engine.quota import Quota
from server.engine.records import Records
from server.engine.running import Running
from server.engine.ticket import Ticket
from server.errors import ApiError
from server.model import news, status
from server.model.assembly import Assembly
from server.model.commands import Command, Notify, Publish, StartJob, StopJobs
from server.model.events import Event
from server.model.news import News
from server.model.status import House
from server.queue.base import Queue
from server.tasks import Tasks
from tus.failpoint import failpoint

T = TypeVar("T")
log = logging.getLogger(__name__)
INSIST_EVERY = 1.0
TOLD = {news.UPLOADING_FINISHED: "W6", news.FINISHED: "W11", news.CANCELED: "W13"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is left to do when a change is saved."""

    assembly: str
    starts: tuple[StartJob, ...]
    stop: bool
    news: tuple[News, ...]
    notify: bool = False

    def passes(self, side: str) -> None:
        """The failpoints on one side of its commit."""
        rows = [*(["W7"] if self.starts else []), *(TOLD.get(piece.name) for piece in self.news)]
        for row in filter(None, rows):
            failpoint(f"{row}.{side}")


class Runner:
    """Commit, then submit, then tell: who hears of a change can already read it."""

    def __init__(
        self,
        store: Store,
        records: Records,
        queue: Queue,
        bus: Bus,
        running: Running,
        quota: Quota = Quota(),  # noqa: B008 - it is frozen
        outbox: Outbox | None = None,
    ) -> None:
        self.store = store
        self.records = records
        self.queue = queue
        self.bus = bus
        self.running = running
        self.quota = quota
        self.outbox = outbox or Outbox()
        self.timers = Tasks()
        self.house: House

    async def create(self, assembly: Assembly, at: float, *happened: Event, ticket: Ticket | None = None) -> None:
        """Saves a new Assembly, to which this has already happened, and starts it.

        An id can be used once, and so can a ticket: raises ApiError.
        """

        def act(rows: Rows) -> Outcome | str:
            if self.records.load(rows, assembly.id):
                return "DO_NOT_REUSE_ASSEMBLY_IDS"
            self.quota.admit(rows, assembly.account)
            if ticket and not ticket.spend(rows):
                return "SIGNATURE_REUSE_DETECTED"
            commands = [*assembly.open(at), *(command for event in happened for command in assembly.receive(event))]
            assembly.mark()
            return self._saved(rows, assembly, commands)

        failpoint("W1.before")
        outcome = await self.store.tx(act)
        failpoint("W1.after")
        if isinstance(outcome, str):
            raise ApiError(outcome, assembly_id=assembly.id)
        await self._carry_out(outcome)

    async def deliver(self, assembly_id: str, *happened: Event) -> bool:
        """Moves an Assembly on; False when there is none."""
        return await self.deliver_and_read(assembly_id, happened, lambda assembly: True) or False

    async def deliver_and_read(
        self, assembly_id: str, happened: Sequence[Event], view: Callable[[Assembly], T]
    ) -> T | None:
        """Moves an Assembly on, and shows it as it then is; None when there is none."""

        def act(rows: Rows) -> tuple[Outcome, T] | None:
            assembly = self.records.load(rows, assembly_id)
            if assembly is None:
                return None
            commands = [command for event in happened for command in assembly.receive(event)]
            commands += self.quota.enforce(assembly, happened)
            return self._saved(rows, assembly, commands), view(assembly)

        done = await self.store.tx(act)
        if done is None:
            return None
        await self._carry_out(done[0])
        return done[1]

    async def insist(self, assembly_id: str, *happened: Event) -> bool:
        """Moves an Assembly on by what has happened already: when it cannot be saved, as soon as it can."""
        return await self.insist_and_read(assembly_id, happened, lambda assembly: True) or False

    async def insist_and_read(
        self, assembly_id: str, happened: Sequence[Event], view: Callable[[Assembly], T]
    ) -> T | None:
        return await _insisting(lambda: self.deliver_and_read(assembly_id, happened, view))

    async def insist_on_reading(self, assembly_id: str, view: Callable[[Assembly], T]) -> T | None:
        """What a view shows of a saved Assembly, as soon as it can be read."""
        return await _insisting(lambda: self.read(assembly_id, view))

    async def read(self, assembly_id: str, view: Callable[[Assembly], T]) -> T | None:
        """What a view shows of a saved Assembly; None when there is none."""

        def act(rows: Rows) -> T | None:
            assembly = self.records.load(rows, assembly_id)
            return view(assembly) if assembly else None

        return await self.store.tx(act)

    def glance(self, assembly_id: str, view: Callable[[Assembly], T]) -> T | None:
        """The same at once, of one that is in memory; some of what it shows may not be saved yet, nor ever be."""
        assembly = self.records.kept(assembly_id)
        return view(assembly) if assembly else None

    async def status(self, assembly_id: str) -> dict[str, Any] | None:
        return await self.read(assembly_id, lambda assembly: status.status(assembly, self.house))

    async def milestones(self, assembly_id: str) -> list[News] | None:
        return await self.read(assembly_id, lambda assembly: status.milestones(assembly, self.house))

    async def unfinished(self) -> list[str]:
        """The Assemblies that were not over when the server stopped."""
        return await self.store.tx(lambda rows: [row["id"] for row in rows.all("open_assemblies")])

    async def give_up(self, assembly_id: str, at: float) -> None:
        """Ends an Assembly whose record cannot be read."""

        def act(rows: Rows) -> None:
            self.records.forget(assembly_id)
            rows.run("give_up", id=assembly_id, at=at)

        await self.store.tx(act)
        self.queue.drop(assembly_id)

    async def resume(self, assembly_id: str, at: float) -> None:
        """Goes on with an Assembly after a restart."""

        def act(rows: Rows) -> Outcome | None:
            assembly = self.records.load(rows, assembly_id)
            return self._saved(rows, assembly, assembly.resume(at)) if assembly else None

        if outcome := await self.store.tx(act):
            await self._carry_out(outcome)

    def _saved(self, rows: Rows, assembly: Assembly, commands: Sequence[Command]) -> Outcome:
        self.records.save(rows, assembly)
        notify = any(isinstance(command, Notify) for command in commands)
        if notify:
            self.outbox.write(rows, assembly)
        outcome = Outcome(
            assembly.id,
            starts=tuple(c for c in commands if isinstance(c, StartJob)) if not assembly.terminal else (),
            stop=any(isinstance(command, StopJobs) for command in commands),
            news=tuple(
                status.told(assembly, command, self.house) for command in commands if isinstance(command, Publish)
            ),
            notify=notify,
        )
        outcome.passes("before")
        return outcome

    async def _carry_out(self, outcome: Outcome) -> None:
        outcome.passes("after")
        if outcome.stop:
            self.queue.drop(outcome.assembly)
            self.running.stop(outcome.assembly)
        self.queue.put(start.job for start in outcome.starts if not start.after)
        for start in outcome.starts:
            if start.after:
                self.timers.start(self._later(start))
        if outcome.notify:
            self.outbox.awake.set()
        if outcome.news:
            await self.bus.publish(outcome.assembly, outcome.news)

    async def _later(self, start: StartJob) -> None:
        """A restart in between does no harm: it queues the job at once."""
        await asyncio.sleep(start.after)
        self.queue.put([start.job])


async def _insisting(act: Callable[[], Awaitable[T]]) -> T:
    """Does what has to be done, again and again while the machine has too little of something."""
    while True:
        try:
            return await act()
        except Exception as error:
            if not shortage.sentence(error):
                raise
            log.error("an Assembly waits until it can be read and written again: %s", error)
        await asyncio.sleep(INSIST_EVERY)
