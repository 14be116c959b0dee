"""Interpolation: in which parameters of a step `${…}` is replaced, and in which it stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

NEVER = ("robot", "use", "interpolate")


@dataclass(frozen=True, slots=True)
class Interpolation:
    """`interpolate` is the step's own word, a boolean or one for each dotted name such as "ffmpeg.vf".

    `literals` are the parameters that the robot wants as they are, unless the step names them. The nearest name counts.
    """

    interpolate: bool | Mapping[str, bool] = True
    literals: frozenset[str] = frozenset()

    def replace(self, params: Mapping[str, Any], act: Callable[[str], Any]) -> dict[str, Any]:
        """The parameters with `act` done to every text that is to be replaced."""
        chosen = self._chosen()
        return {name: _replaced(value, act, name, chosen) for name, value in params.items()}

    def _chosen(self) -> dict[str, bool]:
        """The choice for each name that has one; "" is the choice for all others."""
        named = self.interpolate if isinstance(self.interpolate, Mapping) else {}
        return {
            "": self.interpolate is not False,
            **dict.fromkeys(self.literals, False),
            **named,
            **dict.fromkeys(NEVER, False),
        }


def _replaced(value: Any, act: Callable[[str], Any], path: str, chosen: Mapping[str, bool]) -> Any:
    if isinstance(value, str):
        return act(value) if _applies(path, chosen) else value
    if isinstance(value, Mapping):
        return {key: _replaced(item, act, f"{path}.{key}", chosen) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(item, act, f"{path}.{number}", chosen) for number, item in enumerate(value)]
    return value


def _applies(path: str, chosen: Mapping[str, bool]) -> bool:
    """The choice for this name, or for the nearest one that holds it."""
    while path and path not in chosen:
        path = path.rpartition(".")[0]
    return chosen[path]
