"""A robot knows every parameter that the API has for it, and each one is tried by the robot's tests."""

import json
from pathlib import Path
from typing import Any

import pytest

from robots.base.catalog import Catalog
from robots.base.robot import Robot

ROOT = Path(__file__).parent.parent.parent
PUBLISHED: dict[str, list[str]] = json.loads((ROOT / "robots/parameters.json").read_text("utf-8"))
ROBOTS = [Catalog().get(name) for name in Catalog().names()]


def names(robot: type[Robot[Any]]) -> set[str]:
    return {field.alias or name for name, field in robot.model.model_fields.items()}


def _text_of_tests(robot: type[Robot[Any]]) -> str:
    """The text of the test files of a robot; a provider's two robots share them."""
    family, stem = robot.name.strip("/").split("/")
    folder, name = ("storage", family) if robot.__module__.startswith("robots.storage.") else (family, stem)
    return "\n".join(path.read_text("utf-8") for path in (ROOT / "tests/robots" / folder).glob(f"test_{name}*.py"))


@pytest.mark.parametrize("robot", ROBOTS, ids=lambda robot: robot.name)
class TestEachRobot:
    def test_knows_every_parameter(self, robot: type[Robot[Any]]) -> None:
        assert not set(PUBLISHED[robot.name]) - names(robot)

    def test_has_a_test_that_names_each_parameter(self, robot: type[Robot[Any]]) -> None:
        text = _text_of_tests(robot)

        assert not sorted(name for name in PUBLISHED[robot.name] if name not in text)
