"""Work beside requests."""

import asyncio
import logging

import pytest

from server.tasks import Tasks


async def test_all_are_ended_when_their_owner_closes() -> None:
    tasks = Tasks()
    task = tasks.start(asyncio.Event().wait())

    await tasks.close()

    assert task.cancelled()
    assert not tasks


async def test_they_get_some_time_to_end_by_themselves() -> None:
    tasks = Tasks()
    task = tasks.start(asyncio.sleep(0, "done"))

    await tasks.close(grace=5)

    assert task.result() == "done"


async def test_one_can_be_spared() -> None:
    tasks, go_on = Tasks(), asyncio.Event()
    spared, other = tasks.start(go_on.wait()), tasks.start(asyncio.Event().wait())

    tasks.cancel(spare=spared)
    await asyncio.wait({other})

    assert other.cancelled()
    go_on.set()
    assert await spared


async def test_one_that_breaks_is_logged_and_harms_no_other(caplog: pytest.LogCaptureFixture) -> None:
    async def broken() -> None:
        raise ValueError("no")

    tasks = Tasks()
    with caplog.at_level(logging.ERROR):
        await asyncio.wait({tasks.start(broken())})
        await asyncio.sleep(0)

    assert "broke" in caplog.text
    assert not tasks
