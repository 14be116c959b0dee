"""Who may bring one more file."""

import pytest

from server.engine.admission import Admission
from server.engine.runner import Runner
from server.errors import ApiError
from server.model.events import Canceled
from tests.server.model.lives import ID, assembly
from tests.server.model.toys import resize


@pytest.fixture
async def waiting(runner: Runner) -> Runner:
    """It has an Assembly that waits for two files."""
    await runner.create(assembly({"small": resize()}, uploads=2), 100.0)
    return runner


async def test_an_assembly_in_memory_admits_a_file_without_waiting_for_the_database(waiting: Runner) -> None:
    with pytest.raises(StopIteration) as admitted:
        Admission(waiting, lambda: 101.0).admit(ID, 5).send(None)

    assert admitted.value.value == "account"


async def test_one_that_is_not_in_memory_is_read(waiting: Runner) -> None:
    waiting.records.forget(ID)

    assert await Admission(waiting, lambda: 101.0).admit(ID, 5) == "account"


async def test_one_that_has_ended_admits_none(waiting: Runner) -> None:
    await waiting.deliver(ID, Canceled(101.0))

    with pytest.raises(ApiError, match="has ended"):
        await Admission(waiting, lambda: 102.0).admit(ID, 5)
