"""An Assembly as rows, and back."""

from dataclasses import replace

import pytest

from server.database.sqlite import SqliteStore
from server.engine.records import Records
from server.model.assembly import Assembly
from server.model.events import ResultMade
from tests.server.model.lives import ID, assembly, photo, result, run, started, upload
from tests.server.model.toys import Toys, resize


def lived() -> Assembly:
    """An Assembly with an upload, a job that ended and one that waits."""
    life = assembly({"small": resize(), "tiny": resize("small")}, uploads=1, client="node-sdk:4")
    life.open(100.0)
    life.mark()
    file = photo("a.jpg", meta={"width": 5}, user_meta={"n": "1"}, original_id=("x", "y"), tag=("a", "b"))
    [job] = started(upload(life, replace(file, id="x")))
    run(life, job, result(job))
    life.warn("Something was lost.")
    return life


async def test_it_comes_back_as_it_was(store: SqliteStore) -> None:
    life = lived()
    await store.tx(lambda rows: Records(Toys()).save(rows, life))

    found = await store.tx(lambda rows: Records(Toys()).load(rows, ID))

    assert found is not None
    assert {**vars(found), "plan": None, "instructions": None} == {**vars(life), "plan": None, "instructions": None}
    assert found.plan.active


async def test_a_file_that_was_dropped_before_a_restart_is_told_once(store: SqliteStore) -> None:
    life = assembly({"imported": {"robot": "/http/import", "url": "https://example.com/a.jpg"}})
    [job] = started(life.open(100.0))
    error = {"error": "FILE_META_DATA_ERROR", "message": "No."}
    dropped = ResultMade(job.id, result(job), 101.0, error, kept=False)
    life.receive(dropped)
    await store.tx(lambda rows: Records(Toys()).save(rows, life))

    found = await store.tx(lambda rows: Records(Toys()).load(rows, ID))
    assert found is not None
    found.receive(dropped)

    assert len(found.ignored_errors) == 1


async def test_only_what_changed_is_written_again(store: SqliteStore) -> None:
    life, records = lived(), Records(Toys())
    await store.tx(lambda rows: records.save(rows, life))

    assert life.changed == {}


async def test_a_busy_assembly_is_not_read_again(store: SqliteStore) -> None:
    life, records = lived(), Records(Toys())
    await store.tx(lambda rows: records.save(rows, life))

    assert await store.tx(lambda rows: records.load(rows, ID)) is life


async def test_after_an_undone_transaction_the_rows_are_read_and_not_the_memory(store: SqliteStore) -> None:
    life, records = lived(), Records(Toys())
    await store.tx(lambda rows: records.save(rows, life))
    with pytest.raises(ZeroDivisionError):
        await store.tx(lambda rows: 1 / 0)

    assert await store.tx(lambda rows: records.load(rows, ID)) is not life


async def test_an_unknown_id_is_nothing(store: SqliteStore) -> None:
    assert await store.tx(lambda rows: Records(Toys()).load(rows, ID)) is None
