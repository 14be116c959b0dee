"""The params of a request: one JSON object, read strictly, since what is signed must be what is obeyed."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import Any

from server.errors import ApiError
from server.model.instructions import MOST_VALUES

DEEPEST = 64
# Up to the next sign that stands before a value: what is in a text is skipped.
VALUE = re.compile(r'(?:[^",\[{]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+[,\[{]', re.DOTALL)


def read(text: str | None) -> dict[str, Any]:
    """The object in this field; raises ApiError."""
    if not text:
        raise ApiError("NO_PARAMS_FIELD")
    if _is_too_much(text):
        raise ApiError("INVALID_PARAMS_FIELD", f"The params hold more than {MOST_VALUES} values.")
    try:
        params = json.loads(
            text, object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_finite, parse_int=_whole
        )
        _check(params)
    except (ValueError, RecursionError) as error:
        raise ApiError("INVALID_PARAMS_FIELD", f"The params are not valid JSON: {_sentence(error)}.") from error
    if not isinstance(params, dict):
        raise ApiError("NO_OBJECT_PARAMS_FIELD")
    return params


def _is_too_much(text: str) -> bool:
    """Whether reading it would hold up everybody else; found without reading it, each empty list counted as two."""
    if sum(map(text.count, ",[{")) <= 2 * MOST_VALUES:
        return False
    return next(islice(iter(VALUE.scanner(text).match, None), 2 * MOST_VALUES, None), None) is not None  # type: ignore[attr-defined]


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise ValueError(f"the key {twice[:80]!r} comes twice in one object")
    return made


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _finite(digits: str) -> float:
    if not math.isfinite(number := float(digits)):
        raise ValueError("a number is too large")
    return number


def _whole(digits: str) -> int:
    if len(digits) > 20 or not -(2**63) <= (number := int(digits)) < 2**64:
        raise ValueError("a whole number has more than 64 bits")  # nobody could be told it again
    return number


def _check(params: Any) -> None:
    """Nothing nests deeper than those who read it later can follow, and every text can be written as UTF-8."""
    level: list[Any] = [params]
    for _ in range(DEEPEST):
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            return
    raise ValueError(f"it nests deeper than {DEEPEST} levels")


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, str) and not value.isascii():
        value.encode()
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else ()


def _sentence(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return f"it nests deeper than {DEEPEST} levels"
    if isinstance(error, UnicodeEncodeError):
        return "a text has half of a surrogate pair"
    return str(error)
