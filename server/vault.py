"""Vault: seals what must not lie on the disk as it is; the first of its keys seals, and all of them open."""

from __future__ import annotations

import os
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = "v1"


class Broken(Exception):
    """What was sealed is damaged, was sealed for another place, or with a key that is not there."""


class Vault:
    """AES-256-GCM. What is sealed for one `place`, such as a row and its owner, cannot be opened at another."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._ciphers = {key_id(key): AESGCM(key) for key in keys}
        self.first = key_id(keys[0])

    @property
    def ids(self) -> frozenset[str]:
        """The names of its keys."""
        return frozenset(self._ciphers)

    def seal(self, value: Any, place: str) -> str:
        """JSON as a text that tells its length, the name of its key, and nothing else."""
        nonce = os.urandom(NONCE_BYTES)  # random ones do not meet before some 2**32 texts
        sealed = self._ciphers[self.first].encrypt(nonce, orjson.dumps(value), place.encode())
        return f"{VERSION}.{self.first}.{urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, text: str, place: str) -> Any:
        """Raises Broken."""
        version, _, rest = text.partition(".")
        name, _, told = rest.partition(".")
        if version != VERSION or name not in self._ciphers:
            raise Broken(f"it was sealed with the key {name[:16] or 'of nobody'}, which is not there")
        try:
            raw = b64decode(told, b"-_", validate=True)
            return orjson.loads(self._ciphers[name].decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()))
        except (InvalidTag, ValueError) as error:
            raise Broken("it was changed since it was sealed") from error

    def renewed(self, text: str, place: str) -> str | None:
        """The same, sealed with the first key; None when it is already."""
        return None if text.startswith(f"{VERSION}.{self.first}.") else self.seal(self.open(text, place), place)


def key_id(key: bytes) -> str:
    """The name of a key, which tells nothing of it."""
    return sha256(b"the name of a master key\0" + key).hexdigest()[:16]


def place(table: str, account: str, id: str) -> str:
    """Where a row lies and whose it is."""
    return f"{table} {account} {id}"
