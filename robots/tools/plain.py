"""Plain: texts of strangers, and the letters that they are in."""

from __future__ import annotations

import codecs
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

PIECE = 1 << 20
UTF_8 = "utf-8-sig"  # with its mark or without
WINDOWS = "cp1252"
# That of UTF-16 is the beginning of one of the others.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What pages, XML and LaTeX say of themselves at their beginning, and by which name they mean which of our encodings.
DECLARED = re.compile(
    rb"""(?i)<meta\b[^>]{0,200}?\bcharset\s*=\s*["']?\s*([\w-]+)|<\?xml\b[^>]{0,200}?\bencoding\s*=\s*["']([\w-]+)"""
    rb"""|\[([\w-]+)\]\s*\{inputenc\}"""
)
BEGINNING = 4096
KNOWN = re.compile(r"(?:windows-|cp)125[0-8]|iso-8859-(?:[2-9]|1[03-6])|koi8-[ru]|cp866|euc-jp|gb18030")
MEANT = {
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j"), "cp932"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987"), "cp949"),
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    **{"big5": "cp950", "iso-8859-9": "cp1254", "latin5": "cp1254", "latin2": "iso-8859-2", "latin9": "iso-8859-15"},
    **{"iso-8859-11": "cp874", "tis-620": "cp874", "windows-874": "cp874"},
    **{"macintosh": "mac_roman", "applemac": "mac_roman"},
}
NO_LETTERS = re.compile("[\udc80-\udcff]+")
ENOUGH = 3  # letters beyond ASCII for each place that is none


@dataclass(frozen=True, slots=True)
class Letters:
    """The encoding of a text, and in how many places its bytes are no letters in that."""

    encoding: str
    bad: int = 0

    @property
    def losses(self) -> list[str]:
        """What the user is to know of it, in sentences."""
        if not self.bad:
            return []
        places = "one place" if self.bad == 1 else f"{self.bad} places"
        return [f"The text is in UTF-8, but its bytes are no letters in {places}, where it has a � now."]


def letters_of(source: Path) -> Letters:
    """Those of its mark or UTF-8, else those it declares or of Windows: without its mark, UTF-16 is what any could be.

    A text in UTF-8 with some bad bytes is still one, for letters of Windows hardly ever look like its own.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    letters = bad = 0
    with source.open("rb") as file:
        piece = file.read(PIECE)
        for mark, encoding in MARKS:
            if piece.startswith(mark):
                return Letters(encoding)
        marked, old, ended = piece.startswith(codecs.BOM_UTF8), _declared(piece[:BEGINNING]), False
        while not ended:
            ended = not piece
            text, places = NO_LETTERS.subn("", decoder.decode(piece, final=ended))
            letters += len(text) - len(text.encode("ascii", "ignore"))
            bad += places
            piece = file.read(PIECE)
    return Letters(UTF_8, bad) if marked or bad * ENOUGH <= letters else Letters(old)


def _declared(beginning: bytes) -> str:
    found = DECLARED.search(beginning)
    name = found[found.lastindex or 0].decode().lower() if found else ""
    return MEANT.get(name) or (name if KNOWN.fullmatch(name) else WINDOWS)


def read(source: Path) -> str:
    """All of a text, each line of which ends with a newline."""
    return source.read_text(letters_of(source).encoding, errors="replace")


def rewritten(source: Path, target: Path, letters: Letters) -> None:
    """The same text in UTF-8, of the letters that it is in."""
    if letters == Letters(UTF_8):
        shutil.copyfile(source, target)
        return
    with (
        source.open(encoding=letters.encoding, errors="replace", newline="") as given,
        target.open("w", encoding="utf-8", newline="") as made,
    ):
        while piece := given.read(PIECE):
            made.write(piece)
