"""A clock that was set is noticed, whichever way it jumped."""

import pytest

from server.engine.jumps import HOLD, Jumps

YEARS = 10 * 365 * 86400.0


class Clocks:
    """The date, and the seconds since some moment."""

    wall = 1_800_000_000.0
    steady = 50.0

    def go_on(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def jumps(clocks: Clocks) -> Jumps:
    return Jumps(lambda: clocks.wall, lambda: clocks.steady)


@pytest.mark.case(127)
@pytest.mark.parametrize("by", [3600, -3600, YEARS, -YEARS])
def test_after_a_jump_the_date_is_not_relied_on_for_an_hour(clocks: Clocks, jumps: Jumps, by: float) -> None:
    clocks.wall += by

    assert jumps.just_happened()
    clocks.go_on(HOLD - 1)
    assert jumps.just_happened()
    clocks.go_on(1)
    assert not jumps.just_happened()


@pytest.mark.case(127)
def test_a_clock_that_is_put_right_has_jumped_again(clocks: Clocks, jumps: Jumps) -> None:
    clocks.wall += YEARS
    assert jumps.just_happened()
    clocks.go_on(HOLD - 1)
    clocks.wall -= YEARS

    assert jumps.just_happened()
    clocks.go_on(HOLD - 1)
    assert jumps.just_happened()


@pytest.mark.case(127)
def test_a_clock_that_stands_still_has_jumped_too(clocks: Clocks, jumps: Jumps) -> None:
    clocks.steady += 700

    assert jumps.just_happened()


def test_time_that_passes_is_no_jump(clocks: Clocks, jumps: Jumps) -> None:
    for _ in range(1000):
        clocks.go_on(86400)
        clocks.wall += 0.5  # as time servers do

        assert not jumps.just_happened()
