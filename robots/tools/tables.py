"""Tables: the sign that stands between the columns of one that is plain text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from robots.tools.plain import UTF_8

HEAD = 1 << 20
LINES = 20
SEPARATORS = "\t;,"  # the rarest in words and numbers first
QUOTED = re.compile(r'(?m)(?:^|(?<=[\t;,]))"(?:[^"]|"")*"?')  # elsewhere it is a sign such as that of an inch


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
