"""`use` in all the forms that clients write."""

from typing import Any

import pytest

from server.model.use import Source, Use, WrongUse, parse_use


@pytest.mark.parametrize(
    ("given", "use"),
    [
        (None, Use()),
        ([], Use()),
        ("a", Use((Source("a"),))),
        (["a", ":original"], Use((Source("a"), Source(":original")))),
        (["a", "a"], Use((Source("a"),))),
        ([{"name": "a", "as": "watermark", "fields": "logo"}], Use((Source("a", "watermark", ("logo",)),))),
        (["a", {"name": "b", "fields": ["x", "y"]}], Use((Source("a"), Source("b", None, ("x", "y"))))),
        ({"steps": "a"}, Use((Source("a"),))),
        ({"steps": ["a"], "bundle_steps": True}, Use((Source("a"),), bundle=True)),
        ({"steps": ["a"], "bundle_steps": "true", "group_by_original": 1}, Use((Source("a"),), True, True)),
        ({"steps": ["a"], "bundle_steps": False, "fields": ["x"]}, Use((Source("a"),), fields=("x",))),
        ({"steps": [{"name": "a", "as": "video_1", "result": "debug"}]}, Use((Source("a", "video_1"),))),
    ],
)
def test_every_documented_form_is_read(given: Any, use: Use) -> None:
    assert parse_use(given) == use


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (3, "it must be the name"),
        ({}, "needs `steps`"),
        ({"name": "a"}, "no key 'name'"),
        ({"steps": ["a"], "bundle": True}, "no key 'bundle'"),
        ({"steps": {"a": 1}}, "it must be the name"),
        ({"steps": "a", "bundle_steps": "maybe"}, "true or false"),
        ({"steps": "a", "bundle_steps": [1]}, "true or false"),
        ([1], "each item"),
        ([["a"]], "each item"),
        ([{"as": "x"}], "needs a `name`"),
        ([{"name": "a", "as": 1}], "`as` must be"),
        ([{"name": "a", "fields": {"x": 1}}], "`fields` must be"),
        ([{"name": "a", "field": "x"}], "no key 'field'"),
        (["a"] * 1001, "at most 1000"),
    ],
)
def test_what_says_nothing_is_refused_with_a_reason(given: Any, reason: str) -> None:
    with pytest.raises(WrongUse, match=reason):
        parse_use(given)


def test_the_same_step_may_come_in_with_two_tags() -> None:
    use = parse_use([{"name": "a", "as": "base"}, {"name": "a", "as": "watermark"}])

    assert [source.tag for source in use.sources] == ["base", "watermark"]
    assert use.steps == ("a",)
