"""Assembly Instructions: what a client sent, read into steps, or refused with the code that says why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from robots.base.params import Invalid
from robots.base.robot import Robot
from server.errors import ApiError
from server.model.graph import Graph
from server.model.options import Phase, parse_options
from server.model.parts import ORIGINAL
from server.model.sent import StepsParams
from server.model.step import ENGINE_KEYS, Engine, Step, parse_engine, phases
from server.model.use import WrongUse, parse_use
from server.model.variables import pending

UPLOADS = "/upload/handle"
STACK = "_stack"
LONGEST_NAME = 200
MOST_VALUES = 20_000
DEEPEST = 32
SHOWN = 8


class Robots(Protocol):
    """Where robots are found by their names, such as robots.base.catalog.Catalog."""

    def get(self, name: str) -> type[Robot[Any]]:
        """The robot of this name; raises LookupError if there is none."""


@dataclass(frozen=True, slots=True)
class Instructions:
    """`steps` always has an `:original`. `params` are as they came, to be stored and read again."""

    steps: Mapping[str, Step]
    params: Mapping[str, Any]
    fields: Mapping[str, Any] = field(default_factory=dict)
    notify_url: str | None = None
    notification_payload: Sequence[str] = ()
    redirect_url: str | None = None
    template_id: str | None = None
    quiet: bool = False
    emit_execution_progress: bool = False
    ignore_upload_meta_data_errors: bool = False
    usage_tags: str = ""
    awaits: Phase | None = None
    response_headers: Mapping[str, str] = field(default_factory=dict)


def parse(params: Mapping[str, Any], robots: Robots) -> Instructions:
    """Reads instructions whose Template is already merged in; raises ApiError.

    What concerns all steps comes before the parameters of one, so that the first error is the most telling.
    """
    _check_size(params)
    drafts = {name: _draft(name, given, robots) for name, given in _steps(params).items()}
    if ORIGINAL not in drafts:
        drafts = {ORIGINAL: Step(ORIGINAL, UPLOADS, robots.get(UPLOADS), implicit=True), **drafts}
    _check_uses(drafts)
    options = parse_options(params)
    stacks = {name: value for name, value in params.items() if name.endswith(STACK)}
    steps = {name: _finished(draft, options.fields, stacks) for name, draft in drafts.items()}
    return Instructions(steps, params, **dict(options))


def _check_size(params: Mapping[str, Any]) -> None:
    """Refuses what would take long to read: every value counts, and so does every level of nesting."""
    level, count = [params], 0
    for _ in range(DEEPEST):
        level = [item for value in level for item in _inside(value)]
        count += len(level)
        if count > MOST_VALUES:
            raise ApiError("INVALID_PARAMS_FIELD", f"The params hold more than {MOST_VALUES} values.")
    if level:
        raise ApiError("INVALID_PARAMS_FIELD", f"The params are nested more than {DEEPEST - 1} levels deep.")


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list) else ()


def _steps(params: Mapping[str, Any]) -> Mapping[str, Any]:
    steps = StepsParams.read({"steps": params.get("steps")}, "ASSEMBLY_INVALID_STEPS").steps
    if steps is None:
        raise ApiError("ASSEMBLY_NO_STEPS")
    if not steps:
        raise ApiError("ASSEMBLY_EMPTY_STEPS")
    return steps


def _draft(name: str, given: Any, robots: Robots) -> Step:
    """A step whose name, robot and use are right; all else is still in its params."""
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise ApiError("INVALID_STEP_NAME", f"The name of a step must have 1 to {LONGEST_NAME} printable characters.")
    if not isinstance(given, Mapping):
        raise _refusal("ASSEMBLY_STEP_INVALID", name, "must be an object with a `robot`")
    robot = _robot(name, given.get("robot"), robots)
    try:
        return Step(name, given["robot"], robot, given, parse_use(given.get("use")))
    except WrongUse as error:
        raise _refusal("ASSEMBLY_STEP_INVALID_USE", name, f"`use` is wrong: {error}") from error


def _robot(step: str, robot: Any, robots: Robots) -> type[Robot[Any]]:
    if robot is None or robot == "":
        raise _refusal("ASSEMBLY_STEP_NO_ROBOT", step, "has no `robot`")
    if not isinstance(robot, str):
        raise _refusal("ASSEMBLY_STEP_INVALID_ROBOT", step, "`robot` must be a text such as /image/resize")
    try:
        found = robots.get(robot)
    except LookupError as error:
        raise _refusal("ASSEMBLY_STEP_UNKNOWN_ROBOT", step, f"there is no robot {robot[:LONGEST_NAME]!r}") from error
    if step == ORIGINAL and robot != UPLOADS:
        raise ApiError("INVALID_STEP_NAME", step=step)
    if robot == UPLOADS and step != ORIGINAL:
        raise ApiError("INVALID_UPLOAD_HANDLE_STEP_NAME", step=step)
    return found


def _check_uses(steps: Mapping[str, Step]) -> None:
    for name, step in steps.items():
        for used in step.use.steps:
            if used not in steps:
                reason = f"uses {used[:LONGEST_NAME]!r}, but there is no such step"
                raise _refusal("ASSEMBLY_STEP_UNKNOWN_USE", name, reason)
    circle = Graph(steps).cycle()
    if circle:
        way = " → ".join(circle if len(circle) <= SHOWN else [*circle[:SHOWN], "…"])
        raise ApiError("ASSEMBLY_INFINITE", f"The steps run in a circle: {way}.", is_infinite=True)
    if steps[ORIGINAL].use.sources:
        raise _refusal("ASSEMBLY_STEP_INVALID_USE", ORIGINAL, "takes its files from uploads and can use no other step")


def _finished(draft: Step, fields: Mapping[str, Any], stacks: Mapping[str, Any]) -> Step:
    """The step with what is for the engine parted from what is for the robot, and both checked."""
    model = draft.robot_class.model
    own = {name: value for name, value in draft.params.items() if name not in ENGINE_KEYS}
    defaults = {name: value for name, value in stacks.items() if name in model.names()}
    try:
        engine = parse_engine(draft.params, fields)
        step = _with_engine(replace(draft, params={**defaults, **own}), engine)
        model.check(step.params, pending(step.params, step.interpolation) | _from_credentials(step))
    except Invalid as error:
        raise _refusal(draft.robot_class.error(), draft.name, str(error)) from error
    return step


def _from_credentials(step: Step) -> frozenset[str]:
    """The parameters that may come out of the named credentials; the name itself is no robot's matter."""
    names = step.robot_class.model.names()
    named = "credentials" in names and step.params.get("credentials")
    return (names - step.params.keys()) | {"credentials"} if named else frozenset()


def _with_engine(step: Step, engine: Engine) -> Step:
    return replace(
        step,
        result=engine.result,
        force_accept=engine.force_accept,
        ignore_errors=phases(engine.ignore_errors, step.robot_class),
        output_meta=engine.output_meta,
        queue=engine.queue,
        interpolate=engine.interpolate,
        user_meta=engine.user_meta,
    )


def _refusal(code: str, step: str, reason: str) -> ApiError:
    return ApiError(code, f'Step "{step}": {reason.removesuffix(".")}.', step=step)
