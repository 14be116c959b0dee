"""What is read of a request, and the code of what is wrong with it."""

from typing import Any

import jsonschema_rs
import pytest

from server.errors import ApiError
from server.model.schema import cleaned
from server.model.sent import MOST_UPLOADS, AssemblyParams, StepsParams, UploadsForm

COUNTS = ("num_expected_upload_files", "tus_num_expected_upload_files")


@pytest.mark.parametrize(
    ("value", "count"), [(None, None), ("", None), ("3", 3), (" 0 ", 0), (12, 12), (str(MOST_UPLOADS), MOST_UPLOADS)]
)
@pytest.mark.parametrize("name", COUNTS)
def test_the_number_of_expected_uploads_comes_as_text_or_number(name: str, value: Any, count: int | None) -> None:
    assert UploadsForm.expected({name: value, "other": "field"}) == count


@pytest.mark.parametrize(
    "value", ["-1", -1, "three", "1.5", 1.5, True, [], {}, "9" * 5000, 2**40, MOST_UPLOADS + 1, "²", "٣"], ids=repr
)
def test_what_is_not_a_number_of_uploads_is_refused(value: Any) -> None:
    with pytest.raises(ApiError) as refused:
        UploadsForm.expected({COUNTS[0]: value})

    assert refused.value.code == "ASSEMBLY_INVALID_NUM_EXPECTED_UPLOAD_FILES_PARAM"


def test_the_newer_name_of_the_number_wins() -> None:
    assert UploadsForm.expected({COUNTS[0]: "1", COUNTS[1]: "2"}) == 1
    assert UploadsForm.expected({COUNTS[0]: "", COUNTS[1]: "2"}) == 2


STEPS: list[Any] = [{}, {"a": {}}, {str(n): {} for n in range(500)}]
NO_STEPS: list[Any] = ["x", 1, True, ["a"], {str(n): {} for n in range(501)}]


@pytest.mark.parametrize(
    ("steps", "right"),
    [*((steps, True) for steps in STEPS), *((steps, False) for steps in NO_STEPS)],
    ids=lambda given: str(given)[:20],
)
def test_what_is_described_as_steps_is_what_is_read_as_steps(steps: Any, right: bool) -> None:
    described = jsonschema_rs.validator_for(cleaned(AssemblyParams.model_json_schema()))

    assert described.is_valid({"steps": steps}) is right
    if right:
        assert StepsParams.read({"steps": steps}, "ASSEMBLY_INVALID_STEPS").steps == steps
    else:
        with pytest.raises(ApiError) as refused:
            StepsParams.read({"steps": steps}, "ASSEMBLY_INVALID_STEPS")
        assert refused.value.code == "ASSEMBLY_INVALID_STEPS"


def test_an_empty_list_is_no_steps_as_php_writes_it() -> None:
    assert StepsParams.read({"steps": []}, "").steps == {}
