"""What a newsroom noted in a photo: IPTC fields, and the clipping paths that lie beside them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

from robots.probe.text import clean, kept

SIGNATURE = b"8BIM"
FIELDS_RESOURCE = 0x0404
CLIPPING_PATH = 2999
PATHS = range(2000, 2998)
KEYWORDS = 200

FIELDS = {
    5: "title",
    80: "author",
    90: "city",
    92: "location",
    95: "state",
    100: "country_code",
    101: "country",
    116: "copyright_notice",
    120: "description",
}


def read(block: bytes) -> dict[str, Any]:
    """The keys in a block of Photoshop resources, or of bare IPTC records, as TIFF has them."""
    fields = next((data for number, data in _resources(block) if number == FIELDS_RESOURCE), b"")
    words: dict[str, Any] = {"keywords": []}
    utf8 = b"\x1b%G" in block
    for number, raw in _records(fields or block):
        text = clean(raw if utf8 else _western(raw))
        if number == 25 and text and len(words["keywords"]) < KEYWORDS:
            words["keywords"].append(text[:100])
        elif number in FIELDS:
            words.setdefault(FIELDS[number], text)
    return kept(words)


def has_clipping_path(block: bytes) -> bool:
    """Whether Photoshop left a path by which the image may be cut out."""
    return any(number == CLIPPING_PATH or number in PATHS for number, _ in _resources(block))


def _resources(block: bytes) -> Iterator[tuple[int, bytes]]:
    """The numbered resources: signature, number, padded name, length, padded data."""
    at = block.find(SIGNATURE)
    while 0 <= at <= len(block) - 12 and block[at : at + 4] == SIGNATURE:
        (number,) = struct.unpack_from(">H", block, at + 4)
        name = block[at + 6] + 1
        start = at + 6 + name + name % 2
        if start + 4 > len(block):
            return
        (length,) = struct.unpack_from(">I", block, start)
        yield number, block[start + 4 : start + 4 + length]
        at = start + 4 + length + length % 2


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The fields of record 2: a mark, record, number, length, text."""
    at = 0
    while at + 5 <= len(data) and data[at] == 0x1C:
        record, number, length = struct.unpack_from(">BBH", data, at + 1)
        if record == 2:
            yield number, data[at + 5 : at + 5 + length]
        at += 5 + length


def _western(raw: bytes) -> str:
    """Without a declaration the text is mostly UTF-8 nevertheless, else Latin-1."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
