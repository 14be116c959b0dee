"""Params: what a robot may be told. Strict about names and ranges, lax about "200" for 200."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

VARIABLE = "${"
LONGEST_NAME = 100

# What is wrong, by pydantic's kind of error; what has no line here keeps pydantic's words.
WORDS = {
    "missing": "is required",
    "extra_forbidden": "unknown parameter",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "multiple_of": "must be a multiple of {multiple_of}",
    "finite_number": "must be a finite number",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a smaller number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "none_required": "must be null",
    "string_type": "must be a text",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "must match {pattern}",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "too_short": "must have at least {min_length} items",
    "too_long": "must have at most {max_length} items",
}

# The names that pydantic gives to the branches of a union, beside those with brackets such as list[str].
BRANCH = re.compile(r"(constrained-|lax-|strict-)?(int|float|str|bool|none|dict|list|tuple)|.*\[.*", re.DOTALL)


def Param(
    default: Any = ...,
    help: str = "",
    *,
    hidden: bool = False,
    literal: bool = False,
    unheeded: bool = False,
    per_file: bool = False,
    **limits: Any,
) -> Any:
    """One parameter: default, help text and limits (ge, le, gt, pattern, max_length, alias …).

    `hidden` leaves it out of help pages; `literal` keeps `${…}` in it as it is; `unheeded` is only accepted, and who
    sets it is warned, for its result may lack something. One `per_file` that has variables is a list in the end: the
    value for each file of the job, in their order.
    """
    extra: dict[str, Any] = {"hidden": hidden, "literal": literal, "unheeded": unheeded, "per_file": per_file}
    return Field(default, description=help, json_schema_extra=extra, **limits)


class Invalid(Exception):
    """A parameter has a wrong value. The sentence names it: "width: must be at least 1"."""


class Params(BaseModel):
    """The base of every robot's parameters."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, coerce_numbers_to_str=True, populate_by_name=True, allow_inf_nan=False
    )

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> Self:
        """The typed parameters, once every variable is known; raises Invalid."""
        try:
            return cls.model_validate(dict(given))
        except ValidationError as error:
            raise Invalid(sentence(error.errors(), cls.names())) from error

    @classmethod
    def check(cls, given: Mapping[str, Any], pending: frozenset[str]) -> None:
        """Checks what is known when the Assembly is created; `pending` names the parameters that hold variables."""
        unknown = pending - cls.names()
        if unknown:
            raise Invalid(_unknown(min(unknown), cls.names()))
        try:
            cls.model_validate({name: value for name, value in given.items() if name not in pending})
        except ValidationError as error:
            wrong = [fault for fault in error.errors() if not cls._waits(fault, pending)]
            if wrong:
                raise Invalid(sentence(wrong, cls.names())) from error

    @classmethod
    def names(cls) -> frozenset[str]:
        """The names under which parameters can be given: their own and their aliases."""
        return frozenset(name for own, field in cls.model_fields.items() for name in (own, field.alias) if name)

    @classmethod
    def variable_defaults(cls) -> dict[str, Any]:
        """Defaults that hold variables themselves, such as a path."""
        return {
            field.alias or name: field.default
            for name, field in cls.model_fields.items()
            if has_variable(field.default)
        }

    @classmethod
    def literals(cls) -> frozenset[str]:
        """Parameters in which `${…}` stays as it is."""
        return cls._marked("literal")

    @classmethod
    def per_file(cls) -> frozenset[str]:
        """Parameters whose variables are those of each file, where a job has several."""
        return cls._marked("per_file")

    @classmethod
    def unheeded(cls, given: Mapping[str, Any]) -> list[str]:
        """Those of the given parameters that are only accepted."""
        marked = cls._marked("unheeded")
        return [name for name, value in given.items() if name in marked and value is not None]

    @classmethod
    def _marked(cls, mark: str) -> frozenset[str]:
        return frozenset(
            field.alias or name
            for name, field in cls.model_fields.items()
            if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get(mark)
        )

    @classmethod
    def _waits(cls, fault: ErrorDetails, pending: frozenset[str]) -> bool:
        """Whether a fault may vanish when the pending parameters are known."""
        if not fault["loc"]:
            return bool(pending)
        if fault["type"] != "missing" or len(fault["loc"]) > 1:
            return False
        own = next((name for name, field in cls.model_fields.items() if fault["loc"][0] in (name, field.alias)), "")
        return own in pending or fault["loc"][0] in pending


def has_variable(value: Any) -> bool:
    """Whether `${` stands anywhere in a value."""
    if isinstance(value, str):
        return VARIABLE in value
    if isinstance(value, Mapping):
        return any(has_variable(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(has_variable(item) for item in value)
    return False


def sentence(faults: Sequence[ErrorDetails], names: Iterable[str] = ()) -> str:
    """The first fault as a person would say it; where a value may be of several kinds, all of them are told.

    Unless it is plain which kind was meant, for something in it is wrong.
    """
    worst = max((fault for fault in faults if fault["loc"][:1] == faults[0]["loc"][:1]), key=_depth)
    place = _place(worst)
    if worst["type"] == "extra_forbidden":
        return _unknown(place, names if len(worst["loc"]) == 1 else ())
    told = dict.fromkeys(_words(fault) for fault in faults if _place(fault) == place)
    return f"{place}: {', or '.join(told)}"


def _unknown(name: str, names: Iterable[str]) -> str:
    close = get_close_matches(name[:LONGEST_NAME], names, 1)
    hint = f", perhaps {close[0]} is meant" if close else ""
    return f"{name[:LONGEST_NAME]}: unknown parameter{hint}"


def _place(fault: ErrorDetails) -> str:
    return ".".join(_parts(fault))[:LONGEST_NAME] or "parameters"


def _depth(fault: ErrorDetails) -> int:
    return len(_parts(fault))


def _parts(fault: ErrorDetails) -> list[str]:
    first, *rest = map(str, fault["loc"] or [""])
    return [first, *(part for part in rest if not BRANCH.fullmatch(part))]


def _words(fault: ErrorDetails) -> str:
    known = WORDS.get(fault["type"])
    if known:
        return known.format(**fault.get("ctx", {}))
    said = fault["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return f"{said[:1].lower()}{said[1:]}"
