"""A part of a file on its way to a storage: read in pieces, hashed as it goes, and again if it must be sent again."""

from __future__ import annotations

import asyncio
import hashlib
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import BinaryIO

PIECE = 256 << 10


class Sending:
    """So many bytes of a file from `start` on; `on_progress` is told how many of them have gone out."""

    def __init__(self, path: Path, start: int, size: int, on_progress: Callable[[int], None] = lambda _: None) -> None:
        self.path = path
        self.start = start
        self.size = size
        self.on_progress = on_progress
        self.digest = b""

    @property
    def md5(self) -> str:
        """The MD5 of what was sent last."""
        return self.digest.hex()

    async def pieces(self) -> AsyncIterator[bytes]:
        """The bytes; once they are all out, their MD5 is known."""
        hasher = hashlib.md5(usedforsecurity=False)
        sent = 0
        # Not in a thread: a connection that breaks meanwhile would leave the file open.
        with self._opened() as source:
            while sent < self.size:
                piece = await asyncio.to_thread(_read, source, min(PIECE, self.size - sent), hasher)
                if not piece:
                    raise OSError("the file became shorter while it was sent")
                yield piece
                sent += len(piece)
                self.on_progress(sent)
        self.digest = hasher.digest()

    async def content_md5(self) -> str:
        """The header by which the other side checks what it got; the bytes are read once more for it."""
        return b64encode(await asyncio.to_thread(self._hashed)).decode()

    def _hashed(self) -> bytes:
        hasher = hashlib.md5(usedforsecurity=False)
        left = self.size
        with self._opened() as source:
            while piece := _read(source, min(PIECE, left), hasher):
                left -= len(piece)
        return hasher.digest()

    def _opened(self) -> BinaryIO:
        source = self.path.open("rb")
        source.seek(self.start)
        return source


def _read(source: BinaryIO, size: int, hasher: hashlib._Hash) -> bytes:
    piece = source.read(size)
    hasher.update(piece)
    return piece
