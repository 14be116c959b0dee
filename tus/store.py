"""Store: where uploads are kept, and the abilities that a store may have beyond that."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterable, Callable, Sequence
from typing import Protocol, runtime_checkable

from tus.upload import Upload


class Pours(ABC):
    """Pieces that reach a file by a shorter way than one by one."""

    @abstractmethod
    async def pour(self, target: int, written: Callable[[int], None]) -> None:
        """Writes all to a file at its position; `written` is told the size of each piece."""


class Store(Protocol):
    """What every store can do. It does not lock: whoever changes an upload holds it with a Locker."""

    async def create(self, upload: Upload, first: bytes = b"") -> Upload:
        """Keeps a new upload with its first bytes, durably, and returns it with its offset."""

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


@runtime_checkable
class Prolongs(Protocol):
    """A store that can put off the end of an upload."""

    async def prolong(self, upload: Upload, expires: float) -> Upload:
        """Keeps the new time; it need not be durable."""


@runtime_checkable
class Verifies(Protocol):
    """A store that can take back what has just been added."""

    async def append_checked(self, upload: Upload, pieces: AsyncIterable[bytes], sound: Callable[[], bool]) -> Upload:
        """Like `append`, but if the pieces do not prove sound, or in a crash, none of them counts."""


@runtime_checkable
class Concatenates(Protocol):
    """A store that can make one upload of several."""

    async def concatenate(self, upload: Upload, parts: Sequence[Upload]) -> Upload:
        """Gives the upload the bytes of the parts, durably, and their length; begins anew after a crash."""


# extension of the protocol: the ability that it asks of the store
EXTENSIONS: dict[str, type] = {
    "creation": object,
    "creation-with-upload": object,
    "creation-defer-length": DefersLength,
    "termination": Terminates,
    "expiration": Expires,
    "checksum": Verifies,
    "concatenation": Concatenates,
    "concatenation-unfinished": Concatenates,
}


def extensions(store: Store) -> list[str]:
    """The extensions of the protocol that this store makes possible."""
    return [name for name, ability in EXTENSIONS.items() if isinstance(store, ability)]
