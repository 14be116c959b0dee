"""The metadata of a PDF: its pages, its makers, its words."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pypdfium2

from robots.probe.text import clean, kept, moment

MOST_PAGES = 200
MOST_SECONDS = 3.0
MOST_SIGNS = 4_000_000
PAPERS = {(595, 842): "A4", (842, 1191): "A3", (420, 595): "A5", (612, 792): "letter", (612, 1008): "legal"}
DATE = re.compile(r"D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?([+-]\d\d)?'?(\d\d)?")


def read(path: Path) -> dict[str, Any]:
    """All keys; none for a document that is damaged or locked: it is a file nevertheless, and can be stored."""
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        return {}
    try:
        return kept({"page_count": len(document), **_makers(document), **_size(document), **_words(document)})
    finally:
        document.close()


def _makers(document: pypdfium2.PdfDocument) -> dict[str, Any]:
    told = document.get_metadata_dict(skip_empty=True)
    return {
        "title": clean(told.get("Title")),
        "author": clean(told.get("Author")),
        "producer": clean(told.get("Producer")),
        "create_date": _date(told.get("CreationDate")),
        "modify_date": _date(told.get("ModDate")),
    }


def _size(document: pypdfium2.PdfDocument) -> dict[str, Any]:
    """The size of the first page in points."""
    if not len(document):
        return {}
    try:
        width, height = (round(side) for side in document.get_page_size(0))
    except pypdfium2.PdfiumError:
        return {}
    paper = PAPERS.get((min(width, height), max(width, height)))
    return {"width": width, "height": height, "page_size": f"{width} x {height} pts" + (f" ({paper})" if paper else "")}


def _words(document: pypdfium2.PdfDocument) -> dict[str, Any]:
    """Counts over the whole text; a part of it would mislead, so long documents have none."""
    if len(document) > MOST_PAGES:
        return {}
    end, texts = time.monotonic() + MOST_SECONDS, []
    for number in range(len(document)):
        texts.append(_text(document, number))
        if time.monotonic() > end or sum(map(len, texts)) > MOST_SIGNS:
            return {}
    return counts("\n\n".join(texts))


def counts(text: str) -> dict[str, int]:
    """Words, characters, lines with text in them, and paragraphs, which are parted by empty lines."""
    lines = [line.strip() for line in text.splitlines()]
    words = text.split()
    return {
        "word_count": len(words),
        "character_count": sum(map(len, words)),
        "character_count_with_spaces": sum(map(len, lines)),
        "line_count": sum(map(bool, lines)),
        "paragraph_count": sum(bool(line) and not before for before, line in zip(["", *lines], lines, strict=False)),
    }


def _text(document: pypdfium2.PdfDocument, number: int) -> str:
    try:
        page = document[number]
        return str(page.get_textpage().get_text_bounded())
    except pypdfium2.PdfiumError:
        return ""


def _date(text: str | None) -> str | None:
    """D:20200109120208+01'00' in the API's form."""
    found = DATE.match(text or "")
    if found is None:
        return None
    year, month, day, hour, minute, second, hours, minutes = found.groups(default="")
    local = f"{year}-{month or '01'}-{day or '01'} {hour or '00'}:{minute or '00'}:{second or '00'}"
    return moment(local, f"{hours}:{minutes or '00'}" if hours else None)
