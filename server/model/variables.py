"""Variables: replaces `${…}` in the parameters of a step by what is known of its file, Assembly and fields.

Plain names such as `${file.meta.width}` are looked up here; all else is JavaScript, whose answers are handed in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from robots.base.params import Invalid
from server.model.interpolation import Interpolation
from server.model.scanner import Variable, scan

Scope = Mapping[str, Any]

MOST_VARIABLES = 1000
TOO_MANY = f"parameters: hold more than {MOST_VARIABLES} variables"
MOST_CHARACTERS = 1 << 20
LONGEST_LOOKUP = 1000
SHOWN = 100

NAME = r"[A-Za-z_$][\w$]*"
KEY = rf"""\.\s*(?P<name>{NAME})|\[\s*(?:(?P<index>\d{{1,9}})|"(?P<double>[^"\\]*)"|'(?P<single>[^'\\]*)')\s*\]"""
LOOKUP = re.compile(rf"\s*(?P<root>{NAME})(?P<keys>(?:\s*(?:{re.sub(r'[?]P<[a-z]+>', '?:', KEY)}))*)\s*", re.ASCII)
KEYS = re.compile(KEY, re.ASCII)

MISSING = object()
SCRIPT = object()


def pending(params: Mapping[str, Any], rules: Interpolation) -> frozenset[str]:
    """The parameters that hold variables, so that their values are not yet known."""
    return frozenset(name for name, value in params.items() if _variables({name: value}, rules))


def expressions(params: Mapping[str, Any], scope: Scope, rules: Interpolation | None = None) -> list[str]:
    """The JavaScript that must be evaluated before the parameters can be filled, each once."""
    variables = _variables(params, rules or Interpolation())
    return list(dict.fromkeys(one.source for one in variables if look_up(one.source, scope) is SCRIPT))


def answered(sources: Sequence[str], results: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The values of expressions by their sources; raises Invalid for the first that failed."""
    for source, result in zip(sources, results, strict=True):
        if "error" in result:
            raise Invalid(f"{_shown(source)}: {result['error']}")
    return {source: result["value"] for source, result in zip(sources, results, strict=True)}


def fill(
    params: Mapping[str, Any], scope: Scope, answers: Mapping[str, Any], rules: Interpolation | None = None
) -> tuple[dict[str, Any], list[str]]:
    """The parameters with their variables replaced, and a sentence for each variable that has no value.

    One pass only: what a file or a field brings in is never read as a variable again. Raises Invalid for too much.
    """
    filler = Filler(scope, answers)
    filled = (rules or Interpolation()).replace(params, filler.text)
    return filled, list(filler.warnings)


def look_up(source: str, scope: Scope) -> Any:
    """The value of a plain name; MISSING if it has none, SCRIPT if only JavaScript can tell."""
    found = LOOKUP.fullmatch(source) if len(source) <= LONGEST_LOOKUP else None
    if found is None or found["root"] not in scope:
        return SCRIPT
    value = scope[found["root"]]
    for key in KEYS.finditer(found["keys"]):
        value = _member(value, key)
        if value is MISSING or value is SCRIPT:
            return value
    return value


class Filler:
    """Replaces the variables of one text after another, and counts what that makes."""

    def __init__(self, scope: Scope, answers: Mapping[str, Any]) -> None:
        self.scope = scope
        self.answers = answers
        self.warnings: dict[str, None] = {}
        self.variables = 0
        self.characters = 0

    def text(self, text: str) -> Any:
        """A text that is one variable keeps the type of its value; in longer ones values become text."""
        pieces = scan(text)
        if len(pieces) == 1 and isinstance(pieces[0], Variable):
            return self._value(pieces[0])
        return "".join(piece if isinstance(piece, str) else in_text(self._value(piece)) for piece in pieces)

    def _value(self, variable: Variable) -> Any:
        value = look_up(variable.source, self.scope)
        if value is SCRIPT:
            value = self.answers[variable.source]
        if value is MISSING:
            self.warnings[f"{_shown(variable.source)} has no value; an empty text took its place."] = None
            value = ""
        self._count(value)
        return value

    def _count(self, value: Any) -> None:
        self.variables += 1
        self.characters += len(in_text(value))
        if self.variables > MOST_VARIABLES:
            raise Invalid(TOO_MANY)
        if self.characters > MOST_CHARACTERS:
            raise Invalid(f"parameters: grow by more than {MOST_CHARACTERS} characters when their variables are known")


def in_text(value: Any) -> str:
    """A value as it stands inside a longer text."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return json.dumps(_whole(value), ensure_ascii=False, separators=(",", ":"), default=str)


def _whole(value: Any) -> Any:
    """JavaScript knows one kind of number: 2.0 is written 2."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _member(value: Any, key: re.Match[str]) -> Any:
    """What stands under a key. Members that JavaScript adds, such as `length` of a text, are left to it."""
    name = key["name"] or key["double"] or key["single"] or ""
    if isinstance(value, Mapping):
        return value.get(key["index"] or name, MISSING)
    if isinstance(value, list | tuple) and key["index"]:
        return value[int(key["index"])] if int(key["index"]) < len(value) else MISSING
    return MISSING if value is None else SCRIPT


def _variables(params: Mapping[str, Any], rules: Interpolation) -> list[Variable]:
    found: list[Variable] = []
    rules.replace(params, lambda text: found.extend(piece for piece in scan(text) if isinstance(piece, Variable)))
    if len(found) > MOST_VARIABLES:
        raise Invalid(TOO_MANY)
    return found


def _shown(source: str) -> str:
    cut = f"{source[:SHOWN]}…" if len(source) > SHOWN else source
    return f"${{{cut}}}"
