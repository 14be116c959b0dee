"""Step: one entry of the Assembly Instructions, with what it tells the engine apart from what it tells its robot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from robots.base.params import Invalid, Param, Params
from robots.base.robot import ImportRobot, Robot
from server.model.interpolation import Interpolation
from server.model.options import Object, empty_object
from server.model.use import Use
from server.model.variables import expressions, fill, pending

Phase = Literal["meta", "execute", "import"]
Result = bool | Literal["debug"] | None
OutputMeta = bool | dict[str, bool] | list[str]


class Engine(Params):
    """What any step may tell the engine itself."""

    result: Result = Param(None, "Whether the files of this step are listed in the results.")
    force_accept: bool = Param(False, "Gives the robot files of kinds that it does not know.")
    ignore_errors: bool | list[Phase] = Param([], "The phases in which this step may fail without harm.")
    output_meta: OutputMeta = Param({}, "More metadata to extract from the results, or false for none at all.")
    queue: Literal["live", "batch"] = Param("live", "Steps of the batch queue wait for the others.")
    interpolate: Annotated[bool | dict[str, bool], BeforeValidator(empty_object)] = Param(
        True, "Whether ${…} is replaced: in all parameters, or by their names."
    )
    user_meta: Object = Param({}, "Your own data for the results.")


ENGINE_KEYS = frozenset({"robot", "use", *Engine.model_fields})


@dataclass(frozen=True, slots=True)
class Step:
    """`params` are for the robot, as they were written. `implicit` marks an `:original` that nobody wrote down.

    `forgives` are the phases that a robot's own parameters allow to fail.
    """

    name: str
    robot: str
    robot_class: type[Robot[Any]]
    params: Mapping[str, Any] = field(default_factory=dict)
    use: Use = field(default_factory=Use)
    result: Result = None
    force_accept: bool = False
    ignore_errors: frozenset[str] = frozenset()
    output_meta: OutputMeta = field(default_factory=dict)
    queue: Literal["live", "batch"] = "live"
    interpolate: bool | Mapping[str, bool] = True
    user_meta: Mapping[str, Any] = field(default_factory=dict)
    implicit: bool = False
    forgives: frozenset[str] = frozenset()

    @property
    def interpolation(self) -> Interpolation:
        """Where `${…}` is replaced in the parameters."""
        return Interpolation(self.interpolate, self.robot_class.model.literals())

    @property
    def early(self) -> bool:
        """Whether it may start on a file of which no more is known yet than its header tells."""
        given = {**self.robot_class.model.variable_defaults(), **self.params, "user_meta": self.user_meta}
        return self.robot_class.starts_early and not pending(given, self.interpolation)


def parse_engine(given: Mapping[str, Any], fields: Mapping[str, Any]) -> Engine:
    """Reads what is for the engine; null is the same as not there. Raises Invalid.

    Only fields can be used in it, for the rest of the variables come with the files, and that is too late. `user_meta`
    is for the results, and is filled in with them.
    """
    told = {name: given[name] for name in Engine.model_fields if given.get(name) is not None}
    known, rules = {"fields": fields}, Interpolation(literals=frozenset({"user_meta"}))
    for name, value in told.items():
        if expressions({name: value}, known, rules):
            raise Invalid(f"{name}: can use only ${{fields.…}}, because it is needed before there are files")
    return Engine.parse(fill(told, known, {}, rules)[0])


def phases(given: bool | list[Phase], robot: type[Robot[Any]]) -> frozenset[str]:
    """The phases whose errors are ignored; `true` means every phase that the robot has."""
    if given is True:
        return frozenset({"meta", "execute", "import"} if issubclass(robot, ImportRobot) else {"meta", "execute"})
    return frozenset(given or ())
