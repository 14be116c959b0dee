"""What holds up the event loop is seen."""

import asyncio
import contextlib
import time

import pytest

from server.lag import EVERY, KEPT, Lag, Late


def lagging(*late: float) -> Late:
    lag = Late()
    for one in late:
        lag.note(one)
    return lag


@pytest.mark.parametrize(("share", "late"), [(0.5, 0.05), (0.99, 0.1), (0.9, 0.09), (1, 0.1), (0, 0.01)])
def test_a_quantile_is_one_of_the_figures(share: float, late: float) -> None:
    assert lagging(*(number / 100 for number in range(1, 11))).quantile(share) == late


def test_before_the_first_figure_there_is_no_lag() -> None:
    assert lagging().quantile(0.99) == 0


def test_waking_early_is_no_lag() -> None:
    assert lagging(-0.001).quantile(1) == 0


def test_old_figures_are_forgotten() -> None:
    assert lagging(9, *[0] * KEPT).quantile(1) == 0


@pytest.mark.case(119)
async def test_a_handler_that_blocks_the_loop_is_noted() -> None:
    lag = Lag()
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        probe = group.create_task(lag.run())
        await asyncio.sleep(EVERY / 2)  # it sleeps now
        time.sleep(0.2)  # noqa: ASYNC251 - it is what a bad handler does
        while not lag.all.quantile(1):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0)
        probe.cancel()

    assert lag.all.quantile(1) > 0.1
    assert lag.own.quantile(1) < 0.1, "it slept and did not work"
    with contextlib.suppress(asyncio.CancelledError):
        await probe
