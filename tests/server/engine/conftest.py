"""A Runner with a real store, queue and bus; only its robots are toys."""

from collections.abc import AsyncIterator

import pytest

from server.bus.memory import MemoryBus
from server.database.sqlite import SqliteStore
from server.engine.records import Records
from server.engine.runner import Runner
from server.engine.running import Running
from server.model.addresses import Addresses
from server.model.status import House
from server.queue.memory import MemoryQueue
from tests.server.model.toys import Toys


@pytest.fixture
async def runner(store: SqliteStore) -> AsyncIterator[Runner]:
    made = Runner(store, Records(Toys()), MemoryQueue(), MemoryBus(), Running())
    made.house = House(Addresses("http://host"), "sluice", "local", "1")
    yield made
    await made.timers.close()
