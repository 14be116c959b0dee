"""What a browser must be told of a page before it shows or prints it: its letters and its paper."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from robots.tools.plain import UTF_8, Letters

# Width and height in inches.
PAPERS: Mapping[str, tuple[float, float]] = {
    "A0": (33.11, 46.81),
    "A1": (23.39, 33.11),
    "A2": (16.54, 23.39),
    "A3": (11.69, 16.54),
    "A4": (8.27, 11.69),
    "A5": (5.83, 8.27),
    "A6": (4.13, 5.83),
    "Ledger": (17, 11),
    "Legal": (8.5, 14),
    "Letter": (8.5, 11),
    "Tabloid": (11, 17),
}
UNITS = {"mm": 25.4, "cm": 2.54, "in": 1.0, "px": 96.0, "pt": 72.0, "": 96.0}
LENGTH = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*(mm|cm|in|px|pt|)", re.IGNORECASE)
# The footer of pages that are given none; the browser's own shows an address too, and an uploaded page has none.
NUMBERS = '<p style="margin: 0 20px 0 auto; font-size: 8px"><span class="pageNumber"></span>/<span class="totalPages">'
NAMESPACE = b"http://www.w3.org/1999/xhtml"
HEAD = 4096


def typed(path: Path, letters: Letters) -> str:
    """The media type of a page, with its letters if it is in those that nearly all pages are in."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    kind = "application/xhtml+xml" if head.lstrip()[:5] == b"<?xml" and NAMESPACE in head else "text/html"
    return f"{kind}; charset=utf-8" if letters.encoding == UTF_8 else kind


def margins(text: str) -> tuple[float, float, float, float]:
    """Top, right, bottom and left in inches; as in style sheets, fewer lengths stand for the others as well."""
    found = [_inches(part.strip()) for part in text.split(",")]
    if len(found) > 4:
        raise ValueError("must have at most four lengths: top, right, bottom and left")
    top = found[0]
    right = found[1] if len(found) > 1 else top
    bottom = found[2] if len(found) > 2 else top
    return top, right, bottom, found[3] if len(found) > 3 else right


def _inches(text: str) -> float:
    length = LENGTH.fullmatch(text)
    if length is None:
        raise ValueError(f"{text[:40]!r} is not a length such as 6.25mm, 1cm, 0.5in or 20px")
    return float(length[1]) / UNITS[length[2].lower()]
