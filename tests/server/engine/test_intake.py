"""Whole uploads wait in turns: a few at once, and none is forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from server.engine.intake import ABREAST, TOGETHER, Intake
from server.engine.running import Running
from tus.upload import Upload

ASSEMBLY = "a" * 32


class Looks:
    """Notes what is looked at, and lets it go on when told."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.together: list[int] = []
        self.now = self.most = 0
        self.gate = asyncio.Event()
        self.crowded = asyncio.Event()

    async def analyse(self, assembly: str, uploads: Sequence[Upload]) -> None:
        self.seen += [upload.id for upload in uploads]
        self.together.append(len(uploads))
        self.now += 1
        self.most = max(self.most, self.now)
        if self.now == ABREAST:
            self.crowded.set()
        try:
            await self.gate.wait()
            if uploads[0].id == "bad":
                raise ValueError
        finally:
            self.now -= 1


async def test_a_few_uploads_of_an_assembly_are_looked_at_at_once_and_all_in_the_end() -> None:
    running, looks = Running(), Looks()
    intake = Intake(running, looks.analyse)
    for number in range(20):
        intake.add(ASSEMBLY, Upload(str(number), 1))
    await looks.crowded.wait()
    looks.gate.set()
    await running.wait(5)

    assert looks.most == ABREAST
    assert looks.seen == [str(number) for number in range(20)]


async def test_while_more_uploads_come_some_are_looked_at_in_one_go_and_need_not_wait_for_a_lull() -> None:
    running, looks = Running(), Looks()
    intake = Intake(running, looks.analyse)
    looks.gate.set()
    came = 0
    async with asyncio.timeout(10):
        while len(looks.seen) < 500:
            intake.add(ASSEMBLY, Upload(str(came), 1))
            came += 1
            await asyncio.sleep(0)

    assert looks.most == 1
    await running.wait(5)
    assert looks.seen == [str(number) for number in range(came)]


async def test_small_ones_are_looked_at_together_and_each_large_one_alone() -> None:
    running, looks = Running(), Looks()
    intake = Intake(running, looks.analyse)
    looks.gate.set()
    for number in range(1000):
        intake.add(ASSEMBLY, Upload(str(number), 1, offset=1 if number % 200 else 1 << 20))
    await running.wait(5)

    assert looks.seen == [str(number) for number in range(1000)]
    assert max(looks.together) == TOGETHER
    assert len(looks.together) < 500


async def test_of_large_ones_each_is_looked_at_alone() -> None:
    running, looks = Running(), Looks()
    intake = Intake(running, looks.analyse)
    looks.gate.set()
    for number in range(100):
        intake.add(ASSEMBLY, Upload(str(number), 1 << 20, offset=1 << 20))
    await running.wait(5)

    assert looks.together == [1] * 100


async def test_those_of_another_assembly_need_not_wait_for_them() -> None:
    running, looks = Running(), Looks()
    intake = Intake(running, looks.analyse)
    for number in range(20):
        intake.add(ASSEMBLY, Upload(str(number), 1))
    intake.add("b" * 32, Upload("other", 1))
    await asyncio.sleep(0)

    assert "other" in looks.seen
    looks.gate.set()
    await running.wait(5)


async def test_one_that_comes_just_as_the_last_look_ends_is_seen() -> None:
    running, looks = Running(), Looks()
    intake = Intake(running, looks.analyse)
    looks.gate.set()
    for number in range(200):  # at every distance from the end of the one before
        intake.add(ASSEMBLY, Upload(str(number), 1))
        for _ in range(number % 7):
            await asyncio.sleep(0)
    await running.wait(5)

    assert len(looks.seen) == 200


async def test_one_that_goes_wrong_does_not_take_the_others_along() -> None:
    running, looks = Running(), Looks()
    intake = Intake(running, looks.analyse)
    looks.gate.set()
    for name in ("bad", *map(str, range(10))):
        intake.add(ASSEMBLY, Upload(name, 1))
    await running.wait(5)

    assert looks.seen[-1] == "9"


async def test_the_end_of_an_assembly_ends_its_looks_and_those_that_wait_are_dropped() -> None:
    running, looks = Running(), Looks()
    intake = Intake(running, looks.analyse)
    for number in range(20):
        intake.add(ASSEMBLY, Upload(str(number), 1))
    await looks.crowded.wait()
    running.stop(ASSEMBLY)
    await running.wait(5)

    assert len(looks.together) == ABREAST
    assert not intake._waiting
