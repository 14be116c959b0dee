"""Where `${…}` is replaced, and where not."""

from typing import Any

import pytest

from server.model.interpolation import Interpolation

PARAMS = {"path": "p", "ffmpeg": {"vf": "f", "b": ["x", {"y": "z"}]}, "width": 7, "robot": "r", "use": ["u"]}


def replaced(rules: Interpolation) -> set[str]:
    seen: set[str] = set()
    rules.replace(PARAMS, seen.add)
    return seen


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (Interpolation(), {"p", "f", "x", "z"}),
        (Interpolation(False), set()),
        (Interpolation({"path": False, "ffmpeg.vf": False}), {"x", "z"}),
        (Interpolation({"ffmpeg": False}), {"p"}),
        (Interpolation({"ffmpeg": False, "ffmpeg.b.1": True}), {"p", "z"}),
        (Interpolation(True, frozenset({"path"})), {"f", "x", "z"}),
        (Interpolation({"path": True}, frozenset({"path"})), {"p", "f", "x", "z"}),
        (Interpolation({"robot": True, "use": True}), {"p", "f", "x", "z"}),
    ],
)
def test_the_nearest_name_decides(rules: Interpolation, expected: set[str]) -> None:
    assert replaced(rules) == expected


def test_what_is_not_text_stays_as_it_is() -> None:
    params: dict[str, Any] = {"a": [1, None, True, {"b": 2.5}], "c": {}}

    assert Interpolation().replace(params, str.upper) == params
