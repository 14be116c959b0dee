"""Graph: the filters that a user wrote, split where ffmpeg splits them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

NAME = re.compile(r"([a-z0-9_]+)(@\w+)?\s*(?:=(.*))?", re.DOTALL)
KEY = re.compile(r"\s*(\w+)\s*=(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Filter:
    """`labels` and `gives` are the names in brackets before it and behind it; it `follows` another in its chain."""

    name: str
    arguments: str
    labels: tuple[str, ...]
    gives: tuple[str, ...]
    follows: bool

    def values(self, *names: str, position: int | None = None) -> list[str]:
        """All that an option is set to, under its names or by its place."""
        named: defaultdict[str, list[str]] = defaultdict(list)
        for place, part in enumerate(self.arguments.split(":") if self.arguments else ()):
            found = KEY.fullmatch(part)
            named[found[1] if found else str(place)].append((found[2] if found else part).strip())
        places = () if position is None else (str(position),)
        return [value for name in (*names, *places) for value in named[name]]


def read(graph: str) -> Iterator[Filter]:
    """ValueError for what is no filter."""
    follows = False
    for text, labels, gives, comma in _pieces(graph):
        found = NAME.fullmatch(text)
        if not found:
            raise ValueError(f"cannot read the filter {text[:60]!r}")
        # Quotes and backslashes vanish while ffmpeg reads the graph, in one level or in two.
        yield Filter(found[1], re.sub(r"['\\\\]", "", found[3] or ""), labels, gives, follows)
        follows = comma


def _pieces(graph: str) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...], bool]]:
    """Each with the labels before and behind it, and whether a comma ends it; what stands in quotes ends nothing."""
    text, label, quoted = "", None, False
    labels: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    letters = iter(graph)
    for letter in letters:
        if label is not None and letter != "]":
            label += letter
        elif label is not None:
            labels, gives, label = (labels, (*gives, label), None) if text.strip() else ((*labels, label), gives, None)
        elif letter == "[" and not quoted:
            label = ""
        elif letter in ",;" and not quoted:
            yield text.strip(), labels, gives, letter == ","
            text, labels, gives = "", (), ()
        else:
            quoted ^= letter == "'"
            text += letter + (next(letters, "") if letter == "\\" and not quoted else "")
    if text.strip():
        yield text.strip(), labels, gives, False
