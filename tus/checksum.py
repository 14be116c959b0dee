"""Checksum: what a client says that the bytes of one request come to."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable
from typing import Protocol, Self

from tus.errors import TusError


class Digest(Protocol):
    """What hashlib's objects can do."""

    def update(self, data: bytes | memoryview, /) -> None:
        """Adds bytes."""

    def digest(self) -> bytes:
        """What all the bytes come to."""


class Crc32:
    """Big-endian, as it is written elsewhere too."""

    def __init__(self) -> None:
        self._sum = 0

    def update(self, data: bytes | memoryview, /) -> None:
        self._sum = zlib.crc32(data, self._sum)

    def digest(self) -> bytes:
        return self._sum.to_bytes(4, "big")


# They guard against faulty lines, not against forgery.
ALGORITHMS: dict[str, Callable[[], Digest]] = {
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),
    "md5": lambda: hashlib.md5(usedforsecurity=False),
    "sha256": hashlib.sha256,
    "sha512": hashlib.sha512,
    "crc32": Crc32,
}


class Checksum:
    """Grows with the bytes, and `holds` when all are there."""

    def __init__(self, digest: Digest, expected: bytes) -> None:
        self.update = digest.update
        self._digest = digest
        self._expected = expected

    @classmethod
    def parse(cls, header: str) -> Self:
        """Of `algorithm base64`."""
        name, _, value = header.partition(" ")
        try:
            digest, expected = ALGORITHMS[name](), base64.b64decode(value, validate=True)
        except (KeyError, ValueError) as error:
            raise TusError("ERR_INVALID_CHECKSUM") from error
        if len(expected) != len(digest.digest()):
            raise TusError("ERR_INVALID_CHECKSUM")
        return cls(digest, expected)

    @property
    def holds(self) -> bool:
        return self._digest.digest() == self._expected
