"""Store: where uploads are kept, and the abilities that a store may have beyond that."""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import Protocol, runtime_checkable

from tus.upload import Upload


class Store(Protocol):
    """What every store can do. It does not lock: whoever changes an upload holds it with a Locker."""

    async def create(self, upload: Upload) -> None:
        """Keeps a new upload without bytes, durably."""

    async def get(self, id: str) -> Upload:
        """The upload as it stands; ERR_UPLOAD_NOT_FOUND if there is none."""

    async def append(self, upload: Upload, pieces: AsyncIterable[bytes]) -> Upload:
        """Adds bytes at the upload's offset and returns it with the new one; they are durable when this returns.

        What was written before a failure stays, as far as it is durable; `get` tells how much that is.
        """

    async def all(self) -> list[Upload]:
        """Every upload, finished or not."""


@runtime_checkable
class Terminates(Protocol):
    """A store that can remove uploads."""

    async def terminate(self, id: str) -> None:
        """Removes an upload and its bytes; one that is gone already is no failure."""


@runtime_checkable
class DefersLength(Protocol):
    """A store that can keep an upload whose length is not known yet."""

    async def declare_length(self, upload: Upload, length: int) -> Upload:
        """Keeps the length, durably."""


@runtime_checkable
class Expires(Protocol):
    """A store that finds what has outlived its time."""

    async def expired(self, now: float) -> list[str]:
        """The ids of all unfinished uploads that have expired; hold each one while it is terminated."""


# extension of the protocol: the ability that it asks of the store
EXTENSIONS: dict[str, type] = {
    "creation": object,
    "creation-with-upload": object,
    "creation-defer-length": DefersLength,
    "termination": Terminates,
    "expiration": Expires,
}


def extensions(store: Store) -> list[str]:
    """The extensions of the protocol that this store makes possible."""
    return [name for name, ability in EXTENSIONS.items() if isinstance(store, ability)]
