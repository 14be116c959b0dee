"""Notifier: sees that Notifications are sent, and sent again until they are delivered or have taken too long."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import uuid4

from server.database.base import Rows, Unwritable
from server.engine.courier import Courier, Letter
from server.engine.outbox import Due, Outbox
from server.engine.runner import INSIST_EVERY, Runner
from server.engine.ticket import Ticket, redeem
from server.errors import ApiError
from server.model.assembly import Assembly
from server.model.notification import Attempt, Notification, next_due, target_again
from server.model.payload import payload
from server.tasks import Tasks
from tus.failpoint import failpoint

log = logging.getLogger(__name__)
LONGEST_REST = 60.0  # seconds; a clock that was set back must not stop everything
AT_ONCE = 200  # that are looked at first
IN_ALL = 5000  # that are looked at when these go to a few targets only
NOBODY = ""  # the target of what takes no place


@dataclass(frozen=True, slots=True)
class Replay:
    """Who wants a Notification of an old end, and where: `url` is None for the Assembly's own notify_url.

    `fields` lie over those of the Assembly, for the variables of the address.
    """

    assembly: str
    account: str
    url: str | None
    fields: Mapping[str, Any]
    ticket: Ticket | None
    wait: bool


class Notifier:
    """At most `places` are on their way at a time; one that fails is tried again for `window` seconds."""

    def __init__(
        self, runner: Runner, courier: Courier, *, places: int, window: float, now: Callable[[], float]
    ) -> None:
        self.runner = runner
        self.outbox: Outbox = runner.outbox
        self.courier = courier
        self.places = places
        self.share = max(1, places // 4)  # a target that is dead must leave some places to the others
        self.window = window
        self.now = now
        self.tasks = Tasks()
        self.replays = asyncio.Semaphore(places)
        self._sending: dict[str, str] = {}

    async def run(self) -> None:
        """Sends what is due until it is cancelled, first of all what the server before has left."""
        while True:
            self.outbox.awake.clear()
            try:
                rest = await self._start_due()
            except Exception:
                log.exception("what is due to be sent could not be found")
                rest = LONGEST_REST
            with suppress(TimeoutError):
                async with asyncio.timeout(rest):
                    await self.outbox.awake.wait()

    async def close(self, grace: float) -> None:
        """What is on its way may arrive; all else goes on at the next start."""
        await self.tasks.close(grace)

    async def replay(self, wish: Replay) -> tuple[str, Attempt | None]:
        """A new Notification, and what came of it if that is waited for; raises ApiError.

        One that is waited for is tried once: who waits can ask again.
        """
        at = self.now()
        made = Notification(uuid4().hex, wish.assembly, at, at)
        self._sending[made.id] = NOBODY
        try:
            await self.runner.store.tx(partial(self._replay, wish, made))
            if not wish.wait:
                return made.id, None
            task = self.tasks.start(self._once(made.id))
            await asyncio.wait({task})
            return made.id, task.result()
        finally:
            self._ended(made.id)

    async def log(self, assembly_id: str) -> tuple[Assembly, list[tuple[Notification, list[Attempt]]]] | None:
        """All that was sent of an Assembly, with what came of it; None when there is no such Assembly."""

        def act(rows: Rows) -> tuple[Assembly, list[tuple[Notification, list[Attempt]]]] | None:
            assembly = self.runner.records.load(rows, assembly_id)
            return (assembly, self.outbox.log(rows, assembly_id)) if assembly else None

        return await self.runner.store.tx(act)

    def _replay(self, wish: Replay, made: Notification, rows: Rows) -> None:
        redeem(rows, wish.ticket)
        assembly = self.runner.records.load(rows, wish.assembly)
        if assembly is None or assembly.account != wish.account:
            raise ApiError("ASSEMBLY_NOT_FOUND", assembly_id=wish.assembly)
        if not assembly.terminal:
            raise ApiError("ASSEMBLY_NOT_FINISHED", assembly_id=wish.assembly)
        url = target_again(assembly.instructions, assembly.id, wish.url, wish.fields)
        if url is None:
            raise ApiError("ASSEMBLY_NO_NOTIFY_URL", assembly_id=wish.assembly)
        elsewhere = url if url != assembly.notify_url else None
        self.outbox.add(rows, assembly, replace(made, url=elsewhere))

    async def _start_due(self) -> float:
        """Fills the free places; how long nothing else will be due."""
        room = self.places - sum(target != NOBODY for target in self._sending.values())
        if room <= 0:
            return LONGEST_REST
        at, store = self.now(), self.runner.store
        found, later = await store.tx(partial(self.outbox.due, at=at, most=AT_ONCE))
        if len(found) == AT_ONCE and len(self._in_turn(found)) < room:
            few = 2 * self.share  # the first may be on their way already
            found = await store.tx(partial(self.outbox.due_elsewhere, at=at, most=IN_ALL, few=few))
        for id, target in self._in_turn(found)[:room]:
            self._sending[id] = target
            self.tasks.start(self._patiently(id))
        return LONGEST_REST if later is None else min(max(later - at, 0.0), LONGEST_REST)

    def _in_turn(self, found: Sequence[Due]) -> list[Due]:
        """One of each target, then another one of each, up to its share."""
        held = Counter(self._sending.values())
        waiting: list[tuple[int, str, str]] = []
        for id, target in found:
            if id not in self._sending and held[target] < self.share:
                held[target] += 1
                waiting.append((held[target], id, target))
        return [(id, target) for _, id, target in sorted(waiting, key=lambda one: one[0])]

    async def _patiently(self, id: str) -> None:
        try:
            await self._send(id, self.window)
        except Exception:
            log.exception("Notification %s could not be sent; the next start tries again", id)
            self._sending[id] = NOBODY
        else:
            self._ended(id)

    async def _once(self, id: str) -> Attempt | None:
        async with self.replays:
            return await self._send(id, window=0.0)

    def _ended(self, id: str) -> None:
        self._sending.pop(id, None)
        self.outbox.awake.set()

    async def _send(self, id: str, window: float) -> Attempt | None:
        """One attempt; None when there is nothing to send any more."""
        letter = await self.runner.store.tx(partial(self._letter, id))
        if letter is None:
            return None
        attempt = await self.courier.carry(letter)
        due = next_due(letter.sent, self.now(), window) if attempt.error else None
        failpoint("W12.before")
        await self._insist(partial(self._record, letter.sent, attempt, due))
        failpoint("W12.after")
        if attempt.error:
            rest = f"another attempt is made in {due - self.now():.0f} s" if due else "it was given up"
            log.warning("Notification %s of Assembly %s: %s (%s)", id, letter.sent.assembly, attempt.error, rest)
        return attempt

    def _letter(self, id: str, rows: Rows) -> Letter | None:
        sent = self.outbox.read(rows, id)
        assembly = self.runner.records.load(rows, sent.assembly) if sent else None
        if sent is None or sent.due is None or sent.due > self.now() or assembly is None:
            return None
        url = sent.url or assembly.notify_url or ""
        return Letter(sent, assembly.account, assembly.auth_key, url, payload(assembly, self.runner.house))

    def _record(self, sent: Notification, attempt: Attempt, due: float | None, rows: Rows) -> None:
        tried = self.outbox.record(rows, sent, attempt, due)
        assembly = self.runner.records.load(rows, sent.assembly)
        if assembly and assembly.notification and assembly.notification.id == sent.id:
            assembly.notification = tried

    async def _insist(self, act: Callable[[Rows], None]) -> None:
        """What was sent was sent, even if that cannot be saved just now."""
        while True:
            try:
                return await self.runner.store.tx(act)
            except Unwritable as error:
                log.error("what came of a Notification waits until the database can be written again: %s", error)
            await asyncio.sleep(INSIST_EVERY)
