"""The child's side of scripts: QuickJS with bounded time and memory, without files, network or modules."""

from __future__ import annotations

import time
from typing import Any

import orjson
import quickjs

LONGEST_VALUE = 1 << 20
LONGEST_SENTENCE = 200
DEEPEST = 100  # values go into statuses and other JSON, whose writer has a bound of its own
TOO_DEEP = f"its value is nested more than {DEEPEST} times"
STACK = 512 << 10

# Taken before any client's script runs, so that no script can put something else in their place.
RUN = """(({ stringify }, run, Promise) => (source) => {
    const value = run(source)
    if (value instanceof Promise) throw new TypeError('its value is a promise, and nothing is waited for')
    return stringify(value)
})(JSON, eval, Promise)"""


def evaluate(sources: list[str], context: dict[str, Any], seconds: float, memory: int) -> list[dict[str, Any]]:
    """Evaluates sources one after another in a fresh context, within so many seconds of CPU time and bytes."""
    engine = quickjs.Context()
    engine.set_memory_limit(memory)
    engine.set_max_stack_size(STACK)
    run = engine.eval(RUN)
    for name, value in context.items():
        engine.set(name, engine.parse_json(orjson.dumps(value).decode()))
    end = time.process_time() + seconds
    return [_answer(engine, run, source, end) for source in sources]


def _answer(engine: Any, run: Any, source: str, end: float) -> dict[str, Any]:
    engine.set_time_limit(max(0.001, end - time.process_time()))
    try:
        return _value(_run(run, source))
    except quickjs.JSException as error:
        return {"error": _sentence(error)}
    except ValueError as error:
        return {"error": TOO_DEEP if "depth" in str(error) else "its value is not valid Unicode"}


def _run(run: Any, source: str) -> Any:
    """The JSON of an expression, or of the last value of a longer script."""
    try:
        return run(f"({source}\n)")
    except quickjs.JSException as error:
        if not str(error).startswith("SyntaxError"):
            raise
    return run(source)


def _value(text: str | None) -> dict[str, Any]:
    if text is None:  # undefined, or a function
        return {"value": None}
    if len(text) > LONGEST_VALUE:
        return {"error": f"its value is longer than {LONGEST_VALUE} characters"}
    value = orjson.loads(text)
    return {"error": TOO_DEEP} if _deeper(value, DEEPEST) else {"value": value}


def _deeper(value: Any, levels: int) -> bool:
    """Whether lists and objects lie in each other more than so many times."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(not levels or _deeper(item, levels - 1) for item in inner)


def _sentence(error: Exception) -> str:
    """The first line says what is wrong; the others tell of places inside the engine."""
    line = (str(error).splitlines() or ["unknown error"])[0][:LONGEST_SENTENCE]
    if "interrupted" in line:
        return "the script took too long"
    if "out of memory" in line:
        return "the script needs too much memory"
    return line
