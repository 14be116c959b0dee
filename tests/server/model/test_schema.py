"""A step can be checked against its robot's schema before it is sent."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from robots.base.catalog import Catalog
from server.model.schema import step_schema

CATALOG = Catalog()


def is_valid(step: dict[str, Any]) -> bool:
    return jsonschema_rs.validator_for(step_schema(CATALOG.get(step["robot"]))).is_valid(step)


@pytest.mark.parametrize("name", CATALOG.names())
def test_the_example_of_each_robot_fits_its_schema(name: str) -> None:
    robot = CATALOG.get(name)

    assert [step for step in robot.example.values() if not is_valid(step)] == []


@pytest.mark.parametrize(
    ("told", "fits"),
    [
        ({"width": 320}, True),
        ({"width": "${file.meta.width / 2}"}, True),
        ({"width": "wide"}, False),
        ({"width": 0}, False),
        ({"widht": 320}, False),
        ({"text": [{"text": "Hello", "size": 20}]}, True),
        ({"use": ["one", "two"], "result": True, "output_meta": {"has_transparency": True}}, True),
        ({"result": "maybe"}, False),
    ],
)
def test_a_step_fits_when_its_parameters_do(told: dict[str, Any], fits: bool) -> None:
    assert is_valid({"robot": "/image/resize", "use": ":original", **told}) is fits


def test_each_parameter_is_described_and_nothing_of_the_inside_is_told() -> None:
    text = str([step_schema(CATALOG.get(name)) for name in CATALOG.names()])

    assert not [word for word in ("'per_file'", "'unheeded'", "'literal':") if word in text]
    described = step_schema(CATALOG.get("/image/resize"))["properties"]["width"]
    assert described["description"]
    assert described["default"] is None
