"""Which master keys are in use, and how everything comes to be sealed with the first."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from server.database.sqlite import SqliteStore
from server.engine.keyring import TABLES, in_use, renew
from server.vault import Vault, key_id, place

OLD, NEW = os.urandom(32), os.urandom(32)


async def opened(data: Path) -> SqliteStore:
    store = SqliteStore(data / "sluice.db")
    await store.open()
    return store


def fill(data: Path, table: str, count: int, vault: Vault) -> None:
    """Rows of a table, sealed with a vault's first key."""
    columns = {"assemblies": "params", "notifications": "url", "auth_keys": "secret"}
    others = {
        "templates": ("name, signed, created, modified", "'n' || ?1, 0, 1, 1"),
        "credentials": ("name, type, created, modified", "'n' || ?1, 's3', 1, 1"),
        "assemblies": ("state, created, head", "'completed', 1, '{}'"),
        "notifications": ("assembly, target, created", "'an assembly', 'a target', 1"),
        "auth_keys": (
            "auth_key, description, active, smart_cdn, shown, created, modified",
            "'k' || ?1, '', 1, 0, 0, 1, 1",
        ),
    }
    names, values = others[table]
    with closing(sqlite3.connect(data / "sluice.db")) as connection, connection:
        sealed = columns.get(table, "content")
        connection.executemany(
            f"INSERT INTO {table} (id, account, {sealed}, {names}) VALUES (?1, 'me', ?2, {values})",
            [(f"{n:04}", vault.seal({"n": n}, place(table, "me", f"{n:04}"))) for n in range(count)],
        )


@pytest.mark.case(111)
@pytest.mark.parametrize("table", TABLES)
async def test_a_rotation_goes_through_every_row(tmp_path: Path, table: str) -> None:
    store = await opened(tmp_path)
    await renew(store, Vault([OLD]))
    fill(tmp_path, table, 450, Vault([OLD]))

    await renew(store, Vault([NEW, OLD]))

    rows = await store.tx(lambda rows: [*rows.all(f"sealed_{table}", after=""), *rows.all("master_keys")])
    assert await store.tx(in_use) == {key_id(NEW)}
    assert rows[-1] == {"id": key_id(NEW)}
    assert Vault([NEW]).open(rows[7]["sealed"], place(table, "me", "0007")) == {"n": 7}
    await store.close()


async def test_a_row_that_cannot_be_opened_stays_and_so_does_the_note_of_its_key(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await renew(store, Vault([OLD]))
    fill(tmp_path, "templates", 1, Vault([OLD]))
    with closing(sqlite3.connect(tmp_path / "sluice.db")) as connection, connection:
        connection.execute("UPDATE templates SET account = 'you'")

    await renew(store, Vault([NEW, OLD]))

    assert await store.tx(lambda rows: {row["id"] for row in rows.all("master_keys")}) == {key_id(NEW), key_id(OLD)}
    await store.close()
