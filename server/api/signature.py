"""Who sends a request, and whether it is signed as it should be: the checks in the order that clients rely on."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from server.api import params as params_field
from server.api import referer as referer_pattern
from server.engine.ticket import Ticket
from server.engine.tokens import Bearer
from server.errors import ApiError
from server.model.account import ALGORITHMS, Account, AuthKey
from server.model.auth import AuthParams
from server.model.rights import Scopes, allows

SKEW = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Auth:
    """What params.auth allows the uploads of an Assembly."""

    max_size: int | None = None
    max_number_of_files: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """Params that name a key; nothing is proven yet. `text` is what a signature covers."""

    text: str
    params: dict[str, Any]
    auth: dict[str, Any]
    key: str


@dataclass(frozen=True, slots=True)
class Authenticated:
    """A request that passed; one that was not `signed` may be anybody's who knows the key."""

    account: Account
    params: dict[str, Any]
    auth: Auth
    ticket: Ticket | None = None
    signed: bool = False
    scopes: Scopes = None
    key: AuthKey | None = None

    def needs(self, scope: str) -> None:
        """Raises ApiError where the key, or the bearer token, does not have this scope."""
        if not allows(self.scopes, scope):
            raise ApiError(
                "INSUFFICIENT_AUTH_SCOPE", f"This request needs an auth key or token with the scope {scope}."
            )


def authenticate(
    text: str | None,
    signature: str | None,
    *,
    referer: str | None,
    keys: Callable[[str], AuthKey | None],
    now: datetime,
    required: bool,
) -> Authenticated:
    """All checks in one, for requests where no Template has a say; raises ApiError."""
    claim = claimed(text)
    key = admitted(claim, keys(claim.key), referer)
    signed = required or key.account.require_signature or signature is not None
    if signed:
        verify(claim, signature, key, now)
    spent = ticket(claim) if signed else None
    return Authenticated(key.account, claim.params, allowance(claim.auth), spent, signed, key.scopes, key)


def trusted(text: str | None, bearer: Bearer, referer: str | None) -> Authenticated:
    """The same for a request with a bearer token, which stands for signature and key; raises ApiError."""
    params = params_field.read(text or "{}")
    auth = params.get("auth") or {}
    if not isinstance(auth, dict):
        raise ApiError("NO_OBJECT_AUTH_PARAMETER")
    if auth.get("key") not in (None, bearer.key.key):
        raise ApiError("BEARER_TOKEN_AUTH_KEY_MISMATCH")
    referer_pattern.check(auth.get("referer"), referer)
    passed = bearer.key
    known = {**params, "auth": {**auth, "key": passed.key}}  # which also signs what is sent of the Assembly
    return Authenticated(passed.account, known, allowance(auth), None, True, bearer.scopes, passed)


def claimed(text: str | None) -> Claim:
    """The params, and whose they say they are."""
    params = params_field.read(text)
    auth = params.get("auth")
    if auth is None:
        raise ApiError("NO_AUTH_PARAMETER")
    if not isinstance(auth, dict):
        raise ApiError("NO_OBJECT_AUTH_PARAMETER")
    key = AuthParams.of(auth, "key").key
    if key is None:
        raise ApiError("NO_AUTH_KEY_PARAMETER")
    return Claim(text or "", params, auth, key)


def admitted(claim: Claim, key: AuthKey | None, referer: str | None) -> AuthKey:
    """The key, if there is one and the request may come from where it comes from."""
    if key is None:
        raise ApiError("GET_ACCOUNT_UNKNOWN_AUTH_KEY")
    if not key.active:
        raise ApiError("GET_ACCOUNT_UNKNOWN_AUTH_KEY", "This auth.key is switched off.")
    referer_pattern.check(claim.auth.get("referer"), referer)
    return key


def verify(claim: Claim, signature: str | None, key: AuthKey, now: datetime) -> None:
    """That the claim has not expired and is signed with the secret of its key."""
    until = AuthParams.of(claim.auth, "expires").expires
    if until is None:
        raise ApiError("NO_AUTH_EXPIRES_PARAMETER")
    if until + SKEW < now:
        raise ApiError("AUTH_EXPIRED")
    if signature is None:
        raise ApiError("NO_SIGNATURE_FIELD")
    algo, digest = _split(signature)
    if algo not in ALGORITHMS or not key.secret:
        raise ApiError("INVALID_SIGNATURE")
    if key.algo and algo != key.algo:
        raise ApiError("INVALID_SIGNATURE", f"This auth.key demands {key.algo} signatures, not {algo}.")
    if not hmac.compare_digest(_digest(key.secret, claim.text, algo).encode(), digest.encode("utf-8", "replace")):
        raise ApiError("INVALID_SIGNATURE")


def ticket(claim: Claim) -> Ticket | None:
    """A signed claim with a nonce may be made once. Without one it may not, for old clients repeat theirs."""
    told = AuthParams.of(claim.auth, "expires", "nonce")
    if told.expires is None or not (told.nonce or claim.params.get("nonce")):
        return None
    digest = hashlib.sha256(f"{claim.key}\0{claim.text}".encode()).hexdigest()
    return Ticket(digest, (told.expires + SKEW).timestamp())


def sign(secret: str, params_text: str, algo: str = "sha384") -> str:
    """The signature of exactly this text, with the name of its algorithm in front."""
    return f"{algo}:{_digest(secret, params_text, algo)}"


def allowance(auth: Mapping[str, Any]) -> Auth:
    """max_size and max_number_of_files, of a request or of one merged with its Template; raises ApiError."""
    told = AuthParams.of(auth, "max_size", "max_number_of_files")
    return Auth(told.max_size, told.max_number_of_files)


def _split(signature: str) -> tuple[str, str]:
    """Algorithm and digest; the oldest clients send a bare SHA-1."""
    prefix, colon, digest = signature.partition(":")
    return (prefix.lower(), digest) if colon else ("sha1", signature)


def _digest(secret: str, text: str, algo: str) -> str:
    return hmac.new(secret.encode(), text.encode(), algo).hexdigest()
