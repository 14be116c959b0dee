"""auth.referer: a JavaScript pattern for the page that a request may come from."""

from __future__ import annotations

from typing import Any

import quickjs

from server.errors import ApiError
from server.model.auth import AuthParams

LONGEST_REFERER = 4096  # browsers send no longer one
SECONDS = 0.02  # a pattern such as (a+)+$ would take for ever
MEMORY = 4 << 20


def check(pattern: Any, referer: str | None) -> None:
    """Raises ApiError; who sends no Referer passes."""
    pattern = AuthParams.of({"referer": pattern}, "referer").referer
    if pattern is None:
        return
    try:
        matches = _matches(pattern, (referer or "")[:LONGEST_REFERER])  # a wrong pattern is told to all
    except quickjs.JSException as error:
        raise ApiError("INVALID_AUTH_REFERER_PARAMETER") from error
    if referer and (not matches or len(referer) > LONGEST_REFERER):
        raise ApiError("REFERER_MISMATCH")


def _matches(pattern: str, text: str) -> bool:
    context = quickjs.Context()
    context.set_memory_limit(MEMORY)
    context.set_time_limit(SECONDS)
    return bool(context.eval("(pattern, text) => new RegExp(pattern).test(text)")(pattern, text))
