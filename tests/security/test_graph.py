"""Instructions that multiply, run in circles or name what is not to be had."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, FormData
from hypothesis import given, settings
from hypothesis import strategies as st

from robots.base.catalog import Catalog
from server.config import WrongSetting
from server.errors import ApiError
from server.model.instructions import parse
from tests.inside import inside
from tests.security.attacker import Attacker, instructions, strict

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAMES = ["a", "b", "c", "d", ":original"]
SPELLINGS = [
    lambda names: names,
    lambda names: {"steps": names},
    lambda names: {"steps": [{"name": name} for name in names], "bundle_steps": True},
    lambda names: [{"name": name, "as": f"file_{number}"} for number, name in enumerate(names)],
    lambda names: [*names, *names],
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bounded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Attacker]:
    """A server with narrow bounds and without one robot."""
    limits = {"max_assembly_files": 60, "max_assembly_jobs": 80, "max_assembly_size": 100_000}
    folder = tmp_path_factory.mktemp("bounded") / "data"
    async with inside(folder, disabled_robots=("/file/hash",), **limits) as app, ClientSession() as http:
        yield Attacker(app, http)


def passing(*use: str) -> dict[str, Any]:
    """A step that gives each file on."""
    return {"robot": "/file/filter", "use": list(use), "accepts": [["1", "=", "1"]]}


def fanned(layers: int, width: int) -> dict[str, Any]:
    """Each step of a layer uses all of the layer before: one file becomes width ** layers."""
    steps: dict[str, Any] = {}
    before = [":original"]
    for layer in range(layers):
        names = [f"{layer}_{number}" for number in range(width)]
        steps |= {name: passing(*before) for name in names}
        before = names
    return steps


async def run(attacker: Attacker, steps: dict[str, Any], size: int = 10) -> dict[str, Any]:
    form = FormData([("params", instructions(steps))])
    form.add_field("file", b"x" * size, filename="f.txt")
    async with attacker.ask("POST", "/assemblies", data=form) as reply:
        created = strict(await reply.text())
    async with attacker.http.get(created["update_stream_url"]) as stream:
        await stream.read()
    async with attacker.http.get(created["assembly_ssl_url"]) as reply:
        return strict(await reply.text())


@pytest.mark.case(85)
@pytest.mark.parametrize(
    ("steps", "size", "bound"),
    [
        ({f"s{number}": passing(":original") for number in range(70)}, 10, "60 files"),
        (fanned(5, 9), 10, "80 jobs"),
        ({f"s{number}": passing(":original") for number in range(5)}, 30_000, "100000 bytes"),
    ],
    ids=["files", "jobs", "bytes"],
)
async def test_an_assembly_that_multiplies_ends_at_its_bound_and_no_other_does(
    bounded: Attacker, steps: dict[str, Any], size: int, bound: str
) -> None:
    over = await run(bounded, steps, size)
    other = await run(bounded, {"passed": passing(":original")})

    assert over["error"] == "ASSEMBLY_SATURATED", over
    assert bound in over["message"]
    assert sum(map(len, over["results"].values())) <= 61
    assert other["ok"] == "ASSEMBLY_COMPLETED"


@pytest.mark.case(84)
@pytest.mark.parametrize("spelling", SPELLINGS)
@settings(max_examples=60, deadline=None, database=None)
@given(st.dictionaries(st.sampled_from(NAMES[:4]), st.lists(st.sampled_from(NAMES), max_size=3), min_size=1))
async def test_a_circle_is_found_exactly_when_there_is_one_however_it_is_spelled(
    spelling: Any, uses: dict[str, list[str]]
) -> None:
    steps = {name: {"robot": "/file/filter", "use": spelling(used)} for name, used in uses.items()}

    try:
        parse({"steps": steps}, Catalog())
        code = None
    except ApiError as error:
        code = error.code

    assert code == expected(uses)


def expected(uses: dict[str, list[str]]) -> str | None:
    if any(used not in {*uses, ":original"} for names in uses.values() for used in names):
        return "ASSEMBLY_STEP_UNKNOWN_USE"
    try:
        TopologicalSorter(uses).prepare()
    except CycleError:
        return "ASSEMBLY_INFINITE"
    return None


@pytest.mark.case(84)
async def test_a_circle_is_refused_before_any_byte_is_taken(attacker: Attacker) -> None:
    steps = {"a": passing("b"), "b": passing("c", ":original"), "c": passing("a")}

    status, told = await attacker.create(instructions(steps), num_expected_upload_files="1")

    assert (status, told["error"], told["is_infinite"]) == (400, "ASSEMBLY_INFINITE", True)


UNUSABLE = {
    "no such robot": ({"robot": "/no/robot"}, "ASSEMBLY_STEP_UNKNOWN_ROBOT"),
    "no such family": ({"robot": "/../../etc"}, "ASSEMBLY_STEP_UNKNOWN_ROBOT"),
    "a module that is no robot": ({"robot": "/tools/process"}, "ASSEMBLY_STEP_UNKNOWN_ROBOT"),
    "a name of another case": ({"robot": "/Image/Resize"}, "ASSEMBLY_STEP_UNKNOWN_ROBOT"),
    "an endless name": ({"robot": "/a" * 100_000}, "ASSEMBLY_STEP_UNKNOWN_ROBOT"),
    "a list of robots": ({"robot": ["/file/filter"]}, "ASSEMBLY_STEP_INVALID_ROBOT"),
    "a disabled robot": ({"robot": "/file/hash", "use": ":original"}, "ASSEMBLY_DISALLOWED_ROBOTS_USED"),
    "an unknown step": ({"robot": "/file/filter", "use": "x"}, "ASSEMBLY_STEP_UNKNOWN_USE"),
    "an empty name": ({"robot": "/file/filter", "use": ""}, "ASSEMBLY_STEP_UNKNOWN_USE"),
    "a number": ({"robot": "/file/filter", "use": 1}, "ASSEMBLY_STEP_INVALID_USE"),
    "very many steps": ({"robot": "/file/filter", "use": [":original"] * 15_000}, "ASSEMBLY_STEP_INVALID_USE"),
    "lists of nothing": ({"robot": "/file/filter", "use": [[]] * 15_000}, "ASSEMBLY_STEP_INVALID_USE"),
    "more steps than are read": ({"robot": "/file/filter", "use": ["a"] * 60_000}, "INVALID_PARAMS_FIELD"),
}


@pytest.mark.case(87)
@pytest.mark.parametrize(("step", "code"), UNUSABLE.values(), ids=UNUSABLE)
async def test_a_step_of_what_is_not_to_be_had_is_refused(bounded: Attacker, step: dict[str, Any], code: str) -> None:
    status, told = await bounded.create(instructions({"step": step}))

    assert (status, told["error"]) == (400, code)
    assert len(json.dumps(told)) < 2000


@pytest.mark.case(87)
async def test_only_a_robot_that_exists_can_be_disabled(tmp_path: Path) -> None:
    with pytest.raises(WrongSetting, match="/no/robot"):
        async with inside(tmp_path / "data", disabled_robots=("/file/hash", "/no/robot")):
            pass


@pytest.mark.case(81)
async def test_a_value_is_never_read_as_a_variable_again(attacker: Attacker) -> None:
    fields = {
        "a": "${fields.b}",
        "b": "${fields.a}",
        "dunder": "${file.__class__.__mro__}",
        "code": "${process.exit(1)}",
        "format": "{0.__class__}%(a)s{{7*7}}<%= 7*7 %>",
    }
    accepts = [[f"${{fields.{name}}}", "=", f"${{fields.{name}}}"] for name in fields]
    steps = {"passed": {"robot": "/file/filter", "use": ":original", "accepts": accepts}}
    form = FormData([("params", instructions(steps)), *fields.items()], quote_fields=False)
    form.add_field("file", b"x", filename="${fields.a}.txt")

    async with attacker.ask("POST", "/assemblies", data=form) as reply:
        created = strict(await reply.text())
    async with attacker.http.get(created["update_stream_url"]) as stream:
        await stream.read()
    async with attacker.http.get(created["assembly_ssl_url"]) as reply:
        over = strict(await reply.text())

    assert over["ok"] == "ASSEMBLY_COMPLETED", over
    assert over["fields"] == fields
    assert over["results"]["passed"][0]["name"] == "${fields.a}.txt"


@pytest.mark.case(85)
async def test_very_many_graphs_are_each_answered(bounded: Attacker) -> None:
    random.seed(7)
    answered: Counter[str] = Counter()
    for _ in range(40):
        names = [f"s{number}" for number in range(random.randint(1, 40))]
        steps = {
            name: passing(*random.sample([*names, ":original"], random.randint(1, min(4, len(names)))))
            for name in names
        }
        status, told = await bounded.create(instructions(steps))
        answered[told.get("error", "ok")] += 1
        assert status in (200, 400)

    assert set(answered) <= {"ok", "ASSEMBLY_INFINITE", "ASSEMBLY_STEP_INVALID_USE"}
