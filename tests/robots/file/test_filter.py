"""Files that pass, and files that do not."""

from pathlib import Path
from typing import Any

import pytest

from robots.base.errors import BadParams, RobotError
from robots.base.file import File
from robots.base.params import Invalid
from robots.file.filter import FileFilterParams, FileFilterRobot
from tests.robots.workspace import Bench, run

YES, NO = ["a", "=", "a"], ["a", "=", "b"]
FILE = File(id="1", name="a.txt", meta={"width": 3})


@pytest.mark.parametrize(
    ("params", "passes"),
    [
        ({}, True),
        ({"accepts": None, "declines": None}, True),
        ({"accepts": []}, False),
        ({"accepts": [], "condition_type": "and"}, False),
        ({"declines": []}, True),
        ({"declines": [], "condition_type": "and"}, True),
        ({"accepts": [YES, NO]}, True),
        ({"accepts": [YES, NO], "condition_type": "and"}, False),
        ({"declines": [YES, NO]}, False),
        ({"declines": [YES, NO], "condition_type": "and"}, True),
        ({"accepts": [YES], "declines": [YES]}, False),
        ({"accepts": [YES], "declines": [NO]}, True),
        ({"accepts": True}, True),
        ({"accepts": False}, False),
        ({"accepts": "true"}, True),
        ({"accepts": "false"}, False),
        ({"accepts": ""}, False),
        ({"accepts": 3}, True),
        ({"accepts": 0}, False),
        ({"declines": "true"}, False),
        ({"declines": False}, True),
        ({"accepts": [[None, "empty", ""]]}, True),
        ({"accepts": [[["a", "b"], "includes", "b"]]}, True),
        ({"accepts": [[2, "===", 2]]}, True),
        ({"accepts": [["2", "===", 2]]}, False),
    ],
)
async def test_accepts_is_asked_first_and_then_declines(tmp_path: Path, params: dict[str, Any], passes: bool) -> None:
    results = await run(FileFilterRobot, params, [FILE], Bench(tmp_path))

    assert results == ([FILE] if passes else [])


async def test_a_file_passes_untouched(tmp_path: Path) -> None:
    (result,) = await run(FileFilterRobot, {}, [FILE], Bench(tmp_path))

    assert result is FILE


async def test_a_declined_file_can_stop_the_assembly(tmp_path: Path) -> None:
    params = {"declines": [YES], "error_on_decline": "true", "error_msg": "Too large for us."}

    with pytest.raises(RobotError, match="Too large for us") as caught:
        await run(FileFilterRobot, params, [FILE], Bench(tmp_path))

    assert caught.value.code == "FILE_FILTER_DECLINED_FILE"


async def test_an_error_message_is_there_when_none_is_given(tmp_path: Path) -> None:
    with pytest.raises(RobotError, match=r"^One of your files was declined$"):
        await run(FileFilterRobot, {"accepts": [NO], "error_on_decline": True}, [FILE], Bench(tmp_path))


async def test_an_operator_that_there_is_not_has_a_code_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(BadParams, match="'like' is not an operator") as caught:
        await run(FileFilterRobot, {"accepts": [YES, ["a", "like", "b"]]}, [FILE], Bench(tmp_path))

    assert caught.value.code == "FILE_FILTER_INVALID_OPERATOR"


@pytest.mark.parametrize(
    ("accepts", "words"),
    [
        ([["a", "regex", "("]], "^accepts: '[(]' is not a regular expression of RE2$"),
        ([["a", "!regex", "(?<=a)b"]], "^accepts: .* is not a regular expression of RE2$"),
        ([YES, ["a", "="]], r"^accepts\.1\.2: is required$"),
        ([[*YES, "a"]], r"^accepts\.0: must have at most 3 items$"),
        (["a", "=", "a"], r"^accepts\.0: must be a list$"),
        ({"a": 1}, "^accepts: must be .* or must be a list$"),
    ],
)
def test_conditions_of_another_form_are_refused(accepts: Any, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        FileFilterParams.parse({"accepts": accepts})
