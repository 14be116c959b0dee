"""Params: what a robot may be told. Strict about names and ranges, lax about "200" for 200."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

VARIABLE = "${"


def Param(default: Any = ..., help: str = "", *, hidden: bool = False, literal: bool = False, **limits: Any) -> Any:
    """One parameter: default, help text and limits (ge, le, gt, pattern, max_length, alias …).

    `hidden` leaves it out of help pages; `literal` keeps `${…}` in it as it is.
    """
    extra: dict[str, Any] = {"hidden": hidden, "literal": literal}
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
            raise Invalid(sentence(error)) from error

    @classmethod
    def check(cls, given: Mapping[str, Any], pending: frozenset[str]) -> None:
        """Checks what is known when the Assembly is created; `pending` names the parameters that hold variables."""
        known = {name: value for name, value in given.items() if name not in pending}
        names = {field.alias or name: name for name, field in cls.model_fields.items()}
        for name in pending:
            if name not in names and name not in cls.model_fields:
                raise Invalid(f"{name}: unknown parameter")
        try:
            cls.model_validate(known)
        except ValidationError as error:
            wrong = [e for e in error.errors() if e["loc"] and not (e["type"] == "missing" and e["loc"][0] in pending)]
            if wrong or not pending:
                raise Invalid(sentence(error, wrong or None)) from error

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
        return frozenset(
            field.alias or name
            for name, field in cls.model_fields.items()
            if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("literal")
        )


def has_variable(value: Any) -> bool:
    """Whether `${` stands anywhere in a value."""
    if isinstance(value, str):
        return VARIABLE in value
    if isinstance(value, Mapping):
        return any(has_variable(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(has_variable(item) for item in value)
    return False


def sentence(error: ValidationError, errors: list[Any] | None = None) -> str:
    """The first fault, as a person would say it."""
    first = (errors or error.errors())[0]
    place = ".".join(str(part) for part in first["loc"] if not _is_branch(part)) or "parameters"
    if first["type"] == "extra_forbidden":
        return f"{place}: unknown parameter"
    if first["type"] == "missing":
        return f"{place}: is required"
    return f"{place}: {first['msg'][0].lower()}{first['msg'][1:]}"


def _is_branch(part: object) -> bool:
    """Pydantic names the branches of a union in the place of an error; people do not want to know them."""
    return isinstance(part, str) and ("[" in part or part in {"int", "float", "str", "bool", "none", "constrained-str"})
