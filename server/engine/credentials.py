"""Template Credentials: how they are kept, sealed, and opened for the job that needs them."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from typing import Any, TypeVar

import orjson

from robots.base.errors import RobotError
from server.database.base import Rows, Store
from server.engine.kept import kept
from server.engine.ticket import Ticket, redeem
from server.errors import ApiError
from server.model.credential import INJECTION, Credential, named, unfit
from server.model.instructions import Instructions
from server.model.listing import Listing, moment
from server.model.step import Step
from server.vault import Broken, Vault, place

TABLE = "credentials"
CODES = {what: f"TEMPLATE_CREDENTIALS_NOT_{what}" for what in ("CREATED", "READ", "UPDATED", "DELETED", "FOUND")}
TAKEN = "There are Template Credentials with this name already."
UNKNOWN = "There are no such Template Credentials."
T = TypeVar("T")
Json = dict[str, Any]


class Credentials:
    """Those of every account; each sees its own. What the owner reads has the content as it was sent."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self.store = store
        self.vault = vault

    async def create(self, account: str, params: Mapping[str, Any], at: float, ticket: Ticket | None = None) -> Json:
        code = CODES["CREATED"]
        made = Credential(uuid.uuid4().hex, "", "", {}).changed(params, code)

        def act(rows: Rows) -> Json:
            redeem(rows, ticket)
            if not rows.run("add_credential", created=at, **self._row(account, made, at)):
                raise ApiError(code, TAKEN)
            return self._told(rows, account, made.id, code)

        return await kept(self.store, act)

    async def read(self, account: str, ref: str, ticket: Ticket | None = None) -> Json:
        """By id or by name; raises ApiError."""

        def act(rows: Rows) -> Json:
            redeem(rows, ticket)
            return self._told(rows, account, ref, CODES["READ"])

        return await self.store.tx(act)

    async def update(
        self, account: str, ref: str, params: Mapping[str, Any], at: float, ticket: Ticket | None = None
    ) -> Json:
        """What the params do not name stays as it is."""
        code = CODES["UPDATED"]

        def act(rows: Rows) -> Json:
            redeem(rows, ticket)
            made = self._credential(_row_of(rows, account, ref, code), code).changed(params, code)
            if not rows.run("change_credential", **self._row(account, made, at)):
                raise ApiError(code, TAKEN)
            return self._told(rows, account, made.id, code)

        return await kept(self.store, act)

    async def delete(self, account: str, ref: str, ticket: Ticket | None = None) -> None:
        def act(rows: Rows) -> None:
            redeem(rows, ticket)
            if not rows.run("delete_credential", account=account, ref=ref):
                raise ApiError(CODES["DELETED"], UNKNOWN)

        await kept(self.store, act)

    async def page(self, account: str, wish: Listing, ticket: Ticket | None = None) -> list[Json]:
        """One page of them."""

        def act(rows: Rows) -> list[Json]:
            redeem(rows, ticket)
            page = wish.paged(wish.sorted(rows.all(TABLE, account=account)))
            return [row for item in page if (row := rows.one("credential", account=account, ref=item["id"]))]

        rows = await self.store.tx(act)
        return await asyncio.to_thread(lambda: [self._item(row, CODES["FOUND"]) for row in rows])

    async def check(self, account: str, instructions: Instructions) -> None:
        """Raises ApiError when a step names some that do not exist, or not for its robot."""
        wanted = {step.name: name for step in instructions.steps.values() if (name := named(step)) and "${" not in name}
        if not wanted:
            return

        def act(rows: Rows) -> dict[str, str]:
            found = {name: rows.one("credential", account=account, ref=name) for name in set(wanted.values())}
            return {name: row["type"] for name, row in found.items() if row}

        known = await self.store.tx(act)
        for step, name in wanted.items():
            if error := unfit(instructions.steps[step], name, known.get(name)):
                raise error

    async def open(self, account: str, step: Step, name: str) -> Credential:
        """For the job of a step that names them; raises RobotError."""
        row = await self.store.tx(lambda rows: rows.one("credential", account=account, ref=name))
        try:
            if error := unfit(step, name, row["type"] if row else None):
                raise error
            return self._credential(row or {}, INJECTION)
        except ApiError as error:
            raise RobotError(error.reason or error.message, code=error.code) from error

    def _told(self, rows: Rows, account: str, ref: str, code: str) -> Json:
        return self._item(_row_of(rows, account, ref, code), code)

    def _item(self, row: Mapping[str, Any], code: str) -> Json:
        content = self._credential(row, code).content
        return {
            "id": row["id"],
            "account_id": row["account"],
            "name": row["name"],
            "type": row["type"],
            "content": content,
            "stringified": orjson.dumps(content).decode(),
            "created": moment(row["created"]),
            "modified": moment(row["modified"]),
            "deleted": None,
        }

    def _credential(self, row: Mapping[str, Any], code: str) -> Credential:
        try:
            content = self.vault.open(row["content"], place(TABLE, row["account"], row["id"]))
        except Broken as error:
            raise ApiError(code, f'The Template Credentials "{row["name"]}" cannot be read: {error}.') from error
        return Credential(row["id"], row["name"], row["type"], content)

    def _row(self, account: str, made: Credential, at: float) -> Json:
        sealed = self.vault.seal(made.content, place(TABLE, account, made.id))
        told = {"id": made.id, "account": account, "name": made.name, "type": made.type}
        return {**told, "content": sealed, "modified": at}


def _row_of(rows: Rows, account: str, ref: str, code: str) -> Json:
    row = rows.one("credential", account=account, ref=ref)
    if row is None:
        raise ApiError(code, UNKNOWN)
    return row
