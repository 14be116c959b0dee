"""Who may bring one more file."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.bus.memory import MemoryBus
from server.database.sqlite import SqliteStore
from server.engine.admission import Admission
from server.engine.records import Records
from server.engine.runner import Runner
from server.engine.running import Running
from server.errors import ApiError
from server.model.addresses import Addresses
from server.model.events import Canceled
from server.model.status import House
from server.queue.memory import MemoryQueue
from tests.server.model.lives import ID, assembly
from tests.server.model.toys import Toys, resize


@pytest.fixture
async def runner(tmp_path: Path) -> AsyncIterator[Runner]:
    store = SqliteStore(tmp_path / "test.db")
    await store.open()
    made = Runner(store, Records(Toys()), MemoryQueue(), MemoryBus(), Running())
    made.house = House(Addresses("http://host"), "sluice", "local", "1")
    await made.create(assembly({"small": resize()}, uploads=2), 100.0)
    yield made
    await store.close()


async def test_an_assembly_in_memory_admits_a_file_without_waiting_for_the_database(runner: Runner) -> None:
    with pytest.raises(StopIteration) as admitted:
        Admission(runner, lambda: 101.0).admit(ID, 5).send(None)

    assert admitted.value.value == "account"


async def test_one_that_is_not_in_memory_is_read(runner: Runner) -> None:
    runner.records.forget(ID)

    assert await Admission(runner, lambda: 101.0).admit(ID, 5) == "account"


async def test_one_that_has_ended_admits_none(runner: Runner) -> None:
    await runner.deliver(ID, Canceled(101.0))

    with pytest.raises(ApiError, match="has ended"):
        await Admission(runner, lambda: 102.0).admit(ID, 5)
