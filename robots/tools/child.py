"""The other end of the pool: reads a call, runs it, writes the answer; ends when its parent is gone."""

from __future__ import annotations

import importlib
import os
import struct
import sys
import traceback
from typing import Any, BinaryIO

import orjson

from robots.base.errors import BadInput, RobotError
from robots.tools.sandbox.orders import obey

HEADER = struct.Struct(">I")
BUGS = (AttributeError, NameError, TypeError, AssertionError, ImportError)


def main() -> None:
    calls, answers = _pipes()
    for module in obey(sys.argv[1:]):
        importlib.import_module(module)
    while head := calls.read(HEADER.size):
        request = orjson.loads(calls.read(*HEADER.unpack(head)))
        body = orjson.dumps(answer(request), option=orjson.OPT_SERIALIZE_NUMPY, default=str)
        answers.write(HEADER.pack(len(body)) + body)
        answers.flush()


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The result of one call, or its error; only functions of this package can be called."""
    module, _, name = request["function"].partition(":")
    try:
        if not module.startswith("robots."):
            raise BadInput(f"{module} is not a robot's module.")
        return {"result": getattr(importlib.import_module(module), name)(**request["arguments"])}
    except RobotError as error:
        return {"error": _told(type(error).__name__, error.message, error.code, error.details)}
    except MemoryError:
        return {"error": _told("BadInput", "The file needs more memory than one job may use.", None, {})}
    except BUGS:
        return {"error": _told("RobotError", "The robot broke in a way that it should not.", None, {}) | _cause()}
    except Exception as error:
        # The libraries raise their own kinds for damaged files; their words go to the user without paths.
        return {"error": _told("ToolFailed", words(error), None, {}) | _cause()}


def ready() -> None:
    """Is answered when all is loaded."""


def _cause() -> dict[str, str]:
    """For the log of the server only."""
    return {"cause": traceback.format_exc(limit=-6)}


def words(error: Exception) -> str:
    """The last line of what a library said, without the paths of this machine."""
    lines = [line for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    return " ".join(part for part in lines[-1].split() if not part.strip("'\"(:").startswith("/"))[:300]


def _told(kind: str, message: str, code: str | None, details: dict[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "message": message, "code": code, "details": details}


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output, taken away from libraries that print."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return sys.stdin.buffer, answers


if __name__ == "__main__":
    main()
