"""Structured lines on standard error; every line knows its Assembly and its job."""

from __future__ import annotations

import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import orjson

from robots.base.errors import RobotError
from server.errors import ApiError
from server.model.masking import redacted
from server.repeats import Repeats

_about: ContextVar[tuple[tuple[str, str], ...]] = ContextVar("about", default=())


def setup(level: str, form: str) -> None:
    """All lines of this process go to standard error, from this level on, as text or as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Repeats())
    handler.setFormatter(JsonLine() if form == "json" else TextLine())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # A line for each request would drown the rest, and its query strings hold parameters.
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    for library in ("aiobotocore", "asyncssh", "botocore"):
        # They tell each step of each connection, with the session token that is signed.
        logging.getLogger(library).setLevel(logging.WARNING)


class about:
    """Within, every line says what it is about: `with about(assembly=id, job=id)`."""

    __slots__ = ("_ids", "_token")

    def __init__(self, **ids: str) -> None:
        self._ids = ids

    def __enter__(self) -> None:
        self._token = _about.set((*_about.get(), *self._ids.items()))

    def __exit__(self, *failure: object) -> None:
        _about.reset(self._token)


class TextLine(logging.Formatter):
    """For people: time, level, place, words, then name=value."""

    def format(self, record: logging.LogRecord) -> str:
        row = _row(record)
        head = f"{row.pop('time')} {row.pop('level'):7} {row.pop('logger')}: {_one_line(row.pop('message'))}"
        trace = row.pop("trace", "")
        told = "".join(f" {name}={_one_line(str(value))}" for name, value in row.items())
        return f"{head}{told}" + "".join(f"\n    {_one_line(line)}" for line in trace.splitlines())


class JsonLine(logging.Formatter):
    """For machines: one object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return orjson.dumps(_row(record), default=str).decode()


def _row(record: logging.LogRecord) -> dict[str, Any]:
    row: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": redacted(record.getMessage()),
        **dict(_about.get()),
    }
    return row | _error(record)


def _error(record: logging.LogRecord) -> dict[str, str]:
    """What a user did wrong is told by its code and sentence; only our own faults show where they came from."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return {}
    if isinstance(error, RobotError | ApiError):
        return {"error": redacted(f"{error.code}: {error}")}
    trace = logging.Formatter().formatException(record.exc_info)  # type: ignore[arg-type]
    return {"error": redacted(repr(error)), "trace": redacted(trace)}


def _one_line(text: str) -> str:
    """A file's name may hold line breaks; it must not write lines of its own."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)
