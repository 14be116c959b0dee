"""Keyring: which master keys have sealed something, and the work of a rotation: all of it sealed with the first."""

from __future__ import annotations

import logging
from functools import partial

from server.database.base import Rows, Store
from server.vault import Broken, Vault, place

log = logging.getLogger(__name__)
NEWER = ("notifications", "auth_keys")  # what a file of an earlier version may lack
TABLES = ("templates", "credentials", "assemblies", "notifications", "auth_keys")


async def renew(store: Store, vault: Vault) -> None:
    """Seals with the first key from now on, and again what others have sealed; they may be taken away then."""
    if not await store.tx(partial(_note, vault)):
        return
    for table in TABLES:
        after: str | None = ""
        while after is not None:
            after = await store.tx(partial(_renew_some, vault, table, after))
    await store.tx(partial(_forget, vault))


def in_use(rows: Rows) -> set[str]:
    """The names of the keys that have sealed something."""
    there = {row["name"] for row in rows.all("tables")}
    newer = [f"keys_of_{table}" for table in NEWER if table in there]
    return {row["id"] for query in ("keys_in_use", *newer) for row in rows.all(query)}


def _note(vault: Vault, rows: Rows) -> bool:
    """Whether other keys are noted beside the first one."""
    noted = {row["id"] for row in rows.all("master_keys")}
    if vault.first not in noted:
        rows.run("note_master_key", id=vault.first)
    return bool(noted - {vault.first})


def _renew_some(vault: Vault, table: str, after: str, rows: Rows) -> str | None:
    """Goes through a few rows in one transaction; gives the last of them, or None at the end."""
    found = rows.all(f"sealed_{table}", after=after)
    for row in found:
        try:
            sealed = vault.renewed(row["sealed"], place(table, row["account"], row["id"]))
        except Broken as error:
            log.error("row %s of %s stays as it is: %s", row["id"], table, error)
            continue
        if sealed is not None:
            rows.run(f"reseal_{table}", id=row["id"], sealed=sealed)
    return found[-1]["id"] if found else None


def _forget(vault: Vault, rows: Rows) -> None:
    used = in_use(rows) | {vault.first}
    for row in rows.all("master_keys"):
        if row["id"] not in used:
            rows.run("forget_master_key", id=row["id"])
