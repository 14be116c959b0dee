"""Assemblies that are moved on, saved and told of."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from server.bus.base import Reader
from server.bus.memory import MemoryBus
from server.engine.records import Records
from server.engine.runner import Runner
from server.engine.running import Running
from server.errors import ApiError
from server.model import news, retry
from server.model.events import Aborted, Canceled, FormReceived, JobFailed, JobFinished, JobStarted
from server.queue.memory import MemoryQueue
from tests.server.model.lives import ID, assembly
from tests.server.model.toys import Toys, resize

IMPORT = {"imported": {"robot": "/http/import", "url": "https://example.com/a.jpg"}}


async def test_a_created_assembly_is_saved_and_its_jobs_are_queued(runner: Runner) -> None:
    await runner.create(assembly(IMPORT), 100.0)

    job = await runner.queue.take("network")
    shown = await runner.status(ID)

    assert (job.assembly, job.step) == (ID, "imported")
    assert shown is not None
    assert shown["ok"] == "ASSEMBLY_EXECUTING"


async def test_an_id_can_be_used_once(runner: Runner) -> None:
    await runner.create(assembly(IMPORT), 100.0)

    with pytest.raises(ApiError, match="DO_NOT_REUSE_ASSEMBLY_IDS"):
        await runner.create(assembly(IMPORT), 100.0)


async def test_who_hears_the_news_can_already_read_the_state(runner: Runner) -> None:
    await runner.create(assembly({"small": resize()}, form=True), 100.0)
    async with runner.bus.subscribe(ID) as reader, asyncio.timeout(20):
        await runner.deliver(ID, FormReceived(0, 101.0))
        names = [piece.name async for piece in _until(reader, news.FINISHED)]

    assert names == [news.UPLOADING_FINISHED, news.META_DATA_EXTRACTED, news.FINISHED]
    shown = await runner.status(ID)
    assert shown is not None
    assert shown["ok"] == "ASSEMBLY_COMPLETED"


async def test_a_cancel_drops_the_waiting_jobs_and_ends_the_running_ones(runner: Runner) -> None:
    await runner.create(assembly(IMPORT), 100.0)
    running = runner.running.start(ID, asyncio.Event().wait())

    await runner.deliver(ID, Canceled(101.0))
    await asyncio.wait({running})

    assert running.cancelled()
    assert isinstance(runner.queue, MemoryQueue)
    assert len(runner.queue) == 0


async def test_a_job_that_is_tried_again_is_queued_after_its_pause(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "PAUSES", (0.01,))
    await runner.create(assembly(IMPORT), 100.0)
    job = await runner.queue.take("network")
    await runner.deliver(ID, JobStarted(job.id, 101.0))

    await runner.deliver(ID, JobFailed(job.id, {"error": "X", "message": "Lost."}, 102.0, retry=True))

    async with asyncio.timeout(20):
        assert (await runner.queue.take("network")).id == job.id


async def test_a_pause_is_lost_harmlessly_in_a_restart(runner: Runner) -> None:
    await runner.create(assembly(IMPORT), 100.0)
    job = await runner.queue.take("network")
    await runner.deliver(ID, JobStarted(job.id, 101.0))
    await runner.deliver(ID, JobFailed(job.id, {"error": "X", "message": "Lost."}, 102.0, retry=True))
    await runner.timers.close()
    again = Runner(runner.store, Records(Toys()), MemoryQueue(), MemoryBus(), Running())
    again.house = runner.house

    await again.resume(ID, 200.0)

    assert (await again.queue.take("network")).id == job.id


async def test_an_unknown_assembly_is_nothing(runner: Runner) -> None:
    assert not await runner.deliver(ID, Canceled(101.0))
    assert await runner.status(ID) is None
    assert await runner.milestones(ID) is None


async def test_a_restart_queues_what_was_not_over(runner: Runner) -> None:
    await runner.create(assembly(IMPORT), 100.0)
    again = Runner(runner.store, Records(Toys()), MemoryQueue(), MemoryBus(), Running())
    again.house = runner.house

    assert await again.unfinished() == [ID]
    await again.resume(ID, 200.0)

    job = await again.queue.take("network")
    await again.deliver(ID, JobFinished(job.id, 201.0))
    assert await again.unfinished() == []


async def _until(reader: Reader, last: str) -> AsyncIterator[news.News]:
    async for piece in reader:
        yield piece
        if piece.name == last:
            return


async def test_nobody_sees_an_assembly_before_what_has_already_happened_to_it(runner: Runner) -> None:
    await runner.create(assembly(IMPORT, form=True), 100.0, Aborted(100.0))

    shown = await runner.status(ID)
    assert shown is not None
    assert shown["ok"] == "REQUEST_ABORTED"
