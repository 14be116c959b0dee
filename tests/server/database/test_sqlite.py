"""The promises of a Store, on a real SQLite file."""

import asyncio
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from server.database import sqlite
from server.database.base import Rows, Store, Unusable, Unwritable
from server.database.sqlite import SqliteStore

LISTED = {
    "template": None,
    "error": None,
    "updated": 1.0,
    "item": None,
    "result_lifetime": None,
    "record_lifetime": None,
}
ROW = {"account": "a", "state": "uploading", "created": 1.0, "finished": None, "params": "{}", "head": "{}", **LISTED}


def add(key: str) -> Any:
    return lambda rows: rows.run("save_assembly", id=key, **ROW)


def ids_of(rows: Rows) -> list[str]:
    return sorted(row["id"] for row in rows.all("open_assemblies"))


async def ids(store: Store) -> list[str]:
    return await store.tx(ids_of)


async def test_what_a_transaction_returns_comes_back(store: Store) -> None:
    await store.tx(add("one"))

    row = await store.tx(lambda rows: rows.one("assembly", id="one"))

    assert row is not None
    assert row["state"] == "uploading"


async def test_a_transaction_that_raises_leaves_no_trace_and_harms_no_other(store: Store) -> None:
    def broken(rows: Rows) -> None:
        add("broken")(rows)
        raise KeyError("no")

    outcomes = await asyncio.gather(
        store.tx(add("before")), store.tx(broken), store.tx(add("after")), return_exceptions=True
    )

    assert isinstance(outcomes[1], KeyError)
    assert sorted(await ids(store)) == ["after", "before"]


@pytest.mark.parametrize("place", range(3))
async def test_whichever_of_a_group_raises_the_others_stay(store: Store, place: int) -> None:
    def broken(rows: Rows) -> None:
        add("broken")(rows)
        add("again")(rows)
        raise KeyError("no")

    acts = [add("0"), add("1"), add("2")]
    acts[place] = broken
    outcomes = await asyncio.gather(*map(store.tx, [ids_of, *acts, ids_of]), return_exceptions=True)

    left = [str(number) for number in range(3) if number != place]
    assert isinstance(outcomes[1 + place], KeyError)
    assert (outcomes[-1], sorted(await ids(store))) == (left, left)


async def test_an_undone_transaction_is_counted(store: Store) -> None:
    before = await store.tx(lambda rows: rows.lost)

    with pytest.raises(sqlite3.IntegrityError):
        await store.tx(lambda rows: rows.run("save_assembly", id="one", **{**ROW, "params": None}))

    assert await store.tx(lambda rows: rows.lost) == before + 1


async def test_many_at_once_share_their_commits(store: Store) -> None:
    await asyncio.gather(*(store.tx(add(str(number))) for number in range(500)))

    assert len(await ids(store)) == 500


async def test_who_waited_goes_on_before_the_next_group_begins(store: Store) -> None:
    begun, enough, order = threading.Event(), threading.Event(), list[str]()

    def slow(rows: Rows) -> None:
        begun.set()
        enough.wait()

    async def reply() -> None:
        await store.tx(slow)
        order.append("reply")

    async with asyncio.TaskGroup() as group:
        group.create_task(reply())
        await asyncio.to_thread(begun.wait)
        group.create_task(store.tx(lambda rows: order.append("next group")))
        await asyncio.sleep(0)
        enough.set()

    assert order == ["reply", "next group"]


async def test_what_was_committed_is_there_after_the_store_was_closed(tmp_path: Path) -> None:
    first = SqliteStore(tmp_path / "test.db")
    await first.open()
    await first.tx(add("one"))
    await first.close()

    second = SqliteStore(tmp_path / "test.db")
    await second.open()
    assert await ids(second) == ["one"]
    await second.close()


async def test_what_was_asked_just_before_the_store_closes_is_still_done(store: Store) -> None:
    async with asyncio.TaskGroup() as group:
        asked = [group.create_task(store.tx(add(str(number)))) for number in range(300)]
        await asyncio.sleep(0)
        await store.close()

    assert [task.result() for task in asked] == [1] * 300


async def test_a_folder_that_is_not_there_is_an_error_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="unable to open"):
        await SqliteStore(tmp_path / "nowhere" / "test.db").open()


def fill(rows: Rows) -> None:
    """From now on the database may not grow, and what room there was in it is taken."""
    assert isinstance(rows, sqlite.Rows)
    (pages,) = rows.connection.execute("PRAGMA page_count").fetchone()
    rows.connection.execute(f"PRAGMA max_page_count = {pages}")


def empty(rows: Rows) -> None:
    assert isinstance(rows, sqlite.Rows)
    rows.connection.execute("PRAGMA max_page_count = 100000")


@pytest.mark.case(113)
async def test_a_full_disk_is_told_to_each_of_a_group_and_is_over_when_there_is_room(store: Store) -> None:
    await store.tx(add("before"))
    lost = await store.tx(lambda rows: rows.lost)
    await store.tx(fill)

    large = [lambda rows, n=n: rows.run("save_assembly", id=f"large{n}", **ROW | {"params": "x" * 9999}) for n in "ab"]
    outcomes = await asyncio.gather(*map(store.tx, large), return_exceptions=True)
    await store.tx(empty)
    await store.tx(add("after"))

    assert [type(outcome) for outcome in outcomes] == [Unwritable, Unwritable]
    assert sorted(await ids(store)) == ["after", "before"]
    assert await store.tx(lambda rows: rows.lost) > lost
