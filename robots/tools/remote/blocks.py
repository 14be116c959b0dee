"""Carries a file over in blocks, each within a time, so that neither memory nor patience is used up."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from robots.tools.remote.complaints import Complaint, too_large

BLOCK = 1 << 20
SLOWEST = 16 << 10  # bytes a second

OnProgress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a server may be silent, in seconds, and how much it may send at most."""

    idle: float
    limit: int

    def block(self) -> asyncio.Timeout:
        """The time that one block may take."""
        return asyncio.timeout(self.idle + BLOCK / SLOWEST)


async def receive(
    path: str, read: Callable[[], Awaitable[bytes]], target: Path, total: int | None, pace: Pace, tell: OnProgress
) -> None:
    """Writes to `target` what `read` gives until it gives nothing; `total` are the bytes that were told."""
    came = 0
    with _whole(target) as file:
        while True:
            if max(came, total or 0) > pace.limit:
                raise too_large(path, pace.limit)
            async with pace.block():
                piece = await read()
            if not piece:
                break
            file.write(piece)
            came += len(piece)
            tell(came / max(came, total or 0))
        if came < (total or 0):
            raise Complaint(f"{path[:200]} could not be fetched: it ended before all of it was there.", retry=True)


async def send(source: Path, write: Callable[[bytes], Awaitable[object]], pace: Pace, tell: OnProgress) -> int:
    """Gives the blocks of a file to `write`; the number of bytes that it was given."""
    gone, total = 0, source.stat().st_size
    with source.open("rb") as file:
        while piece := file.read(BLOCK):
            async with pace.block():
                await write(piece)
            gone += len(piece)
            tell(gone / max(gone, total))
    return gone


@contextlib.contextmanager
def _whole(target: Path) -> Iterator[BinaryIO]:
    """A new file, which goes away again if it does not come to its end."""
    try:
        with target.open("wb") as file:
            yield file
    except BaseException:
        target.unlink(missing_ok=True)
        raise
