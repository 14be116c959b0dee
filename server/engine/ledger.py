"""Ledger: what the rates of a minute have counted, so that a restart gives nobody a fresh allowance."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from server.database.base import Rows, Store
from server.engine.rates import Rate
from tus.failpoint import failpoint

log = logging.getLogger(__name__)
EVERY = 1.0


class Ledger:
    """Written beside the requests and never by them: a crash forgets the last second, and a full disk stops nobody.

    Rates count by `clock`, which nobody can set; a restart is seen by `now`, which goes on without a server.
    """

    def __init__(
        self,
        store: Store,
        rates: Mapping[str, Rate],
        now: Callable[[], float],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.store = store
        self.rates = rates
        self.now = now
        self.clock = clock
        self._failing = False

    async def load(self) -> None:
        """Goes on with what the server before has counted; nobody waits for longer because the time was set back."""
        at, moment = self.now(), self.clock()
        rows = await self.store.tx(lambda rows: rows.all("rates", at=at))
        for name, rate in self.rates.items():
            counted = {row["name"]: row["whole"] for row in rows if row["rate"] == name}
            rate.restore({who: moment + min(whole - at, rate.seconds) for who, whole in counted.items()}, moment)

    async def run(self) -> None:
        """Saves until it is cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            await self.save()

    async def save(self) -> None:
        """Writes what has changed, if anything has; what cannot be written now is tried again."""
        counted = {name: found for name, rate in self.rates.items() if (found := rate.unsaved())}
        if not counted:
            return
        at = self.now()
        ahead = at - self.clock()
        rows = [
            {"rate": name, "name": who, "whole": whole + ahead}
            for name, found in counted.items()
            for who, whole in found.items()
        ]
        failpoint("W16.before")
        try:
            await self.store.tx(partial(_write, rows, at))
        except Exception:
            if not self._failing:
                log.exception("what the rates have counted cannot be saved; a restart now would forget it")
            self._failing = True
            return
        failpoint("W16.after")
        self._failing = False
        for name, found in counted.items():
            self.rates[name].saved(found)


def _write(counted: list[dict[str, Any]], at: float, rows: Rows) -> None:
    rows.each("save_rate", counted)
    rows.run("forget_rates", at=at)
