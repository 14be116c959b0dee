"""Formula: between which bounds an expression of ffmpeg's language stays, for values that are known."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from itertools import product

Range = tuple[float, float]
Known = Mapping[str, float | Callable[..., Range]]

TOKEN = re.compile(r"\s*(?:((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([kKMG]?)(?!\w)|([A-Za-z_]\w*)|([-+*/^(),]))")
SCALES = {"": 1.0, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9}
DEEPEST, LONGEST = 50, 500


def between(text: str, known: Known) -> Range:
    """Raises ValueError for what is no formula, or names what is not known, or has no bounds."""
    reader = _Reader(text, known)
    low, high = reader.sum(0)
    if reader.token or not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"{text[:60]!r} may come to any number")
    return low, high


class _Reader:
    """Descends through sums, products, powers and what stands in brackets."""

    def __init__(self, text: str, known: Known) -> None:
        if len(text) > LONGEST:
            raise ValueError(f"the formula {text[:60]!r} is too long")
        self._text = text
        self._at = 0
        self._known: Known = {**NAMES, **known}
        self.token: str | float = ""
        self._next()

    def sum(self, depth: int) -> Range:
        if depth > DEEPEST:
            raise ValueError(f"the formula {self._text[:60]!r} is nested too deeply")
        total = self._product(depth)
        while self.token in ("+", "-"):
            sign, other = self._taken(), self._product(depth)
            total = _ends(lambda a, b, s=sign: a + b if s == "+" else a - b, total, other)
        return total

    def _product(self, depth: int) -> Range:
        total = self._signed(depth)
        while self.token in ("*", "/"):
            sign, other = self._taken(), self._signed(depth)
            total = _ends(lambda a, b: a * b, total, other if sign == "*" else _inverse(other))
        return total

    def _signed(self, depth: int) -> Range:
        negative = False
        while self.token in ("+", "-"):
            negative ^= self._taken() == "-"
        low, high = self._power(depth)
        return (-high, -low) if negative else (low, high)

    def _power(self, depth: int) -> Range:
        base = self._one(depth)
        while self.token == "^":
            self._taken()
            base = _power(base, self._one(depth))
        return base

    def _one(self, depth: int) -> Range:
        word = self._taken()
        if isinstance(word, float):
            return word, word
        if word == "(":
            value = self.sum(depth + 1)
            self._expect(")")
            return value
        found = self._known.get(word)
        if found is None:
            raise ValueError(
                f"what {(word or self._text)[:60]!r} comes to is not known beforehand, nor what it would grow to"
            )
        if not callable(found):
            return found, found
        try:
            return found(*self._arguments(depth))
        except TypeError:
            raise ValueError(f"{word} has not so many values") from None

    def _arguments(self, depth: int) -> list[Range]:
        self._expect("(")
        found = [self.sum(depth + 1)]
        while self.token == ",":
            self._taken()
            found.append(self.sum(depth + 1))
        self._expect(")")
        return found

    def _expect(self, sign: str) -> None:
        if self._taken() != sign:
            raise ValueError(f"{self._text[:60]!r} is no formula")

    def _taken(self) -> str | float:
        word = self.token
        self._next()
        return word

    def _next(self) -> None:
        if not self._text[self._at :].strip():
            self.token = ""
            return
        found = TOKEN.match(self._text, self._at)
        if found is None:
            raise ValueError(f"{self._text[:60]!r} is no formula")
        self._at = found.end()
        number, scale, name, sign = found.groups()
        self.token = float(number) * SCALES[scale] if number else name or sign


def _ends(function: Callable[..., float], *ranges: Range) -> Range:
    """The bounds of what has its least and its most at the ends of what it is made of."""
    try:
        found = [float(function(*values)) for values in product(*ranges)]
    except (ValueError, OverflowError):
        raise ValueError("a formula cannot be computed") from None
    if any(math.isnan(value) for value in found):
        return -math.inf, math.inf
    return min(found), max(found)


def _inverse(value: Range) -> Range:
    if value[0] <= 0 <= value[1]:
        return -math.inf, math.inf
    return 1 / value[1], 1 / value[0]


def _power(base: Range, exponent: Range) -> Range:
    return _ends(lambda a, b: a**b, base, exponent) if base[0] > 0 else (-math.inf, math.inf)


def _chosen(test: Range, first: Range, other: Range = (0.0, 0.0)) -> Range:
    """Whichever branch is taken."""
    return min(first[0], other[0]), max(first[1], other[1])


def _monotone(function: Callable[..., float]) -> Callable[..., Range]:
    return lambda *values: _ends(function, *values)


def _within(low: float, high: float) -> Callable[..., Range]:
    return lambda *values: (low, high)


def _magnitude(value: Range) -> Range:
    ends = sorted(map(abs, value))
    return (0.0 if value[0] < 0 < value[1] else ends[0]), ends[1]


def _modulo(value: Range, by: Range) -> Range:
    most = max(map(abs, by))
    return (-most if value[0] < 0 else 0.0), most


NAMES: Known = {
    "PI": math.pi,
    "E": math.e,
    "PHI": (1 + math.sqrt(5)) / 2,
    "if": _chosen,
    "ifnot": _chosen,
    "min": _monotone(min),
    "max": _monotone(max),
    "sqrt": _monotone(math.sqrt),
    "trunc": _monotone(math.trunc),
    "floor": _monotone(math.floor),
    "ceil": _monotone(math.ceil),
    "round": _monotone(round),
    "exp": _monotone(math.exp),
    "abs": _magnitude,
    "mod": _modulo,
    "pow": _power,
    "sin": _within(-1, 1),
    "cos": _within(-1, 1),
    "hypot": lambda a, b: _ends(math.hypot, _magnitude(a), _magnitude(b)),
    "clip": lambda value, low, high: (low[0], high[1]),
    **dict.fromkeys(("gt", "gte", "lt", "lte", "eq", "not", "isnan", "between", "random"), _within(0, 1)),
}
