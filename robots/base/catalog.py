"""Finds the robots: a name is a path, and its module is imported when a step first names it."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from robots.base.robot import Robot

ROOT = Path(__file__).parent.parent
NOT_FAMILIES = {"base", "tools", "probe"}
PROVIDERS = "storage"  # robots/storage/s3.py holds /s3/import and /s3/store, for a module cannot be called "import"


class UnknownRobot(LookupError):
    """There is no robot of this name."""


class Catalog:
    """Every robot in the tree."""

    def get(self, name: str) -> type[Robot[Any]]:
        module = _module(name)
        robot = _load(module).get(name) if module else None
        if robot is None:
            raise UnknownRobot(name)
        return robot

    def names(self) -> list[str]:
        """All names, sorted; this imports every robot."""
        return sorted(name for module in _modules() for name in _load(module))

    def __contains__(self, name: object) -> bool:
        module = _module(name) if isinstance(name, str) else None
        return module is not None and name in _load(module)


def _module(name: str) -> str | None:
    parts = name.split("/")
    if len(parts) != 3 or parts[0]:
        return None
    own, provided = f"robots.{parts[1]}.{parts[2]}", f"robots.{PROVIDERS}.{parts[1]}"
    known = _modules()
    return own if own in known else provided if provided in known else None


@cache
def _modules() -> frozenset[str]:
    """The modules that hold robots, read from the tree."""
    return frozenset(
        f"robots.{path.parent.name}.{path.stem}"
        for path in ROOT.glob("*/[a-z]*.py")
        if path.parent.name not in NOT_FAMILIES
    )


@cache
def _load(module: str) -> dict[str, type[Robot[Any]]]:
    """The robots of one module, by name."""
    held = vars(import_module(module)).values()
    robots = [item for item in held if isinstance(item, type) and issubclass(item, Robot) and item.__module__ == module]
    return {robot.name: robot for robot in robots if hasattr(robot, "name")}
