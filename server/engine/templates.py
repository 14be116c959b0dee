"""Templates: how they are kept. What is said to have happened is durable, and seen by whoever asks next."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import orjson

from server.database.base import Rows, Store
from server.engine.kept import kept
from server.engine.ticket import Ticket, redeem
from server.errors import ApiError
from server.model.builtin import PREFIX, builtin, builtins
from server.model.listing import Listing, moment
from server.model.template import WRONG, Template
from server.vault import Broken, Vault, place

TABLE = "templates"
TAKEN = "There is a Template with this name already."
AT_ONCE = 50  # so many are opened while keywords are looked for
T = TypeVar("T")


class Templates:
    """Those of every account; each sees its own, and the builtin ones."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self.store = store
        self.vault = vault

    async def create(self, account: str, params: Mapping[str, Any], at: float, ticket: Ticket | None) -> Template:
        made = Template(uuid.uuid4().hex, "", {}).changed(params)

        def act(rows: Rows) -> None:
            redeem(rows, ticket)
            if not rows.run("add_template", created=at, **self._row(account, made, at)):
                raise ApiError(WRONG, TAKEN)

        await kept(self.store, act)
        return made

    async def read(self, account: str, ref: str, ticket: Ticket | None = None) -> Template:
        """By id or by name; raises ApiError."""

        def act(rows: Rows) -> Template:
            redeem(rows, ticket)
            return builtin(ref) or self._found(rows, account, ref)

        return await self.store.tx(act)

    async def use(self, account: str, ref: str, at: float) -> Template:
        """The same for an Assembly that is made of it."""

        def act(rows: Rows) -> Template:
            found = builtin(ref) or self._found(rows, account, ref)
            rows.run("use_template", id=found.id, at=at)
            return found

        return await self.store.tx(act)

    async def update(
        self, account: str, ref: str, params: Mapping[str, Any], at: float, ticket: Ticket | None
    ) -> Template:
        """What the params do not name stays as it is."""
        _check_own(ref)

        def act(rows: Rows) -> Template:
            redeem(rows, ticket)
            made = self._found(rows, account, ref).changed(params)
            if not rows.run("change_template", **self._row(account, made, at)):
                raise ApiError(WRONG, TAKEN)
            return made

        return await kept(self.store, act)

    async def delete(self, account: str, ref: str, ticket: Ticket | None) -> None:
        _check_own(ref)

        def act(rows: Rows) -> None:
            redeem(rows, ticket)
            if not rows.run("delete_template", account=account, ref=ref):
                raise ApiError("TEMPLATE_NOT_FOUND")

        await kept(self.store, act)

    async def page(self, account: str, wish: Listing, ticket: Ticket | None) -> tuple[list[dict[str, Any]], int]:
        """One page, and how many there are on all."""

        def heads(rows: Rows) -> list[dict[str, Any]]:
            redeem(rows, ticket)
            return [] if wish.include_builtin.startswith("exclusively") else rows.all(TABLE, account=account)

        known = wish.sorted(await self.store.tx(heads))
        if wish.keywords:
            known = await self._with_words(account, known, wish.keywords)
        extra = [] if wish.include_builtin == "none" else [item for item in builtins() if _has(item, wish.keywords)]
        every = [*(row["id"] for row in known), *extra]  # builtin ones stand last, whatever the order
        page = wish.paged(every)
        told = await self._opened(account, [id for id in page if isinstance(id, str)])
        # One may have gone since it was counted.
        return [item for id in page if (item := told.get(id) if isinstance(id, str) else id)], len(every)

    async def _with_words(
        self, account: str, known: Sequence[Mapping[str, Any]], words: Sequence[str]
    ) -> list[Mapping[str, Any]]:
        """What is sealed can only be searched where it is opened, so only a few lie open at a time."""
        found: set[str] = set()
        for start in range(0, len(known), AT_ONCE):
            told = await self._opened(account, [row["id"] for row in known[start : start + AT_ONCE]])
            found |= {id for id, item in told.items() if _has(item, words)}
        return [row for row in known if row["id"] in found]

    async def _opened(self, account: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        def act(rows: Rows) -> list[dict[str, Any]]:
            found = (rows.one("template", account=account, ref=id) for id in ids)
            return [row for row in found if row]

        rows = await self.store.tx(act)
        return await asyncio.to_thread(lambda: {row["id"]: self._item(row) for row in rows})

    def _found(self, rows: Rows, account: str, ref: str) -> Template:
        row = rows.one("template", account=account, ref=ref)
        if row is None:
            raise ApiError("TEMPLATE_NOT_FOUND")
        return self._template(row)

    def _template(self, row: Mapping[str, Any]) -> Template:
        try:
            content = self.vault.open(row["content"], place(TABLE, row["account"], row["id"]))
        except Broken as error:
            raise ApiError("TEMPLATE_DB_ERROR", f'The Template "{row["name"]}" cannot be read: {error}.') from error
        return Template(
            row["id"], row["name"], content, bool(row["signed"]), row["status_expiry"], row["result_expiry"]
        )

    def _item(self, row: Mapping[str, Any]) -> dict[str, Any]:
        times = {name: moment(row[name]) for name in ("created", "modified", "last_used")}
        return {**self._template(row).told, "encryption_version": 1, **times}

    def _row(self, account: str, made: Template, at: float) -> dict[str, Any]:
        return {
            "id": made.id,
            "account": account,
            "name": made.name,
            "content": self.vault.seal(made.content, place(TABLE, account, made.id)),
            "signed": made.signed,
            "status_expiry": made.status_expiry,
            "result_expiry": made.result_expiry,
            "modified": at,
        }


def _check_own(ref: str) -> None:
    if ref.startswith(PREFIX):
        raise ApiError(WRONG, "A builtin Template stays as it is; make one of your own from its content.")


def _has(item: Mapping[str, Any], words: Sequence[str]) -> bool:
    text = f"{item['id']} {item['name']} {orjson.dumps(item['content']).decode()}".lower()
    return all(word.lower() in text for word in words)
