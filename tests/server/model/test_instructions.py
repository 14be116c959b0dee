"""Assembly Instructions: what is read, and what is refused with which code."""

from typing import Any

import pytest

from server.errors import ApiError
from server.model.instructions import parse
from server.model.sent import MOST_STEPS
from server.model.use import Source
from tests.server.model.toys import HttpImportRobot, ImageResizeRobot, Toys, encode, instructions, resize, store

IMPORTED = {"robot": "/http/import", "url": "https://example.com/face.jpg"}


def nested(levels: int) -> Any:
    return [nested(levels - 1)] if levels else 0


def refusal(params: Any) -> ApiError:
    with pytest.raises(ApiError) as refused:
        parse(params, Toys())
    return refused.value


def test_the_documented_example_is_read() -> None:
    read = instructions(
        {
            "imported": IMPORTED,
            "resized": resize("imported", width=100, height="100"),
            "exported": store(["imported", "resized"], path="/my_images/${file.id}/${file.url_name}"),
        }
    )

    assert list(read.steps) == [":original", "imported", "resized", "exported"]
    assert read.steps["imported"].robot_class is HttpImportRobot
    assert read.steps["resized"].params == {"width": 100, "height": "100"}
    assert read.steps["exported"].use.sources == (Source("imported"), Source("resized"))


def test_original_is_there_though_nobody_wrote_it() -> None:
    assert instructions({"resized": resize()}).steps[":original"].implicit
    assert not instructions({":original": {"robot": "/upload/handle"}}).steps[":original"].implicit


def test_what_is_for_the_engine_is_parted_from_what_is_for_the_robot() -> None:
    step = instructions(
        {
            "resized": resize(
                width=1, result="true", force_accept=True, ignore_errors=True, queue="batch", user_meta={"a": 1}
            )
        }
    ).steps["resized"]

    assert step.params == {"width": 1}
    assert (step.result, step.force_accept, step.queue, step.user_meta) == (True, True, "batch", {"a": 1})
    assert step.ignore_errors == {"meta", "execute"}


def test_options_stand_beside_the_steps() -> None:
    read = instructions({"resized": resize()}, fields={"a": 1}, notify_url="https://example.com", quiet=True)

    assert (read.fields, read.notify_url, read.quiet) == ({"a": 1}, "https://example.com", True)
    assert read.params["steps"] == {"resized": resize()}
    assert parse(read.params, Toys()) == read


def test_a_stack_named_at_the_top_is_a_default_for_the_steps_that_know_it() -> None:
    steps = {"a": resize(), "b": resize(imagemagick_stack="v2"), "c": encode()}

    read = instructions(steps, imagemagick_stack="v3.0.1", ffmpeg_stack="v6")

    assert read.steps["a"].params["imagemagick_stack"] == "v3.0.1"
    assert read.steps["b"].params["imagemagick_stack"] == "v2"
    assert read.steps["c"].params == {}


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, "ASSEMBLY_NO_STEPS"),
        ({"steps": None}, "ASSEMBLY_NO_STEPS"),
        ({"steps": {}}, "ASSEMBLY_EMPTY_STEPS"),
        ({"steps": []}, "ASSEMBLY_EMPTY_STEPS"),
        ({"steps": "{}"}, "ASSEMBLY_INVALID_STEPS"),
        ({"steps": [resize()]}, "ASSEMBLY_INVALID_STEPS"),
        ({"steps": 7}, "ASSEMBLY_INVALID_STEPS"),
        ({"steps": {f"s{n}": resize() for n in range(MOST_STEPS + 1)}}, "ASSEMBLY_INVALID_STEPS"),
        ({"steps": {"a": resize()}, "fields": {"a": nested(40)}}, "INVALID_PARAMS_FIELD"),
        ({"steps": {"a": resize()}, "fields": {"a": [0] * 20_000}}, "INVALID_PARAMS_FIELD"),
        ({"steps": {"a": resize()}, "notify_url": 7}, "ASSEMBLY_INVALID_NOTIFY_URL"),
    ],
)
def test_instructions_without_steps_are_refused(params: Any, code: str) -> None:
    assert refusal(params).code == code


