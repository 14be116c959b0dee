"""How far uploads are is told at once, and then not for each piece."""

from __future__ import annotations

import asyncio
from typing import cast

from server.engine.advances import Advances
from server.engine.runner import Runner
from server.model.events import Event, UploadAdvanced
from server.tasks import Tasks
from tus.upload import Upload


class Told:
    """Keeps what a Runner would be told, and lets nobody go on before it may."""

    def __init__(self) -> None:
        self.offsets: list[int] = []
        self.gate = asyncio.Event()

    async def deliver(self, assembly: str, event: Event) -> bool:
        assert isinstance(event, UploadAdvanced)
        self.offsets.append(event.offset)
        await self.gate.wait()
        return True


async def test_the_first_piece_is_told_at_once_and_of_the_others_only_where_they_have_come_to() -> None:
    told, tasks = Told(), Tasks()
    advances = Advances(cast(Runner, told), tasks, lambda: 0.0)
    for offset in range(1, 100):
        advances.note("a", Upload("u", 1000, offset))
        await asyncio.sleep(0)
    first = list(told.offsets)
    told.gate.set()
    await tasks.close(grace=5)

    assert first == [1]
    assert told.offsets == [1, 99]


async def test_of_a_whole_upload_no_more_is_told() -> None:
    told, tasks = Told(), Tasks()
    advances = Advances(cast(Runner, told), tasks, lambda: 0.0)
    advances.note("a", Upload("u", 1000, 1))
    await asyncio.sleep(0)
    advances.note("a", Upload("u", 1000, 2))
    advances.drop("u")
    told.gate.set()
    await tasks.close(grace=5)

    assert told.offsets == [1]
