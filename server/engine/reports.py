"""Reports: what an account used, what it runs now, and what it ran."""

from __future__ import annotations

import asyncio
import uuid
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Any

from server.database.base import Rows
from server.engine.lists import Lists, batches
from server.engine.ticket import Ticket, redeem
from server.errors import ApiError
from server.model import usage
from server.model.listed import AssemblyListing
from server.model.stats import AssemblyStats, Span, slot_stats

Json = dict[str, Any]


class Reports:
    """Each account is told of itself only."""

    def __init__(self, lists: Lists) -> None:
        self.lists = lists
        self.store = lists.store

    async def bill(self, account: str, month: str, ticket: Ticket | None) -> Json:
        """Raises ApiError for a month in which nothing was used."""

        def act(rows: Rows) -> list[Json]:
            redeem(rows, ticket)
            return rows.all("usage", account=account, month=month)

        if not (found := await self.store.tx(act)):
            raise ApiError("BILL_NOT_FOUND")
        return usage.bill(uuid.uuid5(uuid.NAMESPACE_OID, f"{account} {month}").hex, month, found)

    async def job_slots(self, account: str, ticket: Ticket | None) -> Json:
        """The jobs that run, by server, Assembly and step; those of the queue `batch` take no slot."""

        def act(rows: Rows) -> list[Json]:
            redeem(rows, ticket)
            return rows.all("running_jobs", account=account)

        found, slots = await self.store.tx(act), defaultdict[str, Json](dict)
        for row in found:
            slots[row["assembly"]][row["step"]] = row["count"]
        count = sum(row["count"] for row in found)
        return {"count": count, "slots": {self.lists.runner.house.instance: slots} if slots else {}}

    async def assemblies(self, account: str, wish: AssemblyListing, at: float, ticket: Ticket | None) -> Json:
        stats = AssemblyStats(wish.fromdate or 0, at)
        for id_batch in batches(await self._ids(account, wish, ticket)):
            for item in await self.lists.items(id_batch):
                stats.add(item)
        return stats.told()

    async def slots(
        self, account: str, wish: AssemblyListing, aggregation: str, at: float, ticket: Ticket | None
    ) -> Json:
        """Jobs that began after that moment; those that run are counted as far as they have come."""
        spans: list[Span] = []
        for id_batch in batches(await self._ids(account, wish, ticket)):
            spans += await self.store.tx(partial(_spans, id_batch, at))
        return await asyncio.to_thread(slot_stats, spans, wish.fromdate or 0, at, aggregation)

    async def _ids(self, account: str, wish: AssemblyListing, ticket: Ticket | None) -> list[str]:
        await self.store.tx(lambda rows: redeem(rows, ticket))
        return await self.lists.every(account, wish)


def _spans(ids: Sequence[str], at: float, rows: Rows) -> list[Span]:
    return [(row["started"], row["finished"] or at) for id in ids for row in rows.all("job_times", assembly=id)]
