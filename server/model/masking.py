"""Masking: what a status, an error or a line of the log may show, without the secrets in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

MASK = "****"
# Fields that hold a secret whatever it looks like: it may be short, or a common word.
SECRET = re.compile(
    r"secret|passw(or)?d|passphrase|private[_-]?key|key_file_contents"
    r"|(access|refresh|auth|session|security|bearer|id)[_-]?token|(api|app)[_-]?key$|sas_token"
    r"|^(key|token|authorization|proxy-authorization|cookie|account_key|application_key|signature)$",
    re.IGNORECASE,
)
# A key or token in a form may be an order number; these names have no other meaning.
SECRET_FIELD = re.compile(r"secret|passw(or)?d|passphrase|private[_-]?key|access[_-]?token|api[_-]?key", re.IGNORECASE)
HARMLESS_HEADER = re.compile(r"accept(-language)?|content-type|user-agent|if-[\w-]+|range", re.IGNORECASE)
HEADER_LINE = re.compile(
    r"^\s*(authorization|proxy-authorization|cookie|x-(?=[\w-]*?(?:key|token|secret))[\w-]++)\s*:", re.IGNORECASE
)

# In a text that is not ours, such as the complaint of a tool. Each looks at a word once, however long and odd it is.
LOGIN = re.compile(r"(?<=://)(?:[^\s/?#]+|[^\s/?#@:]*:(?!\d{1,5}(?:[/?#\s]|$))(?:(?!://)[^\s?#])*)(?=@)")
QUERY = re.compile(
    r"(?<=[?&])((?:(?=[\w.-]*?(?:signature|credential|token|secret|passw(?:or)?d|api[_-]?key))[\w.-]++"
    r"|sig|key|policy|auth)=)[^\s&#\"'<>]+",
    re.IGNORECASE,
)
SCHEME = re.compile(
    r"\b((?:proxy-)?authorization[\"']?\s*[:=]\s*[\"']?(?:[A-Za-z][\w-]*\s+)?|bearer\s+)[^\s,;\"']+", re.I
)
SETTING = re.compile(
    # A colon and a blank come before words of ours: "password: must be a text".
    r"(?<![\w-])((?=[\w-]*?(?:passw(?:or)?d|secret|api[_-]?key))[\w-]++[\"']?"
    r"(?:\s*=\s*[\"']?|\s*:\s*[\"']|:))(?![\s*])[^\s,;&\"']+",
    re.IGNORECASE,
)
LOCAL = re.compile(
    r"(?:file:(?://)?|(?<![\w.:/]))/(?:home|root|tmp|var|usr|opt|etc|mnt|srv|run|dev/shm|proc|Users|private)/"
    r"(?:[^\s'\":,;)\]/]+/)*([^\s'\":,;)\]/]*)"
)


def masked(params: Mapping[str, Any]) -> str:
    """The JSON text of the params with a mask in place of each secret."""
    return orjson.dumps(_masked(params)).decode()


def masked_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a form, those with the name of a secret masked."""
    return {name: MASK if SECRET_FIELD.search(name) and value else value for name, value in fields.items()}


def masked_url(url: str) -> str:
    """A URL without its login, and without what signs it."""
    return QUERY.sub(rf"\1{MASK}", LOGIN.sub(MASK, url))


def redacted(text: str) -> str:
    """A text of others, such as an error, without what looks like a secret in it."""
    return SETTING.sub(rf"\1{MASK}", SCHEME.sub(rf"\1{MASK}", masked_url(text)))


def placeless(text: str, *folders: str) -> str:
    """The same without the folders of this machine: of a path the last part is left."""
    for folder in folders:
        text = re.sub(rf"(?:file:)?{re.escape(folder)}/(?:[^\s'\":,;)\]/]+/)*", "", text)
    return LOCAL.sub(r"\1", redacted(text))


def _masked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _of(str(key), item) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item) for item in value]
    return _text(value) if isinstance(value, str) else value


def _of(key: str, value: Any) -> Any:
    if SECRET.search(key) and value is not None and not isinstance(value, bool):
        return MASK
    return _headers(value) if key.lower() == "headers" else _masked(value)


def _headers(given: Any) -> Any:
    """Headers in all the forms that they may have; whatever their names, their values may be secrets."""
    if isinstance(given, Mapping):
        return {name: value if HARMLESS_HEADER.fullmatch(str(name)) else MASK for name, value in given.items()}
    if isinstance(given, list):
        return [_headers(each) for each in given]
    if not isinstance(given, str) or not given:
        return given
    try:
        parsed = orjson.loads(given)
    except orjson.JSONDecodeError:
        parsed = None
    if isinstance(parsed, Mapping | list):
        return orjson.dumps(_headers(parsed)).decode()
    name, colon, _ = given.partition(":")
    return given if HARMLESS_HEADER.fullmatch(name.strip()) else f"{name}: {MASK}" if colon else MASK


def _text(text: str) -> str:
    if line := HEADER_LINE.match(text):
        return f"{line[0]} {MASK}"
    return masked_url(text)
