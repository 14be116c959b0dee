"""Adds the hash of a file to its metadata."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Any, BinaryIO, Literal

from robots.base.file import File
from robots.base.params import Param, Params
from robots.base.robot import FileRobot
from robots.base.workspace import Workspace

PIECE = 1 << 20
STRIDE = 64 << 20  # how much is hashed in a thread before progress is told and a cancel is heard


class FileHashParams(Params):
    algorithm: Literal["b2", "md5", "sha1", "sha224", "sha256", "sha384", "sha512"] = Param(
        "sha256", "The algorithm; `b2` is BLAKE2b."
    )
    partial: Literal["full", "first", "last", "both"] = Param(
        "full",
        "The part of the file that is hashed: all of it, its first or last `partial_size` bytes, or the first and the "
        "last bytes in one hash.",
    )
    partial_size: int = Param(1 << 20, "How many bytes the parts have, if not all of the file is hashed.", gt=0)


class FileHashRobot(FileRobot[FileHashParams]):
    """Computes a checksum of a file, or a quick fingerprint of a large one. The hash is in `${file.meta.hash}`."""

    name = "/file/hash"
    example = {"hashed": {"robot": "/file/hash", "use": ":original", "algorithm": "md5"}}

    async def run(self, file: File, workspace: Workspace) -> AsyncIterator[File]:
        digest = hashlib.new({"b2": "blake2b"}.get(self.params.algorithm, self.params.algorithm))
        parts = self._parts(file.bytes.stat().st_size)
        total, done = sum(end - start for start, end in parts), 0
        with file.bytes.open("rb") as stream:
            for start, end in parts:
                for place in range(start, end, STRIDE):
                    done += await workspace.in_thread(feed, digest, stream, place, min(place + STRIDE, end))
                    workspace.progress(done / total)
        yield file.with_meta(hash=digest.hexdigest(), **self._scope())

    def _parts(self, size: int) -> list[tuple[int, int]]:
        """The stretches of the file that are hashed; first and last may overlap in a small file."""
        length = min(self.params.partial_size, size)
        first, last = (0, length), (size - length, size)
        return {"full": [(0, size)], "first": [first], "last": [last], "both": [first, last]}[self.params.partial]

    def _scope(self) -> dict[str, Any]:
        if self.params.partial == "full":
            return {}
        return {"hash_partial": self.params.partial, "hash_partial_size": self.params.partial_size}


def feed(digest: hashlib._Hash, stream: BinaryIO, start: int, end: int) -> int:
    """Hashes a stretch of a file; returns how many bytes it had."""
    stream.seek(start)
    rest = end - start
    while rest and (piece := stream.read(min(PIECE, rest))):
        digest.update(piece)
        rest -= len(piece)
    return end - start - rest
