"""File: what flows along the graph, from an upload to the results."""

from __future__ import annotations

import dataclasses
import mimetypes
import os.path
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from robots.base.errors import BadInput

Meta = dict[str, Any]

# Extensions that people write, where the standard table prefers another or has none.
EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/svg+xml": "svg",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/heic": "heic",
    "image/heif": "heif",
    "image/jxl": "jxl",
    "image/tiff": "tiff",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "audio/flac": "flac",
    "audio/x-wav": "wav",
    "audio/wav": "wav",
    "video/quicktime": "mov",
    "video/x-matroska": "mkv",
    "video/mp2t": "ts",
    "video/iso.segment": "m4s",
    "application/dash+xml": "mpd",
    "application/vnd.apple.mpegurl": "m3u8",
    "text/plain": "txt",
    "text/vtt": "vtt",
    "application/x-subrip": "srt",
    "application/x-7z-compressed": "7z",
}


@dataclass(frozen=True, slots=True)
class File:
    """One file with its name, its origin and what is known of its bytes.

    `path` is where the bytes lie while a job works on them, and `step` made the file; neither is shown. `size` is in
    bytes.
    `url` and `ssl_url` are set by store robots; until then a file has only a temporary address. The signed ones let
    anybody read a stored file for a while.
    `place` is its number, from 1, among the files of one import, which what is made of it keeps.
    `original_id` is a tuple only when a file was made of several originals. `headers` are those that it shall be served
    with. Only the main playlist of a stream for HLS has `playlists`: what is told of each of those that it names.
    """

    id: str
    name: str
    size: int = 0
    mime: str | None = None
    type: str | None = None
    md5hash: str | None = None
    field: str | None = None
    original_id: str | tuple[str, ...] = ""
    original_name: str = ""
    original_path: str = "/"
    original_md5hash: str | None = None
    from_batch_import: bool = False
    import_url: str | None = None
    place: int = 0
    tag: str | tuple[str, ...] | None = None
    meta: Meta = dataclasses.field(default_factory=dict)
    user_meta: Meta = dataclasses.field(default_factory=dict)
    url: str | None = None
    ssl_url: str | None = None
    signed_url: str | None = None
    signed_ssl_url: str | None = None
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    playlists: list[Meta] = dataclasses.field(default_factory=list)
    step: str = ""
    path: Path | None = None

    @property
    def basename(self) -> str:
        return _split(self.name)[0]

    @property
    def ext(self) -> str:
        """Lower-case, without the dot; told by the type when the name has none."""
        ending = _split(self.name)[1][1:].lower()
        return ending or extension(self.mime)

    @property
    def original_basename(self) -> str:
        return _split(self.original_name)[0]

    @property
    def is_stub(self) -> bool:
        """Whether it was not fetched: all that is known is where it is."""
        return bool(self.import_url) and not self.md5hash

    @property
    def bytes(self) -> Path:
        """Where the bytes lie; only a file that is at hand has them."""
        if self.path is None and self.is_stub:
            raise BadInput(f"{self.name} was not fetched: a file stub has no bytes.")
        if self.path is None:
            raise ValueError(f"the bytes of {self.name} are not at hand")
        return self.path

    def with_meta(self, **meta: Any) -> File:
        """The same bytes with more said about them."""
        return replace(self, meta={**self.meta, **meta})

    def made(self, path: Path, ext: str | None = None, **meta: Any) -> File:
        """New bytes made from this file: the name keeps its base, the origin stays.

        The worker adds id, size, hash, type and metadata when it publishes them; `meta` wins over what it finds.
        """
        name = f"{self.basename}.{ext}" if ext else self.name
        new: Meta = {"size": 0, "mime": None, "type": None, "md5hash": None, "headers": {}, "playlists": []}
        return replace(self, name=name, path=path, meta=meta, **new)


def imported(path: Path, name: str, original_path: str = "/", import_url: str | None = None) -> File:
    """A file that an import robot brought; the worker fills in the rest."""
    return File(id="", name=name, original_name=name, original_path=original_path, import_url=import_url, path=path)


def extension(mime: str | None) -> str:
    """The usual extension of a type, or nothing."""
    if not mime:
        return ""
    return EXTENSIONS.get(mime) or (mimetypes.guess_extension(mime) or "")[1:]


@lru_cache(64)
def _split(name: str) -> tuple[str, str]:
    """A status asks for base and extension of each name, one right after the other."""
    return os.path.splitext(name)
