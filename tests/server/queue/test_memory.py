"""Which job comes next."""

import asyncio

import pytest

from server.model.job import Job
from server.queue.memory import MemoryQueue


def job(key: str, assembly: str = "one", account: str = "a", batch: bool = False, work: str = "image") -> Job:
    return Job(key, assembly, account, "step", (), work, "step::step", batch)


async def taken(queue: MemoryQueue, count: int) -> list[str]:
    return [(await queue.take("image")).id for _ in range(count)]


async def test_jobs_of_one_assembly_come_in_their_order() -> None:
    queue = MemoryQueue()
    queue.put([job("1"), job("2"), job("3")])

    assert await taken(queue, 3) == ["1", "2", "3"]


@pytest.mark.case(117, 118)
async def test_an_assembly_with_a_thousand_jobs_does_not_hold_back_one_with_one() -> None:
    queue = MemoryQueue()
    queue.put(job(str(number), "large") for number in range(1000))
    queue.put([job("small", "small")])

    assert "small" in await taken(queue, 2)


@pytest.mark.case(118)
async def test_accounts_take_turns_however_many_assemblies_they_have() -> None:
    queue = MemoryQueue()
    queue.put(job(f"a{number}", f"a{number}", "a") for number in range(100))
    queue.put([job("b", "b", "b")])

    assert "b" in await taken(queue, 2)


async def test_live_jobs_come_before_batch_jobs() -> None:
    queue = MemoryQueue()
    queue.put([job("later", batch=True), job("now", "two")])

    assert await taken(queue, 2) == ["now", "later"]


async def test_each_class_of_work_has_its_own_line() -> None:
    queue = MemoryQueue()
    queue.put([job("film", work="video"), job("photo")])

    assert (await queue.take("image")).id == "photo"
    assert (await queue.take("video")).id == "film"


async def test_a_job_that_already_waits_is_not_put_in_again() -> None:
    queue = MemoryQueue()
    queue.put([job("1"), job("1")])

    assert len(queue) == 1


async def test_the_waiting_jobs_of_an_assembly_can_be_dropped() -> None:
    queue = MemoryQueue()
    queue.put([job("1", "gone"), job("2", "kept"), job("3", "gone", batch=True)])

    queue.drop("gone")

    assert await taken(queue, 1) == ["2"]
    assert len(queue) == 0


async def test_who_takes_waits_for_the_next_job() -> None:
    queue = MemoryQueue()
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(queue.take("image"))
        await asyncio.sleep(0)
        queue.put([job("1")])

    assert waiting.result().id == "1"


@pytest.mark.case(118)
async def test_beyond_the_places_for_all_there_is_one_for_another_assembly_and_one_for_another_account() -> None:
    queue = MemoryQueue({"image": 3})
    queue.put(job(f"a{number}") for number in range(9))
    assert await taken(queue, 3) == ["a0", "a1", "a2"]

    queue.put([job("two", "two"), job("more", "two"), job("b", "b", "b")])
    assert await taken(queue, 2) == ["two", "b"]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await queue.take("image")


@pytest.mark.case(118)
async def test_where_one_place_is_kept_it_is_for_another_account_and_an_assembly_waits_for_its_turn() -> None:
    queue = MemoryQueue({"image": 2}, {"image": 1})
    queue.put([job("a1"), job("a2"), job("a3")])
    assert await taken(queue, 2) == ["a1", "a2"]

    queue.put([job("two", "two"), job("b", "b", "b"), job("c", "c", "c")])
    assert await taken(queue, 1) == ["b"]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await queue.take("image")
    queue.done(job("b", "b", "b"))
    assert await taken(queue, 1) == ["c"]
    for each in (job("a1"), job("c", "c", "c")):
        queue.done(each)
    assert await taken(queue, 1) == ["a3"]
    queue.done(job("a3"))
    assert await taken(queue, 1) == ["two"]


async def test_a_batch_job_of_who_has_nothing_does_not_wait_for_the_live_jobs_of_who_has_all() -> None:
    queue = MemoryQueue({"image": 1})
    queue.put([job("a1"), job("a2"), job("b", "b", "b", batch=True)])

    assert await taken(queue, 2) == ["a1", "b"]


async def test_a_place_that_is_given_back_goes_to_who_waits_for_it() -> None:
    queue = MemoryQueue({"image": 1})
    queue.put([job("1"), job("2")])
    await taken(queue, 1)

    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(queue.take("image"))
        await asyncio.sleep(0)
        queue.done(job("1"))

    assert waiting.result().id == "2"


async def test_who_no_longer_waits_takes_nothing_along() -> None:
    queue = MemoryQueue()
    async with asyncio.TaskGroup() as group:
        gone = group.create_task(queue.take("image"))
        waiting = group.create_task(queue.take("image"))
        await asyncio.sleep(0)
        queue.put([job("1")])
        gone.cancel()

    assert waiting.result().id == "1"
