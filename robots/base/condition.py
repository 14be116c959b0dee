"""A condition: two values and an operator between them, as `/file/filter` knows them."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

import re2

Operand = Any  # what a variable holds: text, number, boolean, list, object or nothing

NUMBER = re.compile(r"\s*([+-]?(?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d+)?)\s*", re.ASCII)
SIZE = re.compile(r"\s*([+-]?(?:\d++\.?\d*+|\.\d++))\s*([kmgtp]?)i?b\s*", re.ASCII | re.IGNORECASE)


def holds(left: Operand, word: str, right: Operand) -> bool:
    """Whether one condition is met."""
    return OPERATORS[word](_present(left), _present(right))


def equal(left: Operand, right: Operand) -> bool:
    """`"100"` equals 100, as in JavaScript; text is compared with text letter by letter."""
    if not (isinstance(left, str) and isinstance(right, str)):
        numbers = number(left), number(right)
        if None not in numbers:
            return numbers[0] == numbers[1]
    return text(left) == text(right)


def identical(left: Operand, right: Operand) -> bool:
    """Equal and of one type; whole and broken numbers are one type."""
    if _is_number(left) and _is_number(right):
        return bool(left == right)
    return type(left) is type(right) and bool(left == right)


def ordered(left: Operand, right: Operand, compare: Callable[[Any, Any], bool]) -> bool:
    """Numbers and sizes by their value, text by its letters; a number against other text is never in order."""
    sizes = size(left), size(right)
    if None not in sizes:
        return compare(*sizes)
    return isinstance(left, str) and isinstance(right, str) and compare(left, right)


def matches(left: Operand, pattern: Operand) -> bool:
    return bool(compiled(pattern).search(_encodable(text(left))))


def includes(left: Operand, right: Operand) -> bool:
    """A list has an element, or a text has a part; against a list of alternatives, one of them is meant."""
    if isinstance(left, list):
        wanted = right if isinstance(right, list) else [right]
        return any(equal(_present(one), _present(item)) for one in left for item in wanted)
    if isinstance(right, list):
        return any(equal(left, _present(item)) for item in right)
    return text(right) in text(left)


def empty(left: Operand, _: Operand) -> bool:
    return not left


OPERATORS: dict[str, Callable[[Operand, Operand], bool]] = {
    "=": equal,
    "==": equal,
    "===": identical,
    "!=": lambda left, right: not equal(left, right),
    "!==": lambda left, right: not identical(left, right),
    "<": lambda left, right: ordered(left, right, operator.lt),
    ">": lambda left, right: ordered(left, right, operator.gt),
    "<=": lambda left, right: ordered(left, right, operator.le),
    ">=": lambda left, right: ordered(left, right, operator.ge),
    "regex": matches,
    "!regex": lambda left, right: not matches(left, right),
    "includes": includes,
    "!includes": lambda left, right: not includes(left, right),
    "empty": empty,
    "!empty": lambda left, right: not empty(left, right),
}


def number(value: Operand) -> float | None:
    """A number, or a text that is one; the empty text is 0, as in JavaScript."""
    if isinstance(value, bool | int | float):
        return float(value)
    if not isinstance(value, str):
        return None
    found = NUMBER.fullmatch(value)
    return float(found[1]) if found else None if value.strip() else 0.0


def size(value: Operand) -> float | None:
    """A number, or a size such as "10 mb"; all units are powers of 1024."""
    found = SIZE.fullmatch(value) if isinstance(value, str) else None
    if not found:
        return number(value)
    power: int = 1024 ** " kmgtp".index(found[2].lower() or " ")
    return float(found[1]) * power


def text(value: Operand) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        return ",".join(text(_present(item)) for item in value)
    return str(value)


def compiled(pattern: Operand) -> Any:
    """Patterns come from strangers: RE2 needs time and memory in proportion to the text, whatever they are."""
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = 1 << 20
    try:
        return re2.compile(_encodable(text(_present(pattern))), options)
    except re2.error as error:
        raise ValueError(f"{text(pattern)!r} is not a regular expression of RE2") from error


def _present(value: Operand) -> Operand:
    """What a file lacks compares as the empty text."""
    return "" if value is None else value


def _is_number(value: Operand) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _encodable(value: str) -> str:
    return value.encode("utf-8", "replace").decode()
