"""JavaScript of clients: what it can say, and what it cannot do."""

import time
from typing import Any

import pytest

from robots.tools.script_child import evaluate

CONTEXT = {
    "assembly": {"id": "a1"},
    "file": {"name": "photo.jpg", "meta": {"width": 640, "height": 480}},
    "fields": {"n": "7", "text": "é\u0000😀"},
    "previous_step": {"name": ":original"},
    "unique_prefix": "f2/d3",
}


def answer(source: str, seconds: float = 1.0) -> dict[str, Any]:
    return evaluate([source], CONTEXT, seconds, 64 << 20)[0]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("file.name.toUpperCase()", "PHOTO.JPG"),
        ("Math.max(10, file.meta.width)", 640),
        ("file.meta.width > file.meta.height ? 'landscape' : 'portrait'", "landscape"),
        ("file.meta.width / 2", 320),
        ("file.meta.width / 3 > 213.3", True),
        ("parseInt(fields.n) + 1", 8),
        ("fields.text", "é\u0000😀"),
        ("`${unique_prefix}/${previous_step.name.slice(1)}`", "f2/d3/original"),
        ("({a: [1, null, {b: 2.5}]})", {"a": [1, None, {"b": 2.5}]}),
        ("{a: 1}", {"a": 1}),
        ("file.name // the name", "photo.jpg"),
        ("const half = file.meta.width / 2; half + 1", 321),
        ("[...'abc'].map((letter, i) => letter + i)", ["a0", "b1", "c2"]),
        ("2 ** 53", 2**53),
        ("new Date(0)", "1970-01-01T00:00:00.000Z"),
        ("undefined", None),
        ("NaN", None),
        ("() => 1", None),
        ("", None),
    ],
)
def test_expressions_and_short_scripts_have_json_values(source: str, value: Any) -> None:
    assert answer(source) == {"value": value}


def test_the_clock_goes() -> None:
    now = answer("Date.now()")["value"]

    assert isinstance(now, int)
    assert abs(now / 1000 - time.time()) < 60


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("nowhere", "ReferenceError: nowhere is not defined"),
        ("1 +", "SyntaxError"),
        ("null.x", "TypeError"),
        ("throw 'no'", "no"),
        ("10n", "TypeError: BigInt"),
        ("Promise.resolve(1)", "TypeError: its value is a promise"),
        ("'\\ud800'", "not valid Unicode"),
        ("(function f() { f() })()", "RangeError"),
        ("'x'.repeat(1e9)", "too much memory"),
        ("let all = []; while (true) all.push('x'.repeat(1e6) + all.length)", "too much memory"),
        ("let a = []; for (let i = 0; i < 300; i++) a = [a]; a", "nested more than 100 times"),
        ("let a = []; for (let i = 0; i < 1100; i++) a = [a]; a", "nested more than 100 times"),
        ("'y'.repeat(2e6)", "longer than 1048576 characters"),
    ],
)
def test_what_goes_wrong_is_told_in_one_line(source: str, error: str) -> None:
    told = answer(source)["error"]

    assert error in told
    assert "\n" not in told
    assert len(told) <= 200


@pytest.mark.parametrize(
    "source", ["while (true);", "/(a+)+$/.test('a'.repeat(50) + '!')", "({toJSON() { while (true); }})"]
)
def test_what_does_not_end_is_stopped(source: str) -> None:
    assert answer(source, 0.1) == {"error": "the script took too long"}


def test_all_scripts_of_a_call_share_its_time() -> None:
    began = time.process_time()
    answers = evaluate(["while (true);"] * 5, {}, 0.2, 64 << 20)

    assert answers == [{"error": "the script took too long"}] * 5
    assert time.process_time() - began < 1


@pytest.mark.parametrize("name", ["require", "process", "fetch", "std", "os", "Deno", "XMLHttpRequest", "setTimeout"])
def test_there_is_no_way_out(name: str) -> None:
    assert answer(f"typeof {name}") == {"value": "undefined"}


def test_a_script_cannot_fake_the_answers_of_the_next() -> None:
    answers = evaluate(["JSON.stringify = () => '\"faked\"'; eval = () => 1; 1", "2"], {}, 1.0, 64 << 20)

    assert answers == [{"value": 1}, {"value": 2}]


def test_each_call_begins_afresh() -> None:
    answer("globalThis.left = 1")

    assert answer("typeof left") == {"value": "undefined"}
