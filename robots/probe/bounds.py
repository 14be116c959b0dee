"""What a file says of itself is bounded before anybody is told: in length, in signs, in numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import orjson

from robots.probe.text import clean

MOST = 64 * 1024  # bytes of all metadata of a file, as JSON
DEEPEST = 4
LONGEST = 8000  # signs of one text, which is what lyrics may have
MANY = 200  # entries of one list or object
TIMES = {"duration"}
FOREVER = 10 * 365 * 86400.0  # a longer recording is none


def bounded(meta: Mapping[str, Any]) -> dict[str, Any]:
    """The same without what could not be shown; when all of it is too much, the longest values go first."""
    kept = _object(meta, DEEPEST)
    sizes = {key: len(orjson.dumps(value)) for key, value in kept.items()}
    rest = sum(sizes.values()) + sum(len(key) + 6 for key in sizes)
    for key in sorted(sizes, key=lambda key: -sizes[key]):
        if rest <= MOST:
            break
        rest -= sizes[key] + len(key) + 6
        del kept[key]
    return kept


def _object(given: Mapping[str, Any], depth: int) -> dict[str, Any]:
    made = ((str(key)[:200], _value(value, depth)) for key, value in list(given.items())[:MANY])
    return {key: value for key, value in made if value is not None and not (key in TIMES and value > FOREVER)}


def _value(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return clean(value, LONGEST) or ""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and not -(1 << 53) < value < 1 << 53:
        return None
    if isinstance(value, Mapping):
        return _object(value, depth - 1) if depth else None
    if isinstance(value, list | tuple):
        return (
            [item for item in (_value(item, depth - 1) for item in value[:MANY]) if item is not None] if depth else None
        )
    return value
