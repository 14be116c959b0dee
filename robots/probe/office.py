"""The metadata of office files, as the program that wrote them noted it."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from robots.probe.text import clean, kept, moment

MOST = 1 << 20
COUNTS = {
    "Pages": "page_count",
    "Slides": "page_count",
    "Words": "word_count",
    "Characters": "character_count",
    "CharactersWithSpaces": "character_count_with_spaces",
    "Lines": "line_count",
    "Paragraphs": "paragraph_count",
}
TEXTS = {"title": "title", "creator": "author", "description": "description"}
DATES = {"created": "create_date", "modified": "modify_date"}


def read(path: Path) -> dict[str, Any]:
    """What its two lists of properties say; nothing if they are missing or damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            app, core = _properties(archive, "docProps/app.xml"), _properties(archive, "docProps/core.xml")
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return {}
    meta: dict[str, Any] = {key: int(app[name]) for name, key in COUNTS.items() if app.get(name, "").isdecimal()}
    meta |= {key: clean(core.get(name)) for name, key in TEXTS.items()}
    meta |= {key: moment(core.get(name)) for name, key in DATES.items()}
    return kept(meta)


def _properties(archive: zipfile.ZipFile, name: str) -> dict[str, str]:
    """The texts of one list, by their names; no more is unpacked than such a list needs."""
    try:
        with archive.open(name) as member:
            root = ElementTree.fromstring(member.read(MOST), forbid_dtd=True)
    except (KeyError, RuntimeError, EOFError, zlib.error, ParseError, DefusedXmlException):
        return {}
    return {item.tag.rpartition("}")[2]: item.text[:4000] for item in root if item.text}
