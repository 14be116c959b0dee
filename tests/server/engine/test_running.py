"""The tasks of an Assembly's jobs."""

import asyncio

from server.engine.running import Running


async def test_only_the_jobs_of_the_one_assembly_are_ended() -> None:
    running, go_on = Running(), asyncio.Event()
    ended, other = running.start("one", asyncio.Event().wait()), running.start("two", go_on.wait())

    running.stop("one")
    await asyncio.wait({ended})

    assert ended.cancelled()
    go_on.set()
    assert await other


async def test_the_job_that_ends_its_assembly_ends_itself_in_order() -> None:
    running = Running()

    async def last() -> None:
        running.stop("one")
        await asyncio.sleep(0)

    task = running.start("one", last())
    await asyncio.wait({task})

    assert not task.cancelled()


async def test_jobs_get_some_time_when_the_server_stops() -> None:
    running = Running()
    short, long = running.start("one", asyncio.sleep(0)), running.start("two", asyncio.Event().wait())

    await running.wait(0.05)

    assert not short.cancelled()
    assert long.cancelled()
