"""Several things at once."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from functools import partial

import pytest

from robots.tools.abreast import Give, as_given, as_ready, in_lots


def opening(gates: list[asyncio.Event]) -> list[Callable[[], Awaitable[int]]]:
    """One act for each gate: it waits until the gate opens, and gives its number."""

    async def act(number: int) -> int:
        await gates[number].wait()
        return number

    return [partial(act, number) for number in range(len(gates))]


async def test_what_is_ready_first_comes_first() -> None:
    gates = [asyncio.Event() for _ in range(3)]
    came: list[int | Exception] = []

    gates[2].set()
    async with aclosing(as_ready(opening(gates), 3)) as outcomes:
        async for outcome in outcomes:
            came.append(outcome)
            gates[1].set() if len(came) == 1 else gates[0].set()

    assert came == [2, 1, 0]


async def test_no_more_run_at_once_than_allowed() -> None:
    running = most = 0

    async def act() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1

    assert len([outcome async for outcome in as_ready([act] * 20, 4)]) == 20
    assert most == 4


async def test_a_fault_is_handed_on_and_the_others_go_on() -> None:
    async def fails() -> int:
        raise ValueError("no")

    async def works() -> int:
        return 1

    outcomes = [outcome async for outcome in as_ready([fails, works], 1)]

    assert isinstance(outcomes[0], ValueError)
    assert outcomes[1] == 1


async def test_who_stops_listening_ends_the_rest() -> None:
    gates = [asyncio.Event() for _ in range(3)]
    ended: list[str] = []

    async def act() -> None:
        try:
            await gates[0].wait()
        finally:
            ended.append("cancelled")

    gates[1].set()
    async with aclosing(as_ready([act, opening(gates)[1]], 2)) as outcomes:
        assert await anext(outcomes) == 1

    assert ended == ["cancelled"]


async def test_a_cancel_reaches_what_runs() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def act() -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def listen() -> None:
        async for _ in as_ready([act], 1):
            pass

    async with asyncio.TaskGroup() as group:
        task = group.create_task(listen())
        await begun.wait()
        task.cancel()

    assert task.cancelled()
    assert ended.is_set()


async def test_nothing_to_do_is_nothing() -> None:
    assert [outcome async for outcome in as_ready([], 4)] == []


async def ten(give: Give[int]) -> None:
    for number in range(10):
        await give(number)


async def test_what_is_given_while_the_last_lot_is_worked_on_comes_together() -> None:
    assert [lot async for lot in in_lots(ten, 4)] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert [number async for number in as_given(ten)] == list(range(10))


async def test_an_act_is_no_further_ahead_than_it_may_be() -> None:
    given: list[int] = []

    async def act(give: Give[int]) -> None:
        for number in range(100):
            await give(number)
            given.append(number)

    async with aclosing(in_lots(act, 4)) as lots:
        await anext(lots)
        for _ in range(20):
            await asyncio.sleep(0)

    assert len(given) == 8


async def test_a_fault_comes_after_all_that_was_given_before_it() -> None:
    async def fails(give: Give[int]) -> None:
        await ten(give)
        raise ValueError("no")

    async with aclosing(in_lots(fails, 16)) as lots:
        assert await anext(lots) == list(range(10))
        with pytest.raises(ValueError, match="no"):
            await anext(lots)


async def test_an_act_that_was_cancelled_from_elsewhere_keeps_nobody_waiting() -> None:
    async def gives_up(give: Give[int]) -> None:
        await ten(give)
        raise asyncio.CancelledError

    async with asyncio.timeout(20), aclosing(in_lots(gives_up, 16)) as lots:
        assert await anext(lots) == list(range(10))
        with pytest.raises(asyncio.CancelledError):
            await anext(lots)


async def test_who_takes_no_more_lots_ends_the_act() -> None:
    ended: list[str] = []

    async def act(give: Give[int]) -> None:
        try:
            await give(1)
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    async with aclosing(in_lots(act, 4)) as lots:
        assert await anext(lots) == [1]

    assert ended == ["cancelled"]


async def test_who_takes_no_more_lots_does_not_hear_of_a_fault_behind_them() -> None:
    async def fails(give: Give[int]) -> None:
        await give(1)
        raise ValueError("no")

    async with aclosing(in_lots(fails, 4)) as lots:
        assert await anext(lots) == [1]


async def test_an_act_that_fails_when_it_is_ended_keeps_nobody_waiting() -> None:
    async def fails(give: Give[int]) -> None:
        try:
            await ten(give)
        except asyncio.CancelledError:
            raise ValueError("no") from None

    async with asyncio.timeout(20), aclosing(in_lots(fails, 2)) as lots:
        assert await anext(lots) == [0, 1]
