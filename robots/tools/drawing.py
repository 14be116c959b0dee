"""A look at an SVG that a program made: whether it is whole, stands alone and draws something. Runs in a warm child."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from xml.parsers.expat import ExpatError, ParserCreate

from robots.base.errors import BadInput, ToolFailed

PIECE = 8 << 20  # a picture is one word to the parser, which begins with it anew at each piece
SPACE = "http://www.w3.org/2000/svg"
SHAPES = {"circle", "ellipse", "image", "line", "path", "polygon", "polyline", "rect", "text", "use"}
# What lies in these is seen only where something refers to it.
UNSEEN = {"clipPath", "defs", "filter", "mask", "pattern", "symbol"}
ACTIVE = {"a", "foreignObject", "handler", "iframe", "script", "style"}
LENGTH = re.compile(r"(?=[\d.]*[1-9])\d*\.?\d+(?:pt|px)?")
OWN = ("#", "data:image/png;", "data:image/jpeg;")
FOREIGN = re.compile(r"url\(\s*[\"']?(?!#)")


@dataclass(slots=True)
class Drawing:
    """What is found on the way from the first element to the last; `hidden` is how many unseen ones are open."""

    sized: bool = False
    shapes: int = 0
    letters: bool = False
    hidden: int = 0

    def start(self, element: str, attributes: dict[str, str]) -> None:
        name = element.rpartition(" ")[2]
        if name in ACTIVE or any(_reaches(key.rpartition(" ")[2], value) for key, value in attributes.items()):
            raise ToolFailed("The drawing refers to what lies outside of it.")
        if element == f"{SPACE} svg":
            sides = (attributes.get("width", ""), attributes.get("height", ""))
            self.sized = all(LENGTH.fullmatch(side) for side in sides)
        self.letters |= attributes.get("id", "").startswith("glyph")
        self.hidden += name in UNSEEN
        self.shapes += name in SHAPES and not self.hidden

    def end(self, element: str) -> None:
        self.hidden -= element.rpartition(" ")[2] in UNSEEN

    def doctype(self, *told: object) -> None:
        raise ToolFailed("The drawing has a document type, which may define anything.")


def examine(source: str) -> dict[str, bool]:
    """Whether letters are among its shapes; whatever is wrong with it is raised."""
    drawing, parser = Drawing(), ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = drawing.start, drawing.end
    parser.StartDoctypeDeclHandler = drawing.doctype
    try:
        with Path(source).open("rb") as file:
            while piece := file.read(PIECE):
                parser.Parse(piece)
        parser.Parse(b"", True)
    except ExpatError as error:
        raise ToolFailed("The drawing did not come out whole.") from error
    if not drawing.sized:
        raise ToolFailed("The drawing came out without a size.")
    if not drawing.shapes:
        raise BadInput("Nothing is drawn on the page.")
    return {"letters": drawing.letters}


def _reaches(key: str, value: str) -> bool:
    """Whether an attribute starts something, or leads out of the file."""
    if key == "href":
        return not value.startswith(OWN)
    return key.startswith("on") or bool(FOREIGN.search(value))
