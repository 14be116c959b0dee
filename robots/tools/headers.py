"""The headers that a user may send along: in which forms, and which not at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.charset import Charset
from itertools import repeat
from typing import Any

import orjson

Headers = list[str | dict[str, str]] | dict[str, str] | str

FORBIDDEN = re.compile(
    r"accept-(charset|encoding)|access-control-request-(headers|method)|connection|content-length|cookie2?|date|dnt"
    r"|expect|host|keep-alive|origin|range|referer|te|trailer|transfer-encoding|upgrade|via|(proxy|sec)-.*",
    re.IGNORECASE,
)
LONGEST_WORD = 75
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def header_pairs(given: Headers) -> dict[str, str]:
    """Headers in all the forms that they may have, as names and values; ValueError for a text that is none."""
    if isinstance(given, str):
        return header_pairs(_parsed(given)) if given.strip() else {}
    if isinstance(given, Mapping):
        return {str(name).strip(): str(value).strip() for name, value in given.items()}
    pairs: dict[str, str] = {}
    for each in given:
        pairs |= header_pairs(each) if isinstance(each, Mapping) else _pair(each)
    return pairs


def header_fault(name: str, value: str) -> str | None:
    """Why a header cannot be sent along, if so."""
    if not TOKEN.fullmatch(name):
        return f"{name[:40]!r} is not the name of a header"
    if FORBIDDEN.fullmatch(name):
        return f"the header {name} cannot be chosen"
    if any(char in value for char in "\r\n\0"):
        return f"the header {name} has a line break in its value"
    return None


def encoded_words(value: str) -> str:
    """The same, with what is not ASCII as mail spells it (RFC 2047)."""
    if value.isascii():
        return value
    plain = value.encode("utf-8", "replace").decode()
    return " ".join(str(word) for word in Charset("utf-8").header_encode_lines(plain, repeat(LONGEST_WORD)))


def _parsed(text: str) -> Any:
    """What JSON in a text says; a text that is not JSON is a header itself."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return [text]
    return found if isinstance(found, list | dict) else [str(found)]


def _pair(text: object) -> dict[str, str]:
    name, colon, value = str(text).partition(":")
    if not colon:
        raise ValueError('a text in it is not a header such as "Accept: text/plain"')
    return {name.strip(): value.strip()}
