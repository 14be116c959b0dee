"""Tells the media type of a file by its content; a name only chooses between kinds of text."""

from __future__ import annotations

import re
import struct
import zipfile
from codecs import getincrementaldecoder
from functools import cache
from pathlib import Path
from typing import BinaryIO

# Must come before magic, which then finds the library that it brings.
import pylibmagic  # noqa: F401  # isort: skip
import magic

from robots.probe.rare import DOUBTED, pictured

HEAD = 64 * 1024
READ_AHEAD = 1 << 20
DIRECTORY = 4 << 20
PLAIN = "text/plain"
BINARY = "application/octet-stream"

# What libmagic says, and the name by which the API knows it. WAV stays audio/x-wav, which is what uploads have always
# been shown as.
SPELLINGS = {
    "inode/x-empty": BINARY,
    "image/x-ms-bmp": "image/bmp",
    "image/vnd.microsoft.icon": "image/x-icon",
    "image/heif": "image/heic",
    "video/x-m4v": "video/mp4",
    "audio/x-m4a": "audio/mp4",
    "audio/wav": "audio/x-wav",
    "audio/x-hx-aac-adts": "audio/aac",
    "audio/x-hx-aac-adif": "audio/aac",
    "audio/mpegapplication/octet-stream": "audio/mpeg",
    "application/ogg": "audio/ogg",
    "video/x-ms-asf": "video/x-ms-wmv",
    "application/x-zip-compressed": "application/zip",
}
OFFICE = "application/vnd.openxmlformats-officedocument."
PARTS = {
    "word/document.xml": f"{OFFICE}wordprocessingml.document",
    "xl/workbook.xml": f"{OFFICE}spreadsheetml.sheet",
    "ppt/presentation.xml": f"{OFFICE}presentationml.presentation",
}
# Those that come most, of which the library says the same and takes half of the time of a whole look at the file.
PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR": "image/png"}
PAGES = {
    "html": "text/html",
    "htm": "text/html",
    "xhtml": "application/xhtml+xml",
}
TEXTS = {
    **PAGES,
    "txt": PLAIN,
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "srt": "application/x-subrip",
    "vtt": "text/vtt",
    "md": "text/markdown",
    "json": "application/json",
    "css": "text/css",
    "js": "text/javascript",
    "xml": "text/xml",
    "uu": "text/x-uuencode",
    "uue": "text/x-uuencode",
    "mtree": "text/x-mtree",
}
# Atomic groups: a file of nothing but comments must not be tried in all its divisions.
SVG = re.compile(
    rb"(?>(?><\?xml[^>]*>)|(?><!--.*?-->)|(?><!DOCTYPE[^\[>]*(?>\[[^\]]*\]\s*)?>)|\s+)*+<svg[\s>]", re.DOTALL
)
CUE = re.compile(rb"\s*\d+\s*\r?\n\d{1,3}:\d\d:\d\d[,.]\d{1,3}\s*-->\s*\d")
MPD = re.compile(rb"(?>(?><\?xml[^>]*>)|(?><!--.*?-->)|\s+)*+<MPD\s", re.DOTALL)
MARK = b"\xef\xbb\xbf"
SEGMENT = "video/iso.segment"  # nothing can be seen in one without the beginning of its stream
SEGMENTS = {b"styp", b"sidx", b"moof"}  # the boxes with which they begin


def sniff(path: Path, name: str) -> str:
    """The media type of the bytes."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        if not head:
            return BINARY
        found = _frequent(head) or _signed(head) or pictured(head, file) or _told(path, head)
        if found in {"application/zip", BINARY} and head.startswith(b"PK\3\4"):
            return _office(file) or "application/zip"
    return _text(head, found, name) if is_text(found) else found


def is_text(mime: str) -> bool:
    """Whether the type is one of the plain kinds, between which content can hardly decide."""
    if mime in PAGES.values():
        return False
    return mime in TEXTS.values() or mime == "application/x-ndjson" or mime.startswith("text/")


def _frequent(head: bytes) -> str | None:
    return next((mime for start, mime in PICTURES.items() if head.startswith(start)), None)


def _signed(head: bytes) -> str | None:
    """What libmagic misses: segments, SVG behind comments, playlists, cues, transport streams."""
    if head[4:8] in SEGMENTS:
        return SEGMENT
    text = head.removeprefix(MARK)
    if SVG.match(text[:16384]):
        return "image/svg+xml"
    if MPD.match(text[:16384]):
        return "application/dash+xml"
    if text.startswith(b"#EXTM3U"):
        return "application/vnd.apple.mpegurl"
    if text.startswith(b"WEBVTT"):
        return "text/vtt"
    if CUE.match(text[:200]):
        return "application/x-subrip"
    # Packets of 188 bytes, or of 192 with a time stamp before each, as cameras write them.
    if any(
        len(head) >= 4 * size and set(head[at : at + 4 * size : size]) == {0x47} for at, size in ((0, 188), (4, 192))
    ):
        return "video/mp2t"
    return None


def _told(path: Path, head: bytes) -> str:
    told = str(library().from_file(str(path)))
    if told in DOUBTED:
        return BINARY if b"\0" in head or not _reads(head) else PLAIN
    return SPELLINGS.get(told, told)


def _reads(head: bytes) -> bool:
    """Whether it is text, of which the last letter may be cut in two."""
    try:
        getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


@cache
def library() -> magic.Magic:
    library = magic.Magic(mime=True)
    library.setparam(magic.MAGIC_PARAM_BYTES_MAX, READ_AHEAD)
    return library


def _text(head: bytes, found: str, name: str) -> str:
    """The kind of text: by its first bytes if they say, else by the name's ending."""
    if found in {"text/vtt", "application/x-subrip"}:
        return found
    ending = name.rpartition(".")[2].lower()
    if ending == "json" and head.removeprefix(MARK).lstrip()[:1] not in {b"{", b"["}:
        return found
    return TEXTS.get(ending, found)


def _office(file: BinaryIO) -> str | None:
    """The type of an office file, which is a zip with certain members; a huge directory is not read."""
    if _directory_size(file) > DIRECTORY:
        return None
    try:
        with zipfile.ZipFile(file) as archive:
            members = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    if "[Content_Types].xml" not in members:
        return None
    return next((mime for part, mime in PARTS.items() if part in members), None)


def _directory_size(file: BinaryIO) -> int:
    """How long the list of members at the end of a zip claims to be."""
    length = file.seek(0, 2)
    file.seek(max(0, length - HEAD - 22))
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    return struct.unpack_from("<I", tail, at + 12)[0] if 0 <= at <= len(tail) - 22 else DIRECTORY + 1
