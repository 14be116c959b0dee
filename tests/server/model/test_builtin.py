"""The Templates that every account has."""

from typing import Any

import pytest

from robots.base.catalog import Catalog
from server.model.builtin import RECIPES, VERSION, builtin, builtins
from server.model.instructions import parse


@pytest.mark.parametrize("name", RECIPES)
def test_each_can_be_run_as_it_is(name: str) -> None:
    template = builtin(f"builtin/{name}")

    assert template is not None
    assert parse(template.content, Catalog()).steps.keys() == {":original", *RECIPES[name][1]}


def test_the_version_may_be_said() -> None:
    assert (
        builtin(f"builtin/encode-mp4@{VERSION}")
        == builtin("builtin/encode-mp4@latest")
        == builtin("builtin/encode-mp4")
    )


@pytest.mark.parametrize("ref", ["encode-mp4", "builtin/", "builtin/none", "builtin/encode-mp4@9.9.9", "builtin"])
def test_there_is_no_other(ref: str) -> None:
    assert builtin(ref) is None


def test_a_list_shows_what_each_does() -> None:
    shown: list[dict[str, Any]] = builtins()

    assert [item["name"] for item in shown] == [f"builtin/{name}" for name in RECIPES]
    assert all(item["description"] and item["builtin_version"] and item["content"]["steps"] for item in shown)
