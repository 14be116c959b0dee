"""Masking: the params of a request as a status may show them, without the secrets in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

MASK = "****"
SECRET = re.compile(
    r"secret|password|passphrase|private_key|access_token|refresh_token|auth_token|session_token|api_key|sas_token"
    r"|^(key|token|authorization|proxy-authorization|cookie|account_key|application_key)$",
    re.IGNORECASE,
)
HEADER_LINE = re.compile(r"^\s*(authorization|proxy-authorization|cookie|x-[\w-]*(?:key|token|secret)[\w-]*)\s*:", re.I)
USERINFO = re.compile(r"(?<=://)[^/@\s]+(?=@)")


def masked(params: Mapping[str, Any]) -> str:
    """The JSON text of the params with a mask in place of each secret."""
    return orjson.dumps(_masked(params)).decode()


def _masked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: MASK if _hides(key, item) else _masked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item) for item in value]
    if isinstance(value, str):
        return _text(value)
    return value


def _hides(key: str, value: Any) -> bool:
    return isinstance(value, str | int | float) and SECRET.search(key) is not None


def _text(text: str) -> str:
    if line := HEADER_LINE.match(text):
        return f"{line[0]} {MASK}"
    return USERINFO.sub(MASK, text)