@pytest.mark.case(87)
@pytest.mark.parametrize(
    ("step", "code"),
    [
        (None, "ASSEMBLY_STEP_INVALID"),
        ("resize", "ASSEMBLY_STEP_INVALID"),
        ([], "ASSEMBLY_STEP_INVALID"),
        ({}, "ASSEMBLY_STEP_NO_ROBOT"),
        ({"robot": None}, "ASSEMBLY_STEP_NO_ROBOT"),
        ({"robot": ["/image/resize"]}, "ASSEMBLY_STEP_INVALID_ROBOT"),
        ({"robot": 7}, "ASSEMBLY_STEP_INVALID_ROBOT"),
        ({"robot": "/image/paint"}, "ASSEMBLY_STEP_UNKNOWN_ROBOT"),
        ({"robot": "../../etc/passwd"}, "ASSEMBLY_STEP_UNKNOWN_ROBOT"),
        ({"robot": "${fields.robot}"}, "ASSEMBLY_STEP_UNKNOWN_ROBOT"),
        ({"robot": "/upload/handle"}, "INVALID_UPLOAD_HANDLE_STEP_NAME"),
        (resize(use=7), "ASSEMBLY_STEP_INVALID_USE"),
        (resize(use=["b", 7]), "ASSEMBLY_STEP_INVALID_USE"),
        (resize(use="b"), "ASSEMBLY_STEP_UNKNOWN_USE"),
        (resize(use={"steps": [{"name": "b"}]}), "ASSEMBLY_STEP_UNKNOWN_USE"),
        (resize(use="a"), "ASSEMBLY_INFINITE"),
        (resize(width=0), "IMAGE_RESIZE_VALIDATION"),
        (resize(queue="fast"), "IMAGE_RESIZE_VALIDATION"),
        ({"robot": "/s3/store", "use": ":original"}, "S3_STORE_VALIDATION"),
    ],
)
def test_a_wrong_step_is_refused(step: Any, code: str) -> None:
    assert refusal({"steps": {"a": step}}).code == code


@pytest.mark.parametrize("name", ["", "a\nb", "a\x00", "x" * 201])
def test_a_step_needs_a_name_that_can_be_shown(name: str) -> None:
    assert refusal({"steps": {name: resize()}}).code == "INVALID_STEP_NAME"


def test_only_the_robot_of_uploads_may_be_called_original() -> None:
    assert refusal({"steps": {":original": resize(use=[])}}).code == "INVALID_STEP_NAME"


def test_uploads_come_from_no_other_step() -> None:
    steps = {"a": IMPORTED, ":original": {"robot": "/upload/handle", "use": "a"}}

    assert refusal({"steps": steps}).code == "ASSEMBLY_STEP_INVALID_USE"


@pytest.mark.case(84)
def test_a_circle_is_shown_and_marked() -> None:
    steps = {"a": resize("c"), "b": resize("a"), "c": resize({"steps": [{"name": "b", "as": "base"}]})}

    error = refusal({"steps": steps})

    assert error.code == "ASSEMBLY_INFINITE"
    assert error.body()["is_infinite"] is True
    assert error.reason == "The steps run in a circle: a → b → c → a."


def test_what_is_wrong_with_the_whole_comes_before_the_parameters_of_one_step() -> None:
    steps = {"a": resize(width="wide"), "b": resize("nowhere")}

    assert refusal({"steps": steps}).code == "ASSEMBLY_STEP_UNKNOWN_USE"


def test_a_wrong_parameter_is_told_with_its_step_and_name() -> None:
    error = refusal({"steps": {"thumbs": resize(widht=100)}})

    assert error.code == ImageResizeRobot.error()
    assert error.reason == 'Step "thumbs": widht: unknown parameter, perhaps width is meant.'
    assert error.extra == {"step": "thumbs"}


def test_a_parameter_with_a_variable_waits_until_it_is_known() -> None:
    instructions({"a": resize(width="${file.meta.width / 2}"), "b": store(path="${fields.dir}/${file.name}")})

    assert refusal({"steps": {"a": resize(wdth="${file.meta.width}")}}).code == "IMAGE_RESIZE_VALIDATION"
    assert refusal({"steps": {"a": resize(width="${file.meta.width}", height=0)}}).code == "IMAGE_RESIZE_VALIDATION"


def test_a_parameter_that_is_not_interpolated_is_checked_at_once() -> None:
    steps = {"a": resize(width="${file.meta.width}", interpolate={"width": False})}

    assert refusal({"steps": steps}).code == "IMAGE_RESIZE_VALIDATION"
    assert refusal({"steps": {"a": {**steps["a"], "interpolate": False}}}).code == "IMAGE_RESIZE_VALIDATION"


def test_a_literal_parameter_keeps_its_dollars() -> None:
    read = instructions({"a": {"robot": "/script/run", "use": ":original", "script": "`${1 + 1}`"}})

    assert read.steps["a"].params == {"script": "`${1 + 1}`"}


def test_too_many_variables_are_refused_before_anything_runs() -> None:
    error = refusal({"steps": {"a": store(path="${file.id}" * 1001)}})

    assert error.code == "S3_STORE_VALIDATION"
    assert "1000 variables" in (error.reason or "")
