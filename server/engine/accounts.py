"""Accounts: who may use this server, and with which auth keys. All lie in memory, as each request asks for one."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import orjson

from server.database.base import Rows, Store
from server.errors import ApiError
from server.model.account import Account, AuthKey
from server.model.rights import scopes
from server.vault import Broken, Vault, place

log = logging.getLogger(__name__)
TABLE = "auth_keys"
LOOK_EVERY = 1.0


class Accounts:
    """Those in the database, and the first one, whose key the settings tell."""

    def __init__(self, store: Store, vault: Vault, first: AuthKey) -> None:
        self.store = store
        self.vault = vault
        self.first = first
        self._keys: dict[str, Mapping[str, Any]] = {}
        self._accounts: dict[str, Account] = {first.account.id: first.account}
        self._version = -1
        self._used: dict[str, float] = {}

    async def load(self) -> None:
        """Reads all of them anew."""
        accounts, keys, self._version = await self.store.tx(_read)
        known = {row["id"]: account_of(row, self.first.account) for row in accounts}
        self._accounts = {self.first.account.id: self.first.account, **known}
        self._keys = {row["auth_key"]: row for row in keys}

    async def run(self, now: Callable[[], float]) -> None:
        """Notices what the command line changes, and notes when keys were used, until it is cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                await self.look(now())
            except Exception:
                log.exception("the accounts could not be looked at; the next time they may")

    async def look(self, at: float) -> None:
        used, self._used = self._used, {}

        def act(rows: Rows) -> int:
            for id, when in used.items():
                rows.run("use_auth_key", id=id, at=when)
            return _version(rows)

        if await self.store.tx(act) != self._version:
            await self.load()

    def account(self, id: str) -> Account:
        """One that is no longer there has nothing of its own, as its Assemblies may still run."""
        return self._accounts.get(id) or Account(id)

    def named(self, name: str) -> Account | None:
        return next((account for account in self._accounts.values() if account.name == name), None)

    def find(self, key: str) -> AuthKey | None:
        """By what a request calls it; raises ApiError when its secret cannot be opened."""
        if key == self.first.key:
            return replace(self.first, account=self.account(self.first.account.id)) if self.first.secret else None
        row = self._keys.get(key)
        account = self._accounts.get(row["account"]) if row else None
        return self._opened(row, account) if row and account else None

    def used(self, key: AuthKey, at: float) -> None:
        """Remembers it; the database is told later, and all at once."""
        if key.key in self._keys:
            self._used[key.id] = at

    def _opened(self, row: Mapping[str, Any], account: Account) -> AuthKey:
        try:
            secret = self.vault.open(row["secret"], place(TABLE, row["account"], row["id"]))
        except Broken as error:
            raise ApiError("GET_ACCOUNT_DB_ERROR", f"The secret of this auth.key cannot be read: {error}.") from error
        return key_of(row, secret, account)


def new_row(vault: Vault, made: AuthKey, at: float) -> dict[str, Any]:
    """What is kept of a key; its secret is sealed."""
    sealed = vault.seal(made.secret, place(TABLE, made.account.id, made.id))
    told = {"id": made.id, "account": made.account.id, "auth_key": made.key, "secret": sealed, "created": at}
    return {**told, "shown": made.shown, **changes(made, at)}


def changes(made: AuthKey, at: float) -> dict[str, Any]:
    """What of it can be changed."""
    return {
        "description": made.description,
        "scope": None if made.scopes is None else " ".join(sorted(made.scopes)),
        "algo": made.algo,
        "active": made.active,
        "smart_cdn": made.smart_cdn,
        "modified": at,
    }


def key_of(row: Mapping[str, Any], secret: str, account: Account) -> AuthKey:
    return AuthKey(
        row["auth_key"],
        secret,
        account,
        row["id"],
        row["description"],
        None if row["scope"] is None else scopes(row["scope"]),
        row["algo"],
        bool(row["active"]),
        bool(row["smart_cdn"]),
        bool(row["shown"]),
    )


def account_of(row: Mapping[str, Any], first: Account) -> Account:
    """What the settings demand of the first account, its own options cannot take back."""
    account = Account(row["id"], row["name"]).changed(orjson.loads(row["options"]))
    if account.id == first.id and first.require_signature:
        return replace(account, require_signature=True)
    return account


def new_id() -> str:
    return uuid.uuid4().hex


def _read(rows: Rows) -> tuple[list[dict[str, Any]], list[dict[str, Any]], int]:
    return rows.all("accounts"), rows.all("all_auth_keys"), _version(rows)


def _version(rows: Rows) -> int:
    """A number that is another one when somebody else has changed the database."""
    row = rows.one("data_version")
    return int(row["data_version"]) if row else 0
