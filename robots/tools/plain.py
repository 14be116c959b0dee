"""Plain: texts of strangers as UTF-8, and the sign that stands between the columns of their tables."""

from __future__ import annotations

import codecs
import re
import shutil
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

PIECE = 1 << 20
HEAD = 1 << 20
LINES = 20
UTF_8 = "utf-8-sig"  # with its mark or without
# That of UTF-16 is the beginning of one of the others.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SEPARATORS = "\t;,"  # the rarest in words and numbers first
QUOTED = re.compile(r'(?m)(?:^|(?<=[\t;,]))"(?:[^"]|"")*"?')  # elsewhere it is a sign such as that of an inch


def encoding_of(source: Path) -> str:
    """That of its mark or UTF-8, else that of Windows: without its mark, UTF-16 is what any old text could be."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with source.open("rb") as file:
        piece = file.read(PIECE)
        for mark, encoding in MARKS:
            if piece.startswith(mark):
                return encoding
        try:
            while piece:
                decoder.decode(piece)
                piece = file.read(PIECE)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return UTF_8


def read(source: Path) -> str:
    """All of a text, each line of which ends with a newline."""
    return source.read_text(encoding_of(source), errors="replace")


def rewritten(source: Path, target: Path) -> None:
    """The same text in UTF-8; old files are in the letters of Windows, and say so nowhere."""
    encoding = encoding_of(source)
    if encoding == UTF_8:
        shutil.copyfile(source, target)
        return
    with (
        source.open(encoding=encoding, errors="replace", newline="") as given,
        target.open("w", encoding="utf-8", newline="") as made,
    ):
        while piece := given.read(PIECE):
            made.write(piece)


def separator(table: Path) -> str:
    """The sign that most neighbours have equally often, for titles and notes stand above some tables; else a comma."""
    with table.open(encoding=UTF_8, errors="replace", newline="") as file:
        head = file.read(HEAD)
    lines = [line for line in QUOTED.sub("", head).splitlines() if line.strip()][:LINES]
    rows = {sign: _rows([line.count(sign) for line in lines]) for sign in SEPARATORS}
    found = max(SEPARATORS, key=lambda sign: rows[sign])
    return found if rows[found] >= min(2, len(lines) or 1) else ","


def _rows(counts: Sequence[int]) -> int:
    """The most lines in succession that have a sign, and equally often."""
    return max((len(list(alike)) for count, alike in groupby(counts) if count), default=0)
