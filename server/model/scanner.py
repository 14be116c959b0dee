"""Finds `${…}` in a text. What stands inside may be JavaScript, with braces, strings and templates of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass

OPENING = "${"
# The possessive `*+` keeps all of these linear, whatever a client sends.
PLAIN = re.compile(r"[^'\"`{}/]*+")
TEMPLATE = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*+", re.DOTALL)
QUOTED = re.compile(r"'(?:[^'\\]|\\.)*+'|\"(?:[^\"\\]|\\.)*+\"", re.DOTALL)
COMMENT = re.compile(r"//[^\n]*+|/\*.*?\*/", re.DOTALL)
REGEX = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*+\])++/")
ENDS_OF_VALUES = "$_)]}'\"`"


@dataclass(frozen=True, slots=True)
class Variable:
    """What stands between `${` and its `}`."""

    source: str


def scan(text: str) -> list[str | Variable]:
    """The plain pieces and the variables of a text, in order; from one that is never closed on all is plain."""
    pieces: list[str | Variable] = []
    place = 0
    while (opening := text.find(OPENING, place)) >= 0:
        start = opening + len(OPENING)
        end = closing(text, start)
        if end is None:
            break
        pieces += [text[place:opening], Variable(text[start:end])]
        place = end + 1
    return [piece for piece in (*pieces, text[place:]) if piece]


def closing(text: str, start: int) -> int | None:
    """The place of the brace that closes the expression which begins at `start`; None if there is none."""
    open_ = ["{"]
    place: int | None = start
    while open_ and place is not None and place < len(text):
        place = _template(text, place, open_) if open_[-1] == "`" else _code(text, place, open_)
    return None if open_ or place is None else place - 1


def _code(text: str, place: int, open_: list[str]) -> int | None:
    """Goes past the next brace, string, comment or pattern; None if that never ends."""
    place = _past(PLAIN, text, place) or place
    char = text[place : place + 1]
    if char in ("'", '"'):
        return _past(QUOTED, text, place)
    if char == "/":
        return _slash(text, place)
    if char == "}":
        open_.pop()
    else:
        open_.append(char)
    return place + 1


def _template(text: str, place: int, open_: list[str]) -> int | None:
    """Goes past the end of a template, or into an expression inside it."""
    place = _past(TEMPLATE, text, place) or place
    if text.startswith("`", place):
        open_.pop()
        return place + 1
    open_.append("{")
    return place + len(OPENING)


def _slash(text: str, place: int) -> int | None:
    """A slash begins a comment, divides what stands before it, or begins a pattern such as /[}]/g."""
    if text.startswith(("//", "/*"), place):
        return _past(COMMENT, text, place)
    before = place - 1
    while text[before].isspace():
        before -= 1
    divides = text[before].isalnum() or text[before] in ENDS_OF_VALUES
    return place + 1 if divides else _past(REGEX, text, place)


def _past(token: re.Pattern[str], text: str, place: int) -> int | None:
    found = token.match(text, place)
    return found.end() if found else None
