"""Lets files through, or declines them, by conditions on what is known of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Literal

from pydantic import field_validator

from robots.base.condition import OPERATORS, Operand, compiled, holds
from robots.base.errors import BadParams, RobotError
from robots.base.file import File
from robots.base.params import Param, Params
from robots.base.robot import FileRobot
from robots.base.workspace import Workspace

Condition = tuple[Operand, str, Operand]
Conditions = bool | int | float | str | list[Condition] | None

FALSE_WORDS = {"", "false", "0", "null", "undefined"}
CONDITIONS_HELP = (
    "Each condition is a list of a value, an operator and another value, such as "
    '`["${file.size}", "<", "10 mb"]`. Operators: `=` (also `==`), `===`, `!=`, `!==`, `<`, `>`, `<=`, `>=`, '
    "`regex`, `!regex`, `includes`, `!includes`, `empty`, `!empty`. A single expression in `${…}` works too."
)


class FileFilterParams(Params):
    accepts: Conditions = Param(
        None, f"The conditions under which a file passes; if there are none, all do. {CONDITIONS_HELP}"
    )
    declines: Conditions = Param(
        None, "The conditions under which a file is declined, even one that `accepts` lets through."
    )
    condition_type: Literal["and", "or"] = Param("or", "Whether all conditions of a list must hold, or one is enough.")
    error_on_decline: bool = Param(False, "Whether a declined file stops the whole Assembly with an error.")
    error_msg: str = Param("One of your files was declined", "The message of that error.")

    @field_validator("accepts", "declines")
    @classmethod
    def patterns_are_sound(cls, conditions: Conditions) -> Conditions:
        for _, word, pattern in conditions if isinstance(conditions, list) else []:
            if word in ("regex", "!regex"):
                compiled(pattern)
        return conditions

    def unknown_operator(self) -> str | None:
        lists = [given for given in (self.accepts, self.declines) if isinstance(given, list)]
        return next((word for given in lists for _, word, _ in given if word not in OPERATORS), None)

    def lets_through(self) -> bool:
        """What the conditions say; by now their variables are values."""
        accepted = self.accepts is None or self._says(self.accepts)
        return accepted and not (self.declines is not None and self._says(self.declines))

    def _says(self, conditions: Conditions) -> bool:
        if not isinstance(conditions, list):
            return is_true(conditions)
        some = any if self.condition_type == "or" else all
        return bool(conditions) and some(holds(*condition) for condition in conditions)


class FileFilterRobot(FileRobot[FileFilterParams]):
    """Passes files on untouched when they meet your conditions; the others end here, or end the Assembly."""

    name = "/file/filter"
    example = {
        "filtered": {
            "robot": "/file/filter",
            "use": ":original",
            "accepts": [["${file.mime}", "regex", "^image/"]],
            "declines": [["${file.size}", ">", "20 mb"]],
            "error_on_decline": True,
        }
    }

    async def run(self, file: File, workspace: Workspace) -> AsyncIterator[File]:
        if word := self.params.unknown_operator():
            known = ", ".join(OPERATORS)
            raise BadParams(f"{word!r} is not an operator; there are {known}.", self.error("INVALID_OPERATOR"))
        # In a thread, for a value may be the whole text of a file.
        if await workspace.in_thread(self.params.lets_through):
            yield file
        elif self.params.error_on_decline:
            raise RobotError(self.params.error_msg, self.error("DECLINED_FILE"))


def is_true(value: bool | float | str | None) -> bool:
    """What an expression in `${…}` came to; as JavaScript has it, but for words that mean no."""
    return value.strip().lower() not in FALSE_WORDS if isinstance(value, str) else bool(value)
