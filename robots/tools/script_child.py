"""The child's side of scripts: QuickJS with bounded time and memory, without files, network or modules."""

from __future__ import annotations

import time
from typing import Any

import orjson
import quickjs

LONGEST_VALUE = 1 << 20
LONGEST_SENTENCE = 200
STACK = 512 << 10

# Taken before any client's script runs, so that no script can put something else in their place.
RUN = "(({ stringify }, run) => (source) => stringify(run(source)))(JSON, eval)"


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
    except ValueError:
        return {"error": "its value is not valid Unicode"}


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
    return {"value": orjson.loads(text)}


def _sentence(error: Exception) -> str:
    """The first line says what is wrong; the others tell of places inside the engine."""
    line = (str(error).splitlines() or ["unknown error"])[0][:LONGEST_SENTENCE]
    if "interrupted" in line:
        return "the script took too long"
    if "out of memory" in line:
        return "the script needs too much memory"
    return line
