"""Bearer tokens: sealed notes of which auth key they stand for. None is kept, so none can be stolen from the disk."""

from __future__ import annotations

from dataclasses import dataclass

from server.engine.accounts import Accounts
from server.errors import ApiError
from server.model.account import AuthKey
from server.model.rights import Scopes, covers, scopes, within, written
from server.vault import Broken

PLACE = "bearer token"
LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who shows a token: its key, and what is left of the scopes that it was made with."""

    key: AuthKey
    scopes: Scopes


class Tokens:
    """A token ends with its key, with its time, and with the master key that sealed it."""

    def __init__(self, accounts: Accounts, lifetime: float) -> None:
        self.accounts = accounts
        self.vault = accounts.vault
        self.lifetime = lifetime

    def mint(self, key: AuthKey, wish: str, audience: str, at: float) -> tuple[str, str]:
        """A token and its scopes, which are those of the key unless fewer are wished for; raises ApiError."""
        held = _held(key, wish)
        note = {
            "key": key.key,
            "id": key.id,
            "scope": None if held is None else written(held),
            "aud": audience,
            "expires": at + self.lifetime,
        }
        return self.vault.seal(note, PLACE), written(held)

    def read(self, text: str, at: float) -> Bearer:
        """Raises ApiError."""
        try:
            note = self.vault.open(text, PLACE) if len(text) <= LONGEST and text.isascii() else None
        except Broken as error:
            raise ApiError("BEARER_TOKEN_INVALID") from error
        if note is None:
            raise ApiError("BEARER_TOKEN_INVALID")
        if note["expires"] <= at:
            raise ApiError("BEARER_TOKEN_EXPIRED")
        key = self.accounts.find(note["key"])
        if key is None or not key.active or key.id != note["id"]:
            raise ApiError("BEARER_TOKEN_INVALID", "The auth key of this bearer token is gone or switched off.")
        return Bearer(key, within(None if note["scope"] is None else scopes(note["scope"]), key.scopes))


def _held(key: AuthKey, wish: str) -> Scopes:
    try:
        wished = scopes(wish)
    except ValueError as error:
        raise ApiError("TOKEN_INVALID_SCOPE", f"The scope of the token: {error}.") from error
    if not wished:
        return key.scopes
    if not covers(key.scopes, wished):
        raise ApiError("TOKEN_INVALID_SCOPE", "The auth key does not have all of these scopes.")
    return wished
