"""Register: how the operator adds, changes and removes accounts; plain functions of SQL, for any process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from server.database.base import Rows
from server.engine.accounts import account_of, new_id, new_row
from server.engine.auth_keys import new_key
from server.model.account import FIRST, Account, AuthKey, NewAuthKeyParams
from server.vault import Vault

Options = Mapping[str, Any]


class Refused(Exception):
    """What the operator asks for cannot be; the sentence says why."""


def add(rows: Rows, vault: Vault, name: str, options: Options, at: float) -> AuthKey:
    """A new account and its first key, which may do everything."""
    account = Account(new_id(), name)
    kept = orjson.dumps(options).decode()
    if name == FIRST or not rows.run("add_account", id=account.id, name=name, options=kept, created=at):
        raise Refused(f"there is an account {name} already.")
    return add_key(rows, vault, account, at)


def add_key(rows: Rows, vault: Vault, account: Account, at: float) -> AuthKey:
    """One more key of an account, which may do everything."""
    made = new_key(account, NewAuthKeyParams(description="Made by the operator."))
    rows.run("note_master_key", id=vault.first)
    rows.run("add_auth_key", **new_row(vault, made, at))
    return made


def found(rows: Rows, name: str, first: Account) -> Account:
    """By name; raises Refused."""
    for account in listed(rows, first):
        if account.name == name:
            return account
    raise Refused(f"there is no account {name}; `account list` names all.")


def listed(rows: Rows, first: Account) -> list[Account]:
    """All of them, the first one too, which has a row only when it has options."""
    known = [account_of(row, first) for row in rows.all("accounts")]
    return known if any(account.id == first.id for account in known) else [first, *known]


def change(rows: Rows, name: str, options: Options, first: Account, at: float) -> None:
    """Lays options over those that an account has; one that is None is that of the settings again."""
    account = found(rows, name, first)
    row = next((row for row in rows.all("accounts") if row["id"] == account.id), None)
    known = {**(orjson.loads(row["options"]) if row else {}), **options}
    kept = orjson.dumps({name: value for name, value in known.items() if value is not None}).decode()
    if row is None:
        rows.run("add_account", id=account.id, name=account.name, options=kept, created=at)
    rows.run("change_account", id=account.id, options=kept)


def remove(rows: Rows, name: str, first: Account) -> None:
    """An account with its keys, Templates and Template Credentials. Its Assemblies end and expire as all do."""
    account = found(rows, name, first)
    if account.id == first.id:
        raise Refused("the first account is that of the settings: change auth_key and auth_secret instead.")
    for table in ("auth_keys", "templates", "credentials"):
        rows.run(f"delete_{table}", account=account.id)
    rows.run("delete_account", id=account.id)
