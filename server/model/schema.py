"""Schema: what a step may be told, as JSON Schema, so that editors can help to write it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from robots.base.robot import Robot
from server.model.step import Engine

DIALECT = GenerateJsonSchema.schema_dialect
DEFINED = "$defs"
# A value that stands in a variable is checked when it is known.
VARIABLE = {"type": "string", "pattern": r"\$\{", "description": "A value with variables, such as ${file.name}."}
# What our own parameters carry for other purposes, and titles that only repeat the name.
UNSAID = {"title", "hidden", "literal", "unheeded", "per_file"}
NAMED = {"properties", DEFINED}  # below them stand names, whatever they are
GIVEN = {"default", "const", "enum", "examples"}
USE = {
    "description": "The steps whose files this one gets: a name, a list of names, or an object with `steps`.",
    "anyOf": [{"type": "string"}, {"type": "array"}, {"type": "object"}],
}


def purpose(robot: type[Robot[Any]]) -> str:
    """The first sentence of a robot's own docstring."""
    return _about(robot).partition(". ")[0].rstrip(".") + "."


def step_schema(robot: type[Robot[Any]]) -> dict[str, Any]:
    """The schema of a step that runs this robot: its own parameters, and those of the engine."""
    engine, own = Engine.model_json_schema(), robot.model.model_json_schema()
    properties = {**engine["properties"], **own.get("properties", {})}
    schema: dict[str, Any] = {
        "$schema": DIALECT,
        "title": robot.name,
        "description": _about(robot),
        "type": "object",
        "properties": {
            "robot": {"const": robot.name},
            "use": USE,
            **{name: _or_variable(told) for name, told in properties.items()},
        },
        "required": ["robot", *own.get("required", ())],
        "additionalProperties": False,
        "examples": list(robot.example.values()),
    }
    defined = {**engine.get(DEFINED, {}), **own.get(DEFINED, {})}
    return schema | ({DEFINED: {name: cleaned(told) for name, told in defined.items()}} if defined else {})


def any_step_schema(names: Iterable[str]) -> dict[str, Any]:
    """The schema of a step that runs one of these robots, whose own parameters are told elsewhere."""
    properties = Engine.model_json_schema()["properties"]
    return {
        "description": "What is not named here are parameters of the robot; /robots/{name} has a schema of them.",
        "type": "object",
        "properties": {"robot": {"enum": sorted(names)}, "use": USE, **cleaned(properties)},
        "required": ["robot"],
    }


def _about(robot: type[Robot[Any]]) -> str:
    return " ".join((robot.__doc__ or "").split())


def _or_variable(told: Mapping[str, Any]) -> dict[str, Any]:
    own = cleaned(told)
    about = {name: own.pop(name) for name in ("description", "default") if name in own}
    return {**about, "anyOf": [*own.pop("anyOf", [own] if own else []), VARIABLE]}


def cleaned(told: Any) -> Any:
    """Without what is meant for nobody who reads the schema."""
    if isinstance(told, list):
        return [cleaned(item) for item in told]
    if not isinstance(told, Mapping):
        return told
    return {name: _kept(name, value) for name, value in told.items() if name not in UNSAID}


def _kept(name: str, value: Any) -> Any:
    if name in GIVEN:
        return value
    return {own: cleaned(told) for own, told in value.items()} if name in NAMED else cleaned(value)
