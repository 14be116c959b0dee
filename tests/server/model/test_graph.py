"""Who feeds whom, and what of it is bundled and listed."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.model.graph import Graph
from server.model.step import Step
from server.model.use import Source, Use
from tests.server.model.toys import ImageResizeRobot, encode, image, instructions, resize, store

IMPORTED = {"robot": "/http/import", "url": "https://example.com"}


def graph(**steps: Mapping[str, Any]) -> Graph:
    return Graph(instructions(steps).steps)


def test_it_knows_the_neighbours_of_each_step() -> None:
    diamond = graph(a=resize(), b=resize("a"), c=resize("a"), d=store(["b", "c"]))

    assert diamond.consumers("a") == ("b", "c")
    assert diamond.sources("d") == ("b", "c")
    assert diamond.leaf("d")
    assert not diamond.leaf(":original")
    assert diamond.order == (":original", "a", "b", "c", "d")


def test_a_step_that_is_used_twice_is_one_neighbour() -> None:
    twice = graph(a=resize([{"name": ":original", "as": "base"}, {"name": ":original", "as": "watermark"}]))

    assert twice.sources("a") == (":original",)
    assert twice.consumers(":original") == ("a",)


@pytest.mark.case(84)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25))
def test_there_is_an_order_exactly_when_there_is_no_circle(edges: list[tuple[int, int]]) -> None:
    uses: dict[str, list[str]] = {str(number): [] for number in range(10)}
    for consumer, source in edges:
        uses[str(consumer)].append(str(source))
    steps = {
        name: Step(name, "/image/resize", ImageResizeRobot, use=Use(tuple(Source(one) for one in dict.fromkeys(used))))
        for name, used in uses.items()
    }

    one = Graph(steps)
    circle = one.cycle()

    if circle is None:
        place = {name: number for number, name in enumerate(one.order)}
        assert all(place[source] < place[name] for name, used in uses.items() for source in used)
    else:
        assert circle[0] == circle[-1]
        assert len(set(circle)) == len(circle) - 1
        assert all(first in uses[second] for first, second in pairwise(circle))


@pytest.mark.parametrize(
    ("step", "bundled"),
    [
        (resize(), False),
        (resize(["x", ":original"]), False),
        (resize({"steps": ["x"]}), False),
        (resize({"steps": ["x"], "bundle_steps": True}), True),
        (resize({"steps": ["x"], "group_by_original": True}), True),
        (resize([":original", {"name": "x", "as": "watermark"}]), True),
        ({"robot": "/video/concat", "use": ":original"}, True),
    ],
)
def test_files_are_bundled_when_asked_for_tagged_or_combined(step: dict[str, Any], bundled: bool) -> None:
    assert graph(x=resize(), step=step).bundled("step") is bundled


@pytest.mark.parametrize(
    ("steps", "results"),
    [
        ({"a": resize(), "b": resize("a")}, {"b"}),
        ({"a": resize(result=True), "b": resize("a")}, {"a", "b"}),
        ({"a": resize(result="debug"), "b": resize("a", result=False)}, {"a"}),
        ({":original": {"robot": "/upload/handle"}}, {":original"}),
        ({"a": IMPORTED}, {"a"}),
        # A store is never listed itself: it brings the files that it stored to the list.
        ({"a": resize(), "s": store("a")}, {"a"}),
        ({"a": resize(), "s": store([":original", "a"])}, {":original", "a"}),
        ({"a": resize(result=False), "s": store("a")}, set()),
        ({"a": resize(), "s": store("a", result=False)}, set()),
        ({"a": resize(), "s": store("a"), "t": store("a", result=True)}, {"a"}),
        ({"a": resize(), "s": store("a"), "b": resize("s")}, {"b"}),
        ({"a": resize(), "s": store("a", result=True), "b": resize("s")}, {"a", "b"}),
    ],
)
def test_results_are_the_last_files_unless_a_step_says_otherwise(steps: dict[str, Any], results: set[str]) -> None:
    listed = graph(**steps)

    assert {name for name in listed.steps if listed.is_result(name)} == results


def test_a_file_comes_in_once_for_each_of_its_tags() -> None:
    tagged = graph(
        x=resize(), a=resize([{"name": ":original", "as": "base"}, {"name": ":original", "as": "watermark"}, "x"])
    )

    assert tagged.takes("a", ":original", image()) == ("base", "watermark")
    assert tagged.takes("a", "x", image()) == (None,)
    assert tagged.takes("x", "a", image()) == ()


def test_files_of_other_kinds_are_passed_over_unless_forced() -> None:
    kinds = graph(a=encode(), b=encode(force_accept=True))

    assert kinds.takes("a", ":original", image()) == ()
    assert kinds.takes("a", ":original", image(type="video")) == (None,)
    assert kinds.takes("b", ":original", image()) == (None,)


@pytest.mark.parametrize(("field", "tags"), [("logo", ("watermark",)), ("photo", ("base",)), ("other", ()), (None, ())])
def test_form_fields_decide_which_uploads_come_in(field: str | None, tags: tuple[str, ...]) -> None:
    by_field = graph(
        a=resize(
            [
                {"name": ":original", "fields": "logo", "as": "watermark"},
                {"name": ":original", "fields": "photo", "as": "base"},
            ]
        )
    )

    assert by_field.takes("a", ":original", image(field=field)) == tags


def test_fields_may_stand_beside_the_steps_too() -> None:
    by_field = graph(a=resize({"steps": [":original"], "fields": ["photo", "logo"]}))

    assert by_field.takes("a", ":original", image(field="logo")) == (None,)
    assert by_field.takes("a", ":original", image(field="other")) == ()
