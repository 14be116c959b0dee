"""What a form is made of, and how much of it there may be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from server.api.sink import Saved, Sink
from server.errors import ApiError

BATCH = 1 << 20  # bytes that go to the disk at once


@dataclass(frozen=True, slots=True)
class FormLimits:
    """What one request may bring.

    `text` is bytes of a field, `texts` of all, `file` of one file (None: any), `early` of files whose sender is not
    known yet; files leave `keep_free` bytes of the disk to others.
    """

    fields: int = 1000
    files: int = 1000
    header: int = 8192
    text: int = 1_000_000
    texts: int = 8_000_000
    file: int | None = None
    early: int = 500_000_000
    idle: float = 60.0
    keep_free: int = 0


@dataclass(frozen=True, slots=True)
class Text:
    """A field."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A file; its bytes can be had until the next part is asked for. `mime` is only what the client says."""

    field: str
    name: str
    mime: str | None
    pieces: AsyncIterator[bytes]
    limit: int | None = None
    keep_free: int = 0

    async def save(self, path: Path) -> Saved:
        """Streams it to this path; returns when it is on the disk, and leaves no half file."""
        sink = Sink(path, self.keep_free)
        try:
            async for batch in _batches(self.pieces):
                await asyncio.to_thread(sink.write, batch)
                if self.limit is not None and sink.size > self.limit:
                    raise ApiError("MAX_SIZE_EXCEEDED", f"The file {self.name} is larger than {self.limit} bytes.")
            return await asyncio.to_thread(sink.finish)
        except BaseException:
            await asyncio.shield(asyncio.to_thread(sink.discard))
            raise


async def _batches(pieces: AsyncIterator[bytes]) -> AsyncIterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    async for piece in pieces:
        batch.append(piece)
        size += len(piece)
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
