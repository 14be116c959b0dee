"""Warm children do one call after another, and a bad call harms no other."""

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from robots.base.errors import BadInput, BadParams, RobotError, ToolDied, ToolTimeout
from robots.tools.children import GROUPS
from robots.tools.pool import Pool, Worker
from tests.processes import files_open

QUICK = "robots.base.file:extension"
# A child that is made to wait for another call while it should answer this one.
ENDLESS = "robots.tools.child:main"

READS = "robots.tools.sandbox.tree:_bytes"


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    before = set(GROUPS)
    pool = Pool(1, recycle=3)
    yield pool
    await pool.close()
    assert before == GROUPS


async def ask(pool: Pool) -> str:
    return str(await pool.call(QUICK, mime="image/jpeg"))


async def test_a_call_is_answered(pool: Pool) -> None:
    assert await ask(pool) == "jpg"


async def test_one_child_answers_several_calls_until_it_is_replaced(pool: Pool) -> None:
    await pool.warm()
    first = set(GROUPS)

    children = []
    for _ in range(4):
        await ask(pool)
        children.append(set(GROUPS))

    assert children[:2] == [first, first]
    assert children[3] != first


async def test_more_calls_than_children_wait_for_their_turn(pool: Pool) -> None:
    assert await asyncio.gather(*(ask(pool) for _ in range(5))) == ["jpg"] * 5


async def test_an_error_of_the_child_is_the_same_error_here_and_the_child_stays(pool: Pool) -> None:
    await pool.warm()
    first = set(GROUPS)

    with pytest.raises(BadInput, match=r"^os is not a robot's module\.$"):
        await pool.call("os:getcwd")
    with pytest.raises(RobotError):
        await pool.call(QUICK, nonsense=1)

    assert first == GROUPS


async def test_a_number_that_cannot_be_told_to_a_child_is_the_fault_of_who_gave_it_and_the_child_stays(
    pool: Pool,
) -> None:
    await pool.warm()
    first = set(GROUPS)

    with pytest.raises(BadParams, match="larger than can be counted with"):
        await pool.call(QUICK, mime=10**30)

    assert first == GROUPS


async def test_a_call_that_takes_too_long_is_stopped_and_the_next_one_is_answered(pool: Pool) -> None:
    await pool.warm()

    with pytest.raises(ToolTimeout):
        await pool.call(ENDLESS, wall=0.5)

    assert await ask(pool) == "jpg"


async def test_the_time_that_a_child_needs_to_load_its_libraries_is_not_taken_from_its_first_call() -> None:
    pool = Pool(1, ("robots.probe.inspection", "robots.tools.vips"))
    try:
        assert await pool.call(QUICK, wall=0.3, mime="image/jpeg") == "jpg"
    finally:
        await pool.close()


async def test_a_cancelled_call_leaves_no_answer_for_the_next_one(pool: Pool) -> None:
    await pool.warm()
    async with asyncio.TaskGroup() as group:
        call = group.create_task(pool.call(ENDLESS))
        await asyncio.sleep(0)
        call.cancel()

    assert await ask(pool) == "jpg"


async def test_who_closes_waits_for_the_end_of_a_child_for_which_nobody_waits_any_more() -> None:
    before, pool = set(GROUPS), Pool(1)
    await ask(pool)
    call = asyncio.ensure_future(pool.call(ENDLESS))
    await asyncio.sleep(0)
    for _ in range(2):  # the second comes while the child is being ended
        call.cancel()
        await asyncio.sleep(0)
    await asyncio.wait({call})

    await pool.close()

    assert call.cancelled()
    assert before == GROUPS


async def test_a_child_whose_long_answer_nobody_takes_any_more_leaves_no_file_open(tmp_path: Path) -> None:
    """What lies in a pipe that asyncio has paused hides its end."""
    pool, long = Pool(1), tmp_path / "long"
    long.write_bytes(bytes(1 << 20))
    await ask(pool)  # the first one opens what stays
    await pool.close()
    before, open_files = set(GROUPS), files_open()
    worker = await pool._start()
    await worker.begin()
    call = asyncio.ensure_future(worker.ask({"function": READS, "arguments": {"path": long}}))
    await asyncio.sleep(0)
    call.cancel()
    await asyncio.wait({call})
    assert worker.child.stdout is not None
    await worker.child.stdout.readexactly(1000)
    for _ in range(1000):
        await asyncio.sleep(0)

    async with asyncio.timeout(20):
        await pool.close()
        while files_open() > open_files:  # noqa: ASYNC110 - asyncio closes them a moment later
            await asyncio.sleep(0)

    assert before == GROUPS


