"""What passes from one filter to the next."""

from robots.tools.flow import Flow, bounds


def test_what_lasts_some_seconds_lasts_longer_by_what_is_added() -> None:
    assert Flow(16, 16, times=3, extra=5).seconds(10) == 35


def test_of_several_the_most_counts_in_every_respect() -> None:
    assert Flow.most([Flow(1, 20, 3, 0), Flow(10, 2, 1, 4, 2)]) == Flow(10, 20, 3, 4, 2)


def test_of_an_option_that_is_set_twice_each_value_counts() -> None:
    assert bounds(["5", "iw", ""], {"iw": 9.0}, 1) == (5, 9)
    assert bounds([], {}, 1) == (1, 1)
