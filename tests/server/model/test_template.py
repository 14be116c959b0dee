"""Templates, and requests laid over them."""

from typing import Any

import pytest

from server.errors import ApiError
from server.model.template import Template, merged

STEPS = {"small": {"robot": "/image/resize", "use": ":original", "width": 10, "height": 20}}
BLANK = Template("1" * 32, "", {})


def over(content: dict[str, Any], **params: Any) -> dict[str, Any]:
    return merged(Template("1" * 32, "a-name", content), {"auth": {"key": "k"}, "template_id": "a-name", **params})


def refused(params: dict[str, Any], template: Template = BLANK) -> str:
    with pytest.raises(ApiError) as error:
        template.changed(params)
    return error.value.code


def test_objects_are_merged_and_the_request_wins() -> None:
    made = over({"steps": STEPS, "notify_url": "https://a.example"}, steps={"small": {"width": 99}, "more": {}})

    assert made["steps"] == {"small": {**STEPS["small"], "width": 99}, "more": {}}
    assert list(made["steps"]) == ["small", "more"]
    assert (made["notify_url"], made["template_id"]) == ("https://a.example", "a-name")


def test_lists_are_merged_item_by_item() -> None:
    made = over(
        {"steps": {"a": {"use": ["x", {"name": "y", "as": "z"}, "w"]}}}, steps={"a": {"use": ["v", {"as": "u"}]}}
    )

    assert made["steps"]["a"]["use"] == ["v", {"name": "y", "as": "u"}, "w"]


@pytest.mark.parametrize(
    ("below", "above"), [("a", {"steps": ["b"]}), ({"steps": ["b"]}, "a"), (["a"], "b"), ("a", ["b"])]
)
def test_what_is_of_another_kind_is_replaced(below: Any, above: Any) -> None:
    assert over({"steps": {"s": {"use": below}}}, steps={"s": {"use": above}})["steps"]["s"]["use"] == above


def test_null_at_the_head_is_the_same_as_nothing_and_below_it_takes_away() -> None:
    made = over(
        {"quiet": True, "steps": {"s": {"width": 1}}}, quiet=None, redirect_url=None, steps={"s": {"width": None}}
    )

    assert (made["quiet"], made["redirect_url"], made["steps"]) == (True, None, {"s": {"width": None}})


@pytest.mark.parametrize("steps", [None, {}, []])
@pytest.mark.case(12)
def test_empty_steps_are_no_steps(steps: Any) -> None:
    assert over({"steps": STEPS, "allow_steps_override": False}, steps=steps)["steps"] == STEPS


@pytest.mark.parametrize("denied", [False, "false", 0, "0"])
@pytest.mark.parametrize(
    "request_allows", [{}, {"allow_steps_override": True}, {"fields": {"allow_steps_override": True}}]
)
@pytest.mark.case(12)
def test_a_template_that_denies_steps_of_others_cannot_be_talked_round(
    denied: Any, request_allows: dict[str, Any]
) -> None:
    with pytest.raises(ApiError) as error:
        over({"steps": STEPS, "allow_steps_override": denied}, steps={"small": {"width": 1}}, **request_allows)

    assert (error.value.code, error.value.status) == ("TEMPLATE_DENIES_STEPS_OVERRIDE", 400)


def test_fields_and_limits_are_merged_too() -> None:
    made = over({"steps": STEPS, "fields": {"a": 1, "b": 2}, "auth": {"max_size": 5}}, fields={"b": 3})

    assert (made["fields"], made["auth"]) == ({"a": 1, "b": 3}, {"max_size": 5, "key": "k"})
    assert over({"fields": {"a": 1}}, fields=[])["fields"] == {"a": 1}


def test_a_template_is_what_was_sent_and_nothing_else() -> None:
    made = BLANK.changed({"name": "resize-2", "template": {"steps": STEPS, "x": None}, "require_signature_auth": 1})

    assert made.content == {"steps": STEPS, "x": None}
    assert made.told == {
        "id": made.id,
        "name": "resize-2",
        "content": {"steps": STEPS, "x": None},
        "require_signature_auth": 1,
        "assembly_status_expiry": None,
        "transcoding_result_expiry": None,
        "template_id": made.id,
        "template_name": "resize-2",
    }


def test_what_a_change_does_not_name_stays() -> None:
    first = BLANK.changed({"name": "resize-2", "template": {"steps": STEPS}, "assembly_status_expiry": "7days"})

    assert first.changed({"name": "other"}) == Template(BLANK.id, "other", {"steps": STEPS}, False, "7days")
    assert first.changed({"require_signature_auth": "1"}).signed
    assert first.changed({"assembly_status_expiry": None}).status_expiry is None
    assert first.changed({"template": {"steps": {}}}).content == {"steps": {}}


def test_steps_at_the_head_are_the_content_with_the_options_beside_them() -> None:
    made = BLANK.changed({"auth": {}, "name": "python", "steps": STEPS, "allow_steps_override": False})

    assert made.content == {"steps": STEPS, "allow_steps_override": False}
    assert BLANK.changed({"name": "python", "steps": {}, "template": {"steps": STEPS}}).content == {"steps": STEPS}


@pytest.mark.parametrize(
    "name", [None, "", "four", "a" * 41, "Upper", "with space", "under_score", "é" * 6, "0" * 32, 5]
)
def test_a_name_that_cannot_be_used_is_refused(name: Any) -> None:
    assert refused({"name": name, "template": {"steps": STEPS}}) == "TEMPLATE_VALIDATION_ERROR"


@pytest.mark.parametrize(
    "wrong",
    [
        {"template": None},
        {"template": [STEPS]},
        {"template": {"steps": "all"}},
        {"template": {"steps": STEPS, "auth": "key"}},
        {"template": {"steps": STEPS, "allow_steps_override": "never"}},
        {"template": {"steps": STEPS}, "require_signature_auth": 2},
        {"template": {"steps": STEPS}, "require_signature_auth": []},
        {"template": {"steps": STEPS}, "assembly_status_expiry": "2days"},
        {"template": {"steps": STEPS}, "transcoding_result_expiry": ["1day"]},
    ],
)
def test_a_content_or_option_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    assert refused({"name": "a-name", **wrong}) == "TEMPLATE_VALIDATION_ERROR"


def test_a_new_template_needs_a_name() -> None:
    with pytest.raises(ApiError, match="`name` must have"):
        Template("", "", {}).changed({"template": {"steps": {}}})