async def test_a_call_that_works_while_its_pool_is_closed_hears_that_its_child_has_died(tmp_path: Path) -> None:
    os.mkfifo(fifo := tmp_path / "fifo")
    pool = Pool(1)
    call = asyncio.ensure_future(reading(pool, fifo))
    gate = await begun(fifo)
    await pool.close()
    with pytest.raises(ToolDied):
        await call
    os.close(gate)


async def test_a_child_that_dies_idle_is_replaced(pool: Pool) -> None:
    before = set(GROUPS)
    await pool.warm()

    (child,) = GROUPS - before
    os.kill(child, signal.SIGKILL)

    # Its death may be noticed before the call or by it; either way the call after that has a new child.
    with contextlib.suppress(ToolDied):
        await ask(pool)
    assert await ask(pool) == "jpg"


async def test_a_child_that_dies_in_its_start_is_known_to_be_dead_while_others_have_its_pipes_open() -> None:
    words = ("/bin/sh", "-c", "exec 3<&0; sleep 600 <&3 & kill -9 $$")
    child = await asyncio.create_subprocess_exec(*words, stdin=PIPE, stdout=PIPE, start_new_session=True)
    assert child.stdout is not None
    try:
        async with asyncio.timeout(20):
            with pytest.raises(ToolDied):
                await Worker(child).begin()
    finally:
        os.killpg(child.pid, signal.SIGKILL)
        await child.stdout.read()


async def test_a_call_that_is_slow_keeps_nobody_waiting_and_the_child_beside_it_goes_again() -> None:
    pool = Pool(1, patience=0.05)
    before = set(GROUPS)
    try:
        async with asyncio.TaskGroup() as group:
            slow = group.create_task(pool.call(ENDLESS))

            answers = await asyncio.gather(*(ask(pool) for _ in range(3)))

            assert answers == ["jpg"] * 3
            assert not slow.done()
            assert len(GROUPS - before) == 2
            slow.cancel()
        assert len(GROUPS - before) <= 1
    finally:
        await pool.close()


async def test_a_child_that_was_called_in_stays_for_those_who_wait_and_goes_when_nobody_does(tmp_path: Path) -> None:
    pool, before = Pool(1, patience=0), set(GROUPS)
    slow, beside, after = (tmp_path / name for name in ("slow", "beside", "after"))
    for path in (slow, beside, after):
        os.mkfifo(path)
    try:
        async with asyncio.TaskGroup() as group:
            calls = [group.create_task(reading(pool, slow))]
            ends = [await begun(slow)]
            pool._seats.patience = 60
            calls += [group.create_task(reading(pool, path)) for path in (beside, after)]
            ends.append(await begun(beside))
            children = GROUPS - before
            for end, call in zip(ends, calls[:2], strict=True):
                os.close(end)
                await call
                assert GROUPS - before == children
            os.close(await begun(after))
        assert (len(children), len(GROUPS - before)) == (2, 1)
    finally:
        await pool.close()


async def test_one_that_was_called_in_for_a_call_that_is_called_off_goes_with_the_last(tmp_path: Path) -> None:
    pool, before = Pool(1, patience=0), set(GROUPS)
    slow, beside = tmp_path / "slow", tmp_path / "beside"
    for path in (slow, beside):
        os.mkfifo(path)
    try:
        calls = [asyncio.ensure_future(reading(pool, slow))]
        ends = [await begun(slow)]
        pool._seats.patience = 60
        calls.append(asyncio.ensure_future(reading(pool, beside)))
        ends.append(await begun(beside))
        waits = asyncio.ensure_future(ask(pool))
        await asyncio.sleep(0)
        for end, call in zip(ends, calls, strict=True):
            os.close(end)
            await call
            waits.cancel()
        assert len(GROUPS - before) == 1
    finally:
        await pool.close()


async def reading(pool: Pool, path: Path) -> None:
    """A call that lasts until somebody has written there."""
    await pool.call(READS, path=path)


async def begun(path: Path) -> int:
    """Comes back when a call reads there, with what ends it when it is closed."""
    return await asyncio.to_thread(os.open, path, os.O_WRONLY)
