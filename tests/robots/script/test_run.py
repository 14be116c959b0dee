"""Scripts of clients, evaluated for each file."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import FormData

from robots.base.file import File
from robots.base.params import Invalid
from robots.script.run import ScriptRunParams, ScriptRunRobot
from robots.tools.script import Scripts
from server.sandbox import script_children
from tests import samples
from tests.inside import client, inside
from tests.live import KEY, ended
from tests.robots.workspace import Bench, run

FILE = File(id="1", name="a.txt", size=2500, meta={"width": 3})
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scripts() -> AsyncIterator[Scripts]:
    """The children that the server has, in the sandbox that it has."""
    children = script_children()
    yield Scripts(children)
    await children.close()


async def result_of(scripts: Scripts, folder: Path, script: str, **params: Any) -> tuple[Any, bool]:
    (made,) = await run(ScriptRunRobot, {"script": script, **params}, [FILE], Bench(folder, scripts))

    assert (made.name, made.path, made.meta["width"], made.meta["isFree"]) == (FILE.name, FILE.path, 3, True)
    return made.meta["result"], made.meta["isError"]


@pytest.mark.parametrize(
    ("script", "result"),
    [
        ("Math.ceil(2500 / 1024)", 3),
        ("const [a, b] = [1, 2]; ({sum: a + b, all: [a, b, null]})", {"sum": 3, "all": [1, 2, None]}),
        ("'naïve'.normalize('NFD').length", 6),
        ("undefined", None),
        ("false", False),
    ],
)
async def test_the_value_is_in_the_metadata_of_the_file_that_passes(
    scripts: Scripts, tmp_path: Path, script: str, result: Any
) -> None:
    assert await result_of(scripts, tmp_path, script) == (result, False)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("nowhere.at.all", "ReferenceError: nowhere is not defined"),
        ("throw new Error('none of that')", "Error: none of that"),
        ("1 +", "SyntaxError"),
        ("(async () => 1)()", "its value is a promise, and nothing is waited for"),
        ("await 1", "SyntaxError"),
        ("'x'.repeat(70000)", "its value is longer than 65536 bytes"),
        ("let a = []; for (let i = 0; i < 300; i++) a = [a]; a", "its value is nested more than 100 times"),
        ("let a = {}; a.a = a", "TypeError: circular reference"),
    ],
)
async def test_what_goes_wrong_is_the_result_and_never_the_end_of_the_assembly(
    scripts: Scripts, tmp_path: Path, script: str, words: str
) -> None:
    result, wrong = await result_of(scripts, tmp_path, script)

    assert (words in result, wrong) == (True, True), result


@pytest.mark.parametrize("given", ['{"list": [1, 2], "name": "é\\""}', {"list": [1, 2], "name": 'é"'}])
async def test_context_json_is_known_as_context(scripts: Scripts, tmp_path: Path, given: Any) -> None:
    script = "context.list.length + context.name"

    assert await result_of(scripts, tmp_path, script, contextJSON=given) == ('2é"', False)


async def test_without_context_json_there_is_nothing_in_it(scripts: Scripts, tmp_path: Path) -> None:
    assert await result_of(scripts, tmp_path, "context") == (None, False)
    assert await result_of(scripts, tmp_path, "context", contextJSON="") == (None, False)
    assert await result_of(scripts, tmp_path, "context", contextJSON="0") == (0, False)


@pytest.mark.parametrize(("given", "words"), [('{"a', "is not JSON"), ("[" * 400 + "]" * 400, "is nested too deeply")])
async def test_a_context_that_cannot_be_read_is_told(scripts: Scripts, tmp_path: Path, given: str, words: str) -> None:
    assert await result_of(scripts, tmp_path, "1", contextJSON=given) == (f"contextJSON {words}", True)


@pytest.mark.case(89)
@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("while (true);", "the script took too long"),
        ("/(a+)+$/.test('a'.repeat(40) + '!')", "the script took too long"),
        ("'x'.repeat(10 * 2 ** 30)", "RangeError: invalid repeat count"),
        ("let s = 'x'; while (s.length < 10 * 2 ** 30) s += s; s.length", "InternalError: string too long"),
        ("let all = []; while (true) all.push(new Array(1e6).fill(all.length))", "the script needs too much memory"),
        ("new Uint8Array(10 * 2 ** 30).length", "RangeError: invalid array"),
        ("require('fs').readFileSync('/etc/passwd')", "ReferenceError: require is not defined"),
        ("process.env", "ReferenceError: process is not defined"),
        ("fetch('http://127.0.0.1/')", "ReferenceError: fetch is not defined"),
        ("std.open('/etc/passwd', 'r')", "ReferenceError: std is not defined"),
        ("(() => {}).constructor('return process')()", "ReferenceError: process is not defined"),
        ("import('os')", "its value is a promise"),
    ],
)
async def test_a_script_that_loops_allocates_or_reaches_out_is_only_an_error(
    scripts: Scripts, tmp_path: Path, script: str, words: str
) -> None:
    result, wrong = await result_of(scripts, tmp_path, script)

    assert (words in result, wrong) == (True, True), result


@pytest.mark.case(89)
async def test_a_prototype_that_was_changed_is_whole_again_for_the_next_file(scripts: Scripts, tmp_path: Path) -> None:
    poison = (
        "Object.prototype.isError = false; Array.prototype.map = JSON.stringify = eval = () => 'mine'; ({}).isError"
    )

    assert await result_of(scripts, tmp_path, poison) == (False, False)
    assert await result_of(scripts, tmp_path, "[({}).isError, [1].map(String), JSON.stringify(1)]") == (
        [None, ["1"], "1"],
        False,
    )


async def test_a_script_is_required() -> None:
    with pytest.raises(Invalid, match="script"):
        ScriptRunParams.parse({})


async def test_the_next_step_reads_the_result(tmp_path: Path) -> None:
    steps = {
        "computed": {
            "robot": "/script/run",
            "use": ":original",
            "script": "[context.name.length, `${context.ext}`]",
            "contextJSON": "${file}",
            "interpolate": {"script": False},
        },
        "filtered": {"robot": "/file/filter", "use": "computed", "accepts": [["${file.meta.result[0]}", "===", 10]]},
    }
    form = FormData({"params": json.dumps({"auth": {"key": KEY}, "steps": steps})}, quote_fields=False)
    form.add_field("file", samples.png(tmp_path, 4, 4).read_bytes(), filename="it's a.png")
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await ended(session, await (await session.post("/assemblies", data=form)).json())

    [passed] = status["results"]["filtered"]
    assert (passed["meta"]["result"], passed["meta"]["isError"]) == ([10, "png"], False)
