"""Auth keys: those of an account, as its owner makes, changes and removes them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.database.base import Rows, Store
from server.engine.accounts import Accounts, changes, key_of, new_id, new_row
from server.engine.kept import kept
from server.engine.ticket import Ticket, redeem
from server.errors import ApiError
from server.model.account import Account, AuthKey, AuthKeyParams, NewAuthKeyParams
from server.model.listing import moment
from server.model.rights import Scopes, covers, written
from server.vault import Broken, place

CODES = {what: f"AUTH_KEY_NOT_{what}" for what in ("CREATED", "UPDATED", "DELETED")}
SECRET = "AUTH_SECRET_NOT_RETRIEVED"
UNKNOWN = "There is no such auth key."
FROM_SETTINGS = "This auth key stands in the settings of the server, and can be changed only there."
MOST = 1000  # keys of one account
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asker:
    """Whose keys are meant, and what the key or token that asks may do itself. What it does spends its `ticket`."""

    account: str
    scopes: Scopes
    at: float
    ticket: Ticket | None = None


class AuthKeys:
    """The keys of every account; each sees its own. Nobody gets more rights than he has by making or changing keys."""

    def __init__(self, accounts: Accounts) -> None:
        self.accounts = accounts
        self.store: Store = accounts.store
        self.vault = accounts.vault

    async def create(self, asker: Asker, wish: NewAuthKeyParams) -> Json:
        """Tells the secret, this once."""
        code, account = CODES["CREATED"], self.accounts.account(asker.account)
        if wish.scope is None:
            raise ApiError(code, "`scope` is missing: it names what the key may do, such as `assemblies:write`.")
        made = new_key(account, wish)
        _check(asker, made)

        def act(rows: Rows) -> Json:
            redeem(rows, asker.ticket)
            if len(rows.all("auth_keys", account=account.id)) >= MOST:
                raise ApiError(code, f"An account has at most {MOST} auth keys.")
            if made.key == self.accounts.first.key or not rows.run(
                "add_auth_key", **new_row(self.vault, made, asker.at)
            ):
                raise ApiError(code, "There is an auth key of this name already.")
            return {**told(_row(rows, account.id, made.id, code)), "auth_secret": made.secret}

        return await self._changed(act)

    async def page(self, asker: Asker) -> list[Json]:
        """All of them, the oldest first."""

        def act(rows: Rows) -> list[Json]:
            redeem(rows, asker.ticket)
            return [told(row) for row in rows.all("auth_keys", account=asker.account)]

        known = await self.store.tx(act)
        return [self._first(), *known] if asker.account == self.accounts.first.account.id else known

    async def update(self, asker: Asker, id: str, wish: AuthKeyParams) -> Json:
        code, account = CODES["UPDATED"], self._account(asker, id, CODES["UPDATED"])

        def act(rows: Rows) -> Json:
            redeem(rows, asker.ticket)
            known = key_of(_row(rows, account.id, id, code), "", account)
            made = known.changed(wish)
            _check(asker, known, made)
            rows.run("change_auth_key", id=id, account=account.id, **changes(made, asker.at))
            return told(_row(rows, account.id, id, code))

        return await self._changed(act)

    async def delete(self, asker: Asker, id: str) -> None:
        code, account = CODES["DELETED"], self._account(asker, id, CODES["DELETED"])

        def act(rows: Rows) -> Json:
            redeem(rows, asker.ticket)
            _check(asker, key_of(_row(rows, account.id, id, code), "", account))
            rows.run("delete_auth_key", id=id, account=account.id)
            return {}

        await self._changed(act)

    async def secret(self, asker: Asker, id: str) -> tuple[str, str]:
        """The key and its secret, if it was made so that it can be shown."""
        account = self._account(asker, id, SECRET)

        def act(rows: Rows) -> Json:
            redeem(rows, asker.ticket)
            return _row(rows, account.id, id, SECRET)

        row = await self.store.tx(act)
        _check(asker, key_of(row, "", account))
        if not row["shown"]:
            raise ApiError(SECRET, "The secret of this auth key was shown when it was made, and is not shown again.")
        try:
            return row["auth_key"], self.vault.open(row["secret"], place("auth_keys", account.id, id))
        except Broken as error:
            raise ApiError(SECRET, f"The secret cannot be read: {error}.") from error

    async def _changed(self, act: Any) -> Json:
        done: Json = await kept(self.store, act)
        await self.accounts.load()
        return done

    def _account(self, asker: Asker, id: str, code: str) -> Account:
        if id == self.accounts.first.id and asker.account == self.accounts.first.account.id:
            raise ApiError(code, FROM_SETTINGS)
        return self.accounts.account(asker.account)

    def _first(self) -> Json:
        """Of the key in the settings nothing is kept."""
        first, about = self.accounts.first, "The key in the settings of the server."
        times = {"created": None, "modified": None, "last_used": None}
        return {**_item(first), **times, "description": about, "can_show_auth_secret": False}


def new_key(account: Account, wish: NewAuthKeyParams) -> AuthKey:
    """A key and secret that nobody can guess, unless its owner wants a key of his own."""
    key = wish.auth_key or secrets.token_hex(16)
    return AuthKey(key, secrets.token_hex(20), account, new_id()).changed(wish)


def told(row: Mapping[str, Any]) -> Json:
    """A key as its owner reads it, without the secret."""
    times = {name: moment(row[name]) for name in ("created", "modified", "last_used")}
    return {**_item(key_of(row, "", Account(row["account"]))), **times}


def _item(key: AuthKey) -> Json:
    return {
        "id": key.id,
        "auth_key": key.key,
        "description": key.description,
        "scope": None if key.scopes is None else written(key.scopes),
        "signature_algo": key.algo,
        "is_active": key.active,
        "is_allowed_for_smartcdn": key.smart_cdn,
        "can_show_auth_secret": key.shown,
    }


def _row(rows: Rows, account: str, id: str, code: str) -> Json:
    row = rows.one("auth_key", account=account, id=id)
    if row is None:
        raise ApiError(code, UNKNOWN)
    return row


def _check(asker: Asker, *keys: AuthKey) -> None:
    if not all(covers(asker.scopes, key.scopes) for key in keys):
        raise ApiError("INSUFFICIENT_AUTH_SCOPE", "The auth key has scopes that the one of this request lacks.")
