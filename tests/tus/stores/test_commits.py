"""Many requests wait for the disk together."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from tus import durable
from tus.stores.commits import AT_ONCE, Commits


async def test_what_waits_meanwhile_goes_together_and_the_folder_is_synced_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits, gate, synced = Commits(), threading.Event(), list[Path]()
    # To count syncs there is no other way.
    monkeypatch.setattr(durable, "sync_folder", synced.append)

    async with asyncio.TaskGroup() as group:
        busy = [group.create_task(commits.commit(gate.wait)) for _ in range(AT_ONCE)]
        await asyncio.sleep(0)
        acts = [group.create_task(commits.commit(lambda: 7, tmp_path)) for _ in range(20)]
        await asyncio.sleep(0)
        gate.set()

    assert [task.result() for task in acts] == [7] * 20
    assert all(task.result() for task in busy)
    assert synced == [tmp_path]


async def test_the_failure_of_one_is_not_that_of_its_neighbours(tmp_path: Path) -> None:
    commits = Commits()

    def fails() -> None:
        raise OSError("no")

    results = await asyncio.gather(
        *(commits.commit(act) for act in (fails, int, fails, int)),
        commits.commit(int, tmp_path / "gone"),
        return_exceptions=True,
    )

    assert [type(result) for result in results] == [OSError, int, OSError, int, FileNotFoundError]


async def test_an_act_is_over_when_its_cancelled_waiter_is(tmp_path: Path) -> None:
    commits, gate, done = Commits(), threading.Event(), list[bool]()

    async def wait() -> None:
        await commits.commit(lambda: done.append(gate.wait()))

    task = asyncio.ensure_future(wait())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    gate.set()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert done == [True]
