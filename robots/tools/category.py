"""The category of a file, by which its preview is chosen."""

from __future__ import annotations

from typing import Literal

from robots.base.file import File

Category = Literal["archive", "audio", "document", "image", "unknown", "video", "webpage"]

OF_TYPE: dict[str | None, Category] = {
    "audio": "audio",
    "video": "video",
    "image": "image",
    "pdf": "document",
    "office": "document",
    "document": "document",
    "xls": "document",
}
PAGES = {"text/html", "application/xhtml+xml"}
PRINTED = {"image/x-eps"}  # PostScript with a preview for screens beside it, which is all that makes it a picture
# Each word is looked for in the second half of a media type.
ARCHIVES = (
    "zip", "tar", "7z", "rar", "bzip", "xz", "zstd", "lzma", "lzip", "lz4", "compress", "cpio", "cab", "iso9660",
    "archive", "x-lha", "x-lzh", "x-rpm", "debian", "apple-diskimage",
)  # fmt: skip
PAPERS = ("pdf", "postscript", "rtf", "word", "excel", "powerpoint", "office", "opendocument", "epub", "latex")


def category(file: File) -> Category:
    """What the file is to people; the media type decides where it has no type."""
    mime = file.mime or ""
    first, _, second = mime.partition("/")
    if mime in PAGES:
        return "webpage"
    if mime in PRINTED:
        return "document"
    known = OF_TYPE.get(file.type) or OF_TYPE.get(first)
    if known:
        return known
    if any(word in second for word in PAPERS) or first == "text":
        return "document"
    return "archive" if any(word in second for word in ARCHIVES) else "unknown"
