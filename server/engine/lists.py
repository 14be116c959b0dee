"""Lists: which Assemblies an account has, a page at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

import orjson

from server.database.base import Rows
from server.engine.runner import Runner
from server.engine.ticket import Ticket, redeem
from server.model.listed import AssemblyListing, item, words

AT_ONCE = 50  # so many are read in one transaction, for others wait meanwhile
Item = dict[str, Any]


class Lists:
    """Each account sees its own Assemblies only."""

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self.store = runner.store
        self.records = runner.records

    async def page(self, account: str, wish: AssemblyListing, ticket: Ticket | None) -> tuple[list[Item], int]:
        """One page, and how many there are on all."""
        here = self._is_here(wish)
        if here and not wish.keywords:
            ids, count = await self._ids(account, wish, ticket)
        else:
            await self.store.tx(lambda rows: redeem(rows, ticket))
            found = await self._with_words(account, wish) if here else []
            ids, count = wish.paged(found), len(found)
        house = self.runner.house
        place = {"instance": house.instance, "region": house.region}
        return [{**told, **place} for told in await self.items(ids)], count

    async def every(self, account: str, wish: AssemblyListing) -> list[str]:
        """The ids on all pages."""
        if not self._is_here(wish):
            return []
        first = wish.model_copy(update={"page": 1})
        return await self.store.tx(lambda rows: _page(rows, account, first, -1))

    def _is_here(self, wish: AssemblyListing) -> bool:
        return wish.region in (None, self.runner.house.region)

    async def _ids(self, account: str, wish: AssemblyListing, ticket: Ticket | None) -> tuple[Sequence[str], int]:
        def act(rows: Rows) -> tuple[list[str], int]:
            redeem(rows, ticket)
            counted = rows.one("count_assemblies", **wish.asked(account))
            return _page(rows, account, wish, wish.pagesize), counted["count"] if counted else 0

        return await self.store.tx(act)

    async def _with_words(self, account: str, wish: AssemblyListing) -> list[str]:
        """All that match, in order. Fields lie sealed, so they can only be searched where they are opened."""
        known = await self.every(account, wish)
        wanted = [word.lower() for word in wish.keywords]
        found: list[str] = []
        for some in batches(known):
            texts = await self._texts(some)
            found += [id for id in some if id in texts and all(word in texts[id] for word in wanted)]
        return found

    async def _texts(self, ids: Sequence[str]) -> dict[str, str]:
        def act(rows: Rows) -> list[tuple[dict[str, Any], Item]]:
            return [
                (row, told) for id in ids if (row := rows.one("assembly", id=id)) and (told := self._item(rows, row))
            ]

        def read(found: list[tuple[dict[str, Any], Item]]) -> dict[str, str]:
            return {row["id"]: self._text(row, told) for row, told in found}

        return await asyncio.to_thread(read, await self.store.tx(act))

    def _text(self, row: dict[str, Any], told: Item) -> str:
        return words(told, self.records.params(row), orjson.loads(row["head"])["error"])

    async def items(self, ids: Sequence[str]) -> list[Item]:
        """In this order; one may have gone since it was counted."""
        items: list[Item] = []
        for some in batches(ids):
            items += await self.store.tx(partial(self._batch, some))
        return items

    def _batch(self, ids: Sequence[str], rows: Rows) -> list[Item]:
        return [told for id in ids if (row := rows.one("item", id=id)) and (told := self._item(rows, row))]

    def _item(self, rows: Rows, row: dict[str, Any]) -> Item | None:
        """Of one that goes on, as it is now; of one that has ended, as it was put down then."""
        if row["item"]:
            told: Item = orjson.loads(row["item"])
            return told
        assembly = self.records.load(rows, row["id"])
        return item(assembly) if assembly else None


def _page(rows: Rows, account: str, wish: AssemblyListing, size: int) -> list[str]:
    found = rows.all(
        "assembly_ids",
        **wish.asked(account),
        by=wish.sort,
        sign=-1 if wish.order == "desc" else 1,
        size=size,
        start=(wish.page - 1) * wish.pagesize,
    )
    return [row["id"] for row in found]


def batches(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]
