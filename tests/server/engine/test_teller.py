"""Of results nobody waits long for the news, and nobody hears of an end before them."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

import pytest

from robots.base.file import File
from server.engine import teller
from server.engine.runner import Runner
from server.engine.teller import Teller
from server.model.events import Event, JobFinished, JobStarted, ResultMade
from server.model.job import result_id
from tests.server.model.lives import ID, assembly

IMPORT = {"imported": {"robot": "/http/import", "url": "https://example.com/a.jpg"}}


@pytest.fixture
def changes(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> list[list[type[Event]]]:
    """What happened together, in order."""
    noted: list[list[type[Event]]] = []
    deliver = runner.deliver_and_read

    async def note(assembly_id: str, happened: Sequence[Event], view: Any) -> Any:
        noted.append([type(event) for event in happened])
        return await deliver(assembly_id, happened, view)

    monkeypatch.setattr(runner, "deliver_and_read", note)
    monkeypatch.setattr(teller, "SOON", 600.0)  # of a busy machine, too
    return noted


async def begun(runner: Runner) -> str:
    """A job that runs."""
    await runner.create(assembly(IMPORT), 100.0)
    job = await runner.queue.take("network")
    await runner.deliver(ID, JobStarted(job.id, 101.0))
    return job.id


def result(job: str, number: int) -> ResultMade:
    return ResultMade(job, File(id=result_id(job, number), name=f"{number}.bin"), 102.0 + number)


async def made(runner: Runner) -> list[str]:
    return await runner.read(ID, lambda assembly: [one.file.name for one in assembly.files.values()]) or []


async def test_a_result_with_which_a_job_ends_is_one_change_with_its_end(
    runner: Runner, changes: list[list[type[Event]]]
) -> None:
    job = await begun(runner)
    async with Teller(runner, ID) as telling:
        await telling.add(result(job, 0))
        await telling.end(JobFinished(job, 103.0))

    shown = await runner.status(ID)
    assert changes == [[JobStarted], [ResultMade, JobFinished]]
    assert shown is not None
    assert (shown["ok"], len(shown["results"]["imported"])) == ("ASSEMBLY_COMPLETED", 1)


async def test_a_result_is_told_while_its_job_goes_on(
    runner: Runner, changes: list[list[type[Event]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teller, "SOON", 0.001)
    job = await begun(runner)
    async with runner.bus.subscribe(ID) as reader, Teller(runner, ID) as telling:
        await telling.add(result(job, 0))
        async with asyncio.timeout(20):
            await anext(aiter(reader))
        await telling.end(JobFinished(job, 103.0))

    assert changes == [[JobStarted], [ResultMade], [JobFinished]]


async def test_results_are_told_in_their_order_and_the_last_one_with_the_end(
    runner: Runner, changes: list[list[type[Event]]]
) -> None:
    job = await begun(runner)
    async with Teller(runner, ID) as telling:
        for number in range(3):
            await telling.add(result(job, number))
        assert await made(runner) == ["0.bin", "1.bin"]
        await telling.end(JobFinished(job, 109.0))

    assert await made(runner) == ["0.bin", "1.bin", "2.bin"]
    assert changes == [[JobStarted], [ResultMade], [ResultMade], [ResultMade, JobFinished]]


async def test_results_that_come_together_are_one_change(runner: Runner, changes: list[list[type[Event]]]) -> None:
    job = await begun(runner)
    async with Teller(runner, ID) as telling:
        await telling.add(*(result(job, number) for number in range(3)))
        await telling.add(result(job, 3))
        assert await made(runner) == ["0.bin", "1.bin", "2.bin"]
        await telling.end(JobFinished(job, 109.0))

    assert await made(runner) == ["0.bin", "1.bin", "2.bin", "3.bin"]
    assert changes == [[JobStarted], [ResultMade] * 3, [ResultMade, JobFinished]]


async def test_a_job_that_is_broken_off_tells_nothing_afterwards(
    runner: Runner, changes: list[list[type[Event]]]
) -> None:
    job = await begun(runner)
    with contextlib.suppress(KeyError):
        async with Teller(runner, ID) as telling:
            await telling.add(result(job, 0))
            raise KeyError
    async with Teller(runner, ID) as again:
        await again.add(result(job, 0))
        await again.end(JobFinished(job, 103.0))

    assert changes == [[JobStarted], [ResultMade, JobFinished]]


async def test_who_has_no_more_time_while_a_result_is_told_has_his_end_told_all_the_same(
    runner: Runner, changes: list[list[type[Event]]]
) -> None:
    job = await begun(runner)
    async with Teller(runner, ID) as telling:
        await telling.add(result(job, 0))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await telling.add(result(job, 1))
        await telling.end(JobFinished(job, 103.0))

    assert await made(runner) == ["0.bin"]
    assert changes == [[JobStarted], [ResultMade], [JobFinished]]
