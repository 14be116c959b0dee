"""What a step tells the engine."""

from typing import Any

import pytest

from robots.base.params import Invalid
from server.model.step import Engine, parse_engine, phases
from tests.server.model.toys import HttpImportRobot, ImageResizeRobot


def test_without_a_word_everything_is_as_documented() -> None:
    engine = parse_engine({"robot": "/image/resize", "width": 100}, {})

    assert engine == Engine()
    assert engine.result is None
    assert engine.queue == "live"
    assert engine.interpolate is True


@pytest.mark.parametrize(
    ("given", "name", "value"),
    [
        ({"result": "true"}, "result", True),
        ({"result": "debug"}, "result", "debug"),
        ({"result": None}, "result", None),
        ({"force_accept": "false"}, "force_accept", False),
        ({"output_meta": {"blurhash": True}}, "output_meta", {"blurhash": True}),
        ({"output_meta": ["blurhash"]}, "output_meta", ["blurhash"]),
        ({"output_meta": False}, "output_meta", False),
        ({"interpolate": {"path": "false"}}, "interpolate", {"path": False}),
        ({"interpolate": []}, "interpolate", {}),
        ({"user_meta": []}, "user_meta", {}),
        ({"user_meta": {"who": "${file.name}"}}, "user_meta", {"who": "${file.name}"}),
        ({"result": "${fields.show}"}, "result", False),
        ({"queue": "${fields.queue}"}, "queue", "batch"),
    ],
)
def test_values_are_read_as_they_are_meant(given: dict[str, Any], name: str, value: Any) -> None:
    engine = parse_engine(given, {"show": "false", "queue": "batch"})

    assert getattr(engine, name) == value


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"result": "perhaps"}, "result: must be true or false, or must be 'debug'"),
        ({"queue": "fast"}, "queue: must be 'live' or 'batch'"),
        ({"ignore_errors": ["all"]}, "ignore_errors"),
        ({"user_meta": "x"}, "user_meta: must be an object"),
        ({"result": "${file.meta.width > 5}"}, r"result: can use only \$\{fields"),
        ({"queue": "${file.type}"}, r"queue: can use only \$\{fields"),
    ],
)
def test_wrong_values_are_named(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        parse_engine(given, {})


def test_ignoring_all_errors_means_all_phases_of_the_robot() -> None:
    assert phases(True, ImageResizeRobot) == {"meta", "execute"}
    assert phases(True, HttpImportRobot) == {"meta", "execute", "import"}
    assert phases(False, HttpImportRobot) == set()
    assert phases(["meta"], ImageResizeRobot) == {"meta"}
