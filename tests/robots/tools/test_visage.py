"""A face speaks for a frame if it is large, sure, sharp, bright enough and whole: all of these."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from robots.tools.visage import Visage, together

GOOD = Visage(side=0.4, confidence=95, sharpness=6, contrast=50, cut=False)


def test_what_has_everything_is_worth_the_most() -> None:
    assert GOOD.worth == 1
    assert GOOD.counts


@pytest.mark.parametrize("lack", [{"side": 0.05}, {"confidence": 69}, {"sharpness": 2}, {"contrast": 12}])
def test_what_lacks_one_thing_is_worth_nothing(lack: dict[str, Any]) -> None:
    face = replace(GOOD, **lack)

    assert face.worth == 0
    assert not face.counts


@pytest.mark.parametrize("less", [{"side": 0.2}, {"confidence": 80}, {"sharpness": 4}, {"contrast": 20}, {"cut": True}])
def test_what_has_less_is_worth_less(less: dict[str, Any]) -> None:
    assert 0.1 < replace(GOOD, **less).worth < 0.9


def test_several_are_worth_more_than_one_and_never_more_than_the_best() -> None:
    small = replace(GOOD, side=0.2)

    assert together([]) == 0
    assert together([small]) == pytest.approx(small.worth)
    assert small.worth < together([small, small]) < 2 * small.worth
    assert together([GOOD, small]) == 1
