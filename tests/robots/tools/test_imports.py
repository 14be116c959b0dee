"""What could not be had of an import, and when it is told."""

import pytest

from robots.base.errors import RobotError
from robots.tools.imports import MOST_FAILURES, Failures


def test_an_import_without_a_failure_has_nothing_to_tell() -> None:
    Failures().tell()


def test_of_several_failures_the_first_is_told() -> None:
    failures = Failures()
    failures.add(RobotError("One."))
    failures.add(RobotError("Two."))

    with pytest.raises(RobotError, match=r"One\."):
        failures.tell()


def test_after_too_many_failures_nothing_more_is_tried() -> None:
    failures = Failures()
    for number in range(MOST_FAILURES - 1):
        failures.add(RobotError(f"This is failure {number}."))

    with pytest.raises(RobotError, match=r"failure 0\."):
        failures.add(RobotError("One too many."))
