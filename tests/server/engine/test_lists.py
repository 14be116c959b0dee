"""Lists of very many Assemblies."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from server.database import sqlite
from server.database.base import Rows
from server.database.sqlite import SqliteStore
from server.model.listed import AssemblyListing

MANY = 10_000
KEPT = {"result_lifetime": None, "record_lifetime": None}
ROW = {"finished": None, "params": "{}", "head": "{}", "item": "{}", "error": None, **KEPT}


def fill(rows: Rows) -> None:
    states = ("completed", "failed", "executing")
    values = [
        {"id": f"{n:032x}", "account": "ab"[n % 2], "state": states[n % 3], "template": f"t{n % 7}", **times(n), **ROW}
        for n in range(MANY)
    ]
    rows.each("save_assembly", values)


def times(number: int) -> dict[str, float]:
    return {"created": 1e9 + number, "updated": 2e9 - number}


def plan(rows: Rows, query: str, wish: AssemblyListing) -> str:
    """How the database goes about a query."""
    assert isinstance(rows, sqlite.Rows)
    values = {**wish.asked("a"), "by": wish.sort, "sign": -1, "size": 50, "start": 0}
    told = rows.connection.execute("EXPLAIN QUERY PLAN " + rows.queries[query].strip(), values)
    return "\n".join(row["detail"] for row in told)


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"type": "failed"},
        {"template_id": "t1"},
        {"fromdate": "2001-09-09", "sort": "updated"},
        {"assembly_id": "1"},
    ],
)
async def test_a_page_of_very_many_reads_an_index_and_never_the_whole_table(
    tmp_path: Path, wish: dict[str, str]
) -> None:
    store, listing = SqliteStore(tmp_path / "test.db"), AssemblyListing.parse(wish)
    await store.open()
    await store.tx(fill)

    for query in ("count_assemblies", "assembly_ids"):
        found = await store.tx(lambda rows, query=query: plan(rows, query, listing))  # type: ignore[misc]
        assert (
            "SEARCH assemblies USING COVERING INDEX assemblies_listed (account=? AND created>? AND created<?)" in found
        )
        assert "SCAN assemblies" not in found
    await store.close()


async def test_a_database_of_an_older_version_learns_what_lists_need(tmp_path: Path) -> None:
    path = tmp_path / "test.db"
    old = sqlite3.connect(path)
    old.executescript(
        """
        CREATE TABLE assemblies (id TEXT PRIMARY KEY, account TEXT NOT NULL, state TEXT NOT NULL, created REAL NOT NULL,
            finished REAL, swept INTEGER NOT NULL DEFAULT 0, params TEXT NOT NULL, head TEXT NOT NULL) WITHOUT ROWID;
        INSERT INTO assemblies VALUES ('one', 'a', 'failed', 5, 6, 0, '{}',
            '{"request": {"template_id": "t"}, "error": {"error": "INVALID_INPUT_ERROR"}}');
        PRAGMA user_version = 2;
        """
    )
    old.close()

    for _ in range(2):  # once upgraded it stays so
        store = SqliteStore(path)
        await store.open()
        row = await store.tx(lambda rows: rows.one("assembly", id="one"))
        await store.close()

    assert row is not None
    assert (row["template"], row["error"], row["updated"], row["item"]) == ("t", "INVALID_INPUT_ERROR", 6, None)
    assert {name: row[name] for name in KEPT} == KEPT
