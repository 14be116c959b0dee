"""Which program turns one kind of document into another, and over which third kind if none does at once."""

from __future__ import annotations

from typing import Literal

from robots.base.file import File

Engine = Literal["browser", "ghostscript", "markdown", "office", "pandoc", "picture", "poppler", "subtitles"]
Hop = tuple[Engine, str]

MARKUP = {"md", "html", "xhtml", "latex"}
PLAIN = {"txt", "text", "xml"}
LETTERS = {"doc", "docx", "odt", "ott", "rtf", "rtx"}
SHEETS = {"csv", "xla", "xls", "xlsx"}
SLIDES = {"pot", "pps", "ppt", "pptx"}
PICTURES = {"ai", "gif", "jpeg", "jpg", "png", "svg"}
SUBTITLES = {"srt", "vtt"}
POSTSCRIPT = {"eps", "ps"}
# For oda, the Office Document Architecture of 1989, and for odd no program is left: they become nothing else.
DEAD = {"oda", "odd"}
SOURCES = MARKUP | PLAIN | LETTERS | SHEETS | SLIDES | PICTURES | SUBTITLES | POSTSCRIPT | DEAD | {"ppz"}

PACKED = {"docx", "odp", "ods", "odt", "ott", "pptx", "xlsx"}  # these are archives, which may hold far more
PANDOC_READS = MARKUP | {"docx", "odt", "rtf", "rtx", "txt", "text"}
PANDOC_WRITES = MARKUP | {"docx", "odt", "rtf", "rtx", "txt", "text", "xml"}
OFFICE_WRITES = LETTERS | {"txt", "text", "pdf"}
LETTERED = MARKUP | PLAIN | SUBTITLES | {"csv"}  # these are nothing but letters, in any encoding
UNPICTURED = {"csv", "latex", "md", "text", "txt", "xml"}  # these hold no pictures
PICTURES_WRITTEN = {"eps", "gif", "jpeg", "jpg", "pdf", "png"}

SPELLINGS = {"markdown": "md", "htm": "html", "tex": "latex", "xhtm": "xhtml"}
OFFICE, OPEN = "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."
# Media types that leave no doubt; for all others the name decides.
TYPES = {
    "application/pdf": "pdf",
    "application/postscript": "ps",
    "application/xhtml+xml": "xhtml",
    "application/x-subrip": "srt",
    "image/gif": "gif",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/svg+xml": "svg",
    "image/x-eps": "eps",
    "text/vtt": "vtt",
    f"{OFFICE}wordprocessingml.document": "docx",
    f"{OFFICE}spreadsheetml.sheet": "xlsx",
    f"{OFFICE}presentationml.presentation": "pptx",
}
LIKELY = {"text/html": "html", "text/markdown": "md", "text/csv": "csv", "text/rtf": "rtf", "text/plain": "txt"}
LIKELY |= {"text/x-tex": "latex", "text/xml": "xml", "application/msword": "doc", "application/rtf": "rtf"}
LIKELY |= {"application/vnd.ms-excel": "xls", "application/vnd.ms-powerpoint": "ppt"}
LIKELY |= {f"{OPEN}text": "odt"}
# What many programs call the tables that they write as plain text.
MISNAMED = {"xls": "csv", "xla": "csv"}
# What is only ever printed.
PRINTED = {f"{OPEN}presentation": "odp", f"{OPEN}spreadsheet": "ods"}


def kind(file: File) -> str:
    """What a document is, by one of the names of formats; nothing if it is none that can be converted."""
    ext = SPELLINGS.get(file.ext, file.ext)
    told = TYPES.get(file.mime or "", "")
    if told == "pdf" and ext == "ai":
        return "ai"
    if told == "ps" and ext in {"ai", "eps"}:  # as those of Illustrator were, before they were PDFs
        return "eps"
    if told:
        return told if told in SOURCES else ""
    if file.mime == "text/plain":
        ext = MISNAMED.get(ext, ext)
    return ext if ext in SOURCES else LIKELY.get(file.mime or "", "")


def office_kind(file: File) -> str:
    """What an office would open it as; nothing if it is no document of one."""
    found = kind(file) or PRINTED.get(file.mime or "", "")
    return found if found in LETTERS | SHEETS | SLIDES | {"odp", "ods", "ppz"} else ""


def route(source: str, wanted: str) -> list[Hop]:
    """The steps from one format to another; none if there is no way."""
    if source in POSTSCRIPT | {"ai"} or wanted in POSTSCRIPT | {"ai"}:
        return _drawn(source, wanted)
    if source in SUBTITLES:
        return [("subtitles", wanted)] if wanted in SUBTITLES else []
    if source in PICTURES:
        return [("picture", wanted)] if wanted in PICTURES_WRITTEN | ({"svg"} - {source}) else []
    if source in SHEETS:
        return [("office", wanted)] if wanted in SHEETS | {"pdf", "html"} else []
    if source in SLIDES | {"ppz"}:
        return [("office", wanted)] if wanted in SLIDES | {"pdf"} else []
    return _written(source, wanted) if source in MARKUP | PLAIN | LETTERS else []


def _drawn(source: str, wanted: str) -> list[Hop]:
    """Over a PDF, which a file of Illustrator is already, and which is written where one is wanted."""
    if wanted == "ai":
        return route(source, "pdf") if source in PICTURES | POSTSCRIPT else []
    if source in PICTURES - {"ai"} and wanted == "eps":
        return [("picture", "eps")]
    before: list[Hop] = [("ghostscript", "pdf")] if source in POSTSCRIPT else []
    if wanted == "svg":
        return [*before, ("poppler", "svg")]
    if source not in POSTSCRIPT | {"ai"} and not (before := route(source, "pdf")):
        return []
    if wanted == "pdf":
        return before or [("ghostscript", "pdf")]
    if wanted in POSTSCRIPT:
        return [*before, ("ghostscript", wanted)]
    return [*before, ("picture", wanted)] if wanted in PICTURES_WRITTEN else []


def _written(source: str, wanted: str) -> list[Hop]:
    """Between texts: pandoc knows their structure, the office how they look, the browser how pages do."""
    if source in MARKUP and wanted == "pdf":
        first: dict[str, list[Hop]] = {"md": [("markdown", "html")], "latex": [("pandoc", "html")]}
        return [*first.get(source, []), ("browser", "pdf")]
    if source == "md" and wanted in {"html", "xhtml"}:
        return [("markdown", wanted)]
    structured = wanted in PANDOC_WRITES and (source in MARKUP or wanted in MARKUP | {"xml"})
    if structured and source in PANDOC_READS:
        return [("pandoc", wanted)]
    if structured:
        return [("office", "docx"), ("pandoc", wanted)]
    if wanted not in OFFICE_WRITES:
        return []
    before: list[Hop] = [("pandoc", "docx")] if source in MARKUP else []
    return [*before, ("office", wanted)]
