"""Smart URL: a Template, its input and its fields, all in one address that its owner has signed."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from server.errors import ApiError

SIGNATURE, KEY, EXPIRES = "sig", "auth_key", "exp"
SCHEME = "sha256:"
BUILTIN = "builtin"


@dataclass(frozen=True, slots=True)
class SmartUrl:
    """`fields` are those of the query, and the rest of the path as `input`; `expires` is in Unix seconds."""

    template: str
    fields: dict[str, str | list[str]]
    key: str | None
    expires: float | None
    signature: str | None
    signed: str  # what the signature is over, but for the name of the workspace

    def is_signed(self, workspace: str, secret: str) -> bool:
        """Whether the signature is over this very address, in any of the ways in which SDKs write a workspace."""
        given = (self.signature or "").encode("utf-8", "replace")
        texts = (f"{spelt}/{self.signed}" for spelt in {workspace, quote(workspace, safe=""), quote_plus(workspace)})
        return any([hmac.compare_digest(given, _signature(text, secret)) for text in texts])


def smart_url(target: str) -> SmartUrl:
    """Reads the raw path and query after the workspace: `{template}/{input}?{query}`; raises ApiError.

    Only the text as it was received can be verified, for each SDK encodes in its own way.
    """
    path, _, query = target.partition("?")
    given = [part for part in query.split("&") if part]
    told: dict[str, list[str]] = {}
    for name, value in map(_split, given):
        told.setdefault(name, []).append(value)
    unsigned = [part for part in given if _split(part)[0] != SIGNATURE]
    template, wanted = _parts(path)
    signature, key, expires = (_only(told, name) for name in (SIGNATURE, KEY, EXPIRES))
    fields = {name: values if len(values) > 1 else values[0] for name, values in told.items()}
    return SmartUrl(template, {**fields, "input": wanted}, key, _moment(expires), signature, _joined(path, unsigned))


def _only(told: dict[str, list[str]], name: str) -> str | None:
    """Takes out what can be there once; of two it would not be clear which one was meant."""
    values = told.pop(name, [])
    if len(values) > 1:
        raise ApiError("INVALID_URL_ENCODING", f"The URL has {name} twice.")
    return values[0] if values else None


def _parts(path: str) -> tuple[str, str]:
    """The Template, whose name may be that of a builtin one, and what comes after it."""
    first, _, rest = path.partition("/")
    if first == BUILTIN:
        second, _, rest = rest.partition("/")
        first = f"{first}/{second}"
    return _decoded(first, unquote), _decoded(rest, unquote)


def _decoded(text: str, how: Callable[..., str]) -> str:
    try:
        return how(text, errors="strict")
    except UnicodeDecodeError as error:
        raise ApiError("INVALID_URL_ENCODING") from error


def _split(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return _decoded(name, unquote_plus), _decoded(value, unquote_plus)


def _joined(path: str, query: Iterable[str]) -> str:
    words = "&".join(query)
    return f"{path}?{words}" if words else path


def _moment(given: str | None) -> float | None:
    """Milliseconds since 1970 in the URL, seconds from here on."""
    if given is None:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) <= 16):
        raise ApiError("INVALID_AUTH_EXPIRES_PARAMETER", "exp must be milliseconds since 1970.")
    return int(given) / 1000


def _signature(text: str, secret: str) -> bytes:
    digest = hmac.new(secret.encode(), text.encode("utf-8", "surrogateescape"), "sha256").hexdigest()
    return f"{SCHEME}{digest}".encode()
