"""Tests of the bus within a process."""

import asyncio

from server.bus.base import Bus
from server.bus.memory import MemoryBus
from server.model.news import News

ONE, TWO, THREE = News("one"), News("two", (2,)), News("three", ("a", "b"))


async def test_every_watcher_of_an_assembly_reads_its_news_in_order() -> None:
    bus: Bus = MemoryBus()

    async with bus.subscribe("a") as first, bus.subscribe("a") as second, bus.subscribe("b") as other:
        await bus.publish("a", [ONE, TWO])
        await bus.publish("b", [THREE])

        for reader in (first, second):
            assert [await anext(aiter(reader)), await anext(aiter(reader))] == [ONE, TWO]
        assert await anext(aiter(other)) == THREE


async def test_a_watcher_waits_for_news() -> None:
    bus = MemoryBus()

    async with bus.subscribe("a") as reader, asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(anext(reader))
        await asyncio.sleep(0)
        await bus.publish("a", [ONE])

    assert waiting.result() == ONE


async def test_news_that_nobody_watches_are_lost() -> None:
    bus = MemoryBus()
    await bus.publish("a", [ONE])

    async with bus.subscribe("a") as reader:
        await bus.publish("a", [TWO])

        assert await anext(reader) == TWO


async def test_a_slow_watcher_is_let_go_of_and_the_others_stay() -> None:
    bus = MemoryBus(room=3)

    async with bus.subscribe("a") as slow, bus.subscribe("a") as quick:
        for _ in range(5):
            await bus.publish("a", [ONE])
            assert await anext(quick) == ONE

        assert [news async for news in slow] == []
        assert [news async for news in slow] == []


async def test_nothing_is_kept_for_those_who_left() -> None:
    bus = MemoryBus()
    async with bus.subscribe("a"):
        pass

    await bus.publish("a", [ONE])

    assert bus._readers == {}


async def test_a_bus_that_closes_ends_all_readings() -> None:
    bus = MemoryBus()

    async with bus.subscribe("a") as reader:
        bus.close()

        assert [news async for news in reader] == []
