"""Evaluates JavaScript for each file, and notes in its metadata what came of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import orjson

from robots.base.errors import ToolDied
from robots.base.file import File
from robots.base.params import Param, Params
from robots.base.robot import FileRobot
from robots.base.workspace import Workspace
from robots.tools.script import Scripts

LONGEST = 64 * 1024  # bytes of the value as JSON, as of all metadata that a file brings itself


class ScriptRunParams(Params):
    script: str = Param(
        ...,
        "One expression, or statements of which the last has the value; it may take one second. `${…}` in it is filled "
        "in before, and `interpolate` leaves that of a template string alone.",
    )
    contextJSON: Any = Param(
        None,
        "What the script finds under the name `context`: JSON, or one variable such as `${file}`, which no file name "
        "can break out of.",
        hidden=True,
    )


class ScriptRunRobot(FileRobot[ScriptRunParams]):
    """Evaluates a script and passes the file on; `${file.meta.result}` is its value, or what went wrong.

    It needs no sandbox of its own, for the same child evaluates what stands in `${…}` for every robot: an engine
    without files, network and modules, whose time and memory are bounded.
    """

    name = "/script/run"
    tools = ("quickjs",)
    example = {"computed": {"robot": "/script/run", "use": ":original", "script": "Math.ceil(${file.size} / 1024)"}}

    async def run(self, file: File, workspace: Workspace) -> AsyncIterator[File]:
        result, wrong = await self._result(workspace)
        yield file.with_meta(result=result, isError=wrong, isFree=True)

    async def _result(self, workspace: Workspace) -> tuple[Any, bool]:
        """The value, or a sentence and True: a script never stops its Assembly."""
        try:
            known = {"context": context(self.params.contextJSON)}
            [answer] = await workspace.tool(Scripts).evaluate([self.params.script], known)
        except orjson.JSONDecodeError:
            return "contextJSON is not JSON", True
        except orjson.JSONEncodeError:
            return "contextJSON is nested too deeply", True
        except ToolDied:
            return "the script brought its process down", True
        if "error" in answer:
            return answer["error"], True
        if len(orjson.dumps(answer["value"])) > LONGEST:
            return f"its value is longer than {LONGEST} bytes", True
        return answer["value"], False


def context(given: Any) -> Any:
    """A text is JSON; a variable may have brought the value itself."""
    if not isinstance(given, str):
        return given
    return orjson.loads(given) if given.strip() else None
