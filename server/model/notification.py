"""Notification: what is sent to a notify_url when an Assembly has ended, and how often that is tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, Literal
from urllib.parse import quote

from server.model.instructions import Instructions
from server.model.scanner import Variable, scan
from server.model.variables import MISSING, SCRIPT, in_text, look_up

FIRST_PAUSE = 3.0
LONGEST_PAUSE = 6 * 3600.0

State = Literal["processing", "successful", "error"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request and its answer. Times are seconds; `error` says why it counts as failed."""

    start: float
    duration: float
    code: int | None = None
    data: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Notification:
    """Its `id` is the same in every attempt. `due` is None once it was delivered or given up.

    `url` is None where it goes to the notify_url of its Assembly, and not elsewhere.
    """

    id: str
    assembly: str
    created: float
    due: float | None
    url: str | None = None
    tries: int = 0
    last: Attempt | None = None

    @property
    def state(self) -> State:
        if self.due is not None:
            return "processing"
        return "successful" if self.last and self.last.error is None else "error"


def first_id(assembly: str) -> str:
    """The id of the one that an Assembly sends by itself: however often its end is computed, there is one."""
    return blake2b(f"the end of {assembly}".encode(), digest_size=16).hexdigest()


def pause(tries: int) -> float:
    """How long to wait after so many attempts: five are made within a minute, and then ever fewer."""
    return min(FIRST_PAUSE * 2.0 ** min(tries - 1, 20), LONGEST_PAUSE)


def next_due(notification: Notification, at: float, window: float) -> float | None:
    """When to try again after an attempt that failed; None when it was tried for long enough."""
    due = at + pause(notification.tries + 1)
    return due if due <= notification.created + window else None


def target(instructions: Instructions, assembly: str) -> str | None:
    """Where the end of an Assembly is told.

    Values are escaped: a field of a form, which anybody may fill in, must not lead to another server.
    """
    if instructions.notify_url is None:
        return None
    scope = _scope(instructions, assembly)
    pieces = scan(instructions.notify_url)
    return "".join(piece if isinstance(piece, str) else quote(_value(piece, scope), safe="") for piece in pieces)


def target_again(instructions: Instructions, assembly: str, url: str | None, fields: Mapping[str, Any]) -> str | None:
    """Where it is told once more: maybe at another address, and with other fields over those of the Assembly."""
    known = {**instructions.fields, **fields}
    return target(replace(instructions, notify_url=url or instructions.notify_url, fields=known), assembly)


def unknown(instructions: Instructions, assembly: str) -> list[str]:
    """The variables of a notify_url that have no value."""
    scope = _scope(instructions, assembly)
    variables = [piece for piece in scan(instructions.notify_url or "") if isinstance(piece, Variable)]
    return [one.source for one in variables if look_up(one.source, scope) in (MISSING, SCRIPT)]


def _scope(instructions: Instructions, assembly: str) -> Mapping[str, Any]:
    return {"assembly": {"id": assembly}, "fields": instructions.fields}


def _value(variable: Variable, scope: Mapping[str, Any]) -> str:
    value = look_up(variable.source, scope)
    return "" if value in (MISSING, SCRIPT) else in_text(value)
