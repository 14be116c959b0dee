"""Cues: subtitles of a stranger as clean text for ffmpeg, and the style in which they are drawn."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from robots.base.errors import BadInput
from robots.base.fields import Position
from robots.base.workspace import Workspace
from robots.tools import plain
from robots.tools.ffmpeg import Ffmpeg, Input
from robots.tools.leavings import text_of
from robots.tools.options import seconds
from robots.tools.span import Span

LARGEST = 20 << 20
FONT = Path(__file__).parent / "fonts" / "LiberationSans-Regular.ttf"
FAMILY = "Liberation Sans"
TIME = r"\d{1,9}:\d\d(?::\d\d)?[.,]\d{1,3}"
TIMED = re.compile(rf"({TIME})([ \t]*-->[ \t]*)({TIME})")
# Of a cue; its text goes on up to the next one, and may have empty lines.
BEGINNING = re.compile(r"^\d+\n([\d:,]+) --> ([\d:,]+)[^\n]*\n", re.MULTILINE)
# Where text stands, as on the digits of a keyboard.
PLACES = {
    **{"bottom-left": 1, "bottom": 2, "bottom-right": 3, "left": 4, "center": 5, "right": 6},
    **{"top-left": 7, "top": 8, "top-right": 9},
}
BorderStyle = Literal["box", "outline", "shadow"]
# rgb, rrggbb or aarrggbb, where an alpha of 00 is solid.
Ink = Annotated[str, Field(pattern=r"^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6}([0-9a-fA-F]{2})?)$")]


def cleaned(source: Path, target: Path) -> tuple[str, int]:
    """Writes the cues as UTF-8, and tells whether they are "srt" or "webvtt"; BadInput if they are neither.

    And how many of them end before they begin, which ffmpeg would show for weeks, and so nobody shall see.
    """
    if source.stat().st_size > LARGEST:
        raise BadInput("The subtitles are larger than any film needs.")
    text = plain.read(source)
    if not TIMED.search(text):
        raise BadInput("The file of subtitles has no lines with times, as SRT and VTT have.")
    backward = 0

    def forward(found: re.Match[str]) -> str:
        nonlocal backward
        begin, arrow, end = found.groups()
        if _seconds(begin) <= _seconds(end):
            return found[0]
        backward += 1
        return f"{begin}{arrow}{begin}"

    target.write_text(TIMED.sub(forward, text), "utf-8", "replace")
    return "webvtt" if text.startswith("WEBVTT") else "srt", backward


async def cut(cues: Input, span: Span, workspace: Workspace) -> Input:
    """The cues of a part, counted from its beginning; ffmpeg itself begins with the last cue before it."""
    if not span.start and span.length is None:
        return cues
    part = workspace.fresh("part.srt")
    await workspace.tool(Ffmpeg).encode(
        ["-map", "0:0", "-f", "srt"], inputs=[cues], output=part, workspace=workspace, share=(0.0, 0.0)
    )
    return Input(part, ("-f", await workspace.in_thread(_cut, part, span)))


def _cut(path: Path, span: Span) -> str:
    """Tells the format, which is the one that may have no cues at all if there are none."""
    kept: list[str] = []
    end = inf if span.length is None else span.length
    text = text_of(path)
    cues = [*BEGINNING.finditer(text)]
    ends = [*(cue.start() for cue in cues[1:]), None]
    for cue, later in zip(cues, ends, strict=True):
        first, last = (_seconds(time) - span.start for time in cue.groups())
        if last > 0 and first < end:
            words = text[cue.end() : later].strip("\n")
            kept.append(f"{len(kept) + 1}\n{_clock(max(0.0, first))} --> {_clock(min(last, end))}\n{words}\n")
    path.unlink()
    path.write_text("\n".join(kept or ["WEBVTT", ""]), "utf-8", "replace")
    return "srt" if kept else "webvtt"


def _seconds(time: str) -> float:
    return seconds(time.replace(",", "."))


def _clock(time: float) -> str:
    minutes, rest = divmod(round(1000 * time), 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest / 1000:06.3f}".replace(".", ",")


@dataclass(frozen=True, slots=True)
class Style:
    """How burned subtitles look; sizes hold for a picture of 288 rows, and grow with it."""

    size: int
    color: str
    border: BorderStyle
    border_color: str
    border_width: int | None
    bold: bool
    italic: bool
    position: Position

    @property
    def line(self) -> str:
        """The line of the ASS format."""
        edge, width = _ink(self.border_color), 2 if self.border_width is None else self.border_width
        kind, outline, shadow = {"box": (3, width, 0), "outline": (1, width, 0), "shadow": (1, 0, width)}[self.border]
        inks = f"{_ink(self.color)},{_ink(self.color)},{edge},{edge}"
        letters = f"{-int(self.bold)},{-int(self.italic)},0,0,100,100,0,0"
        place = f"{PLACES[self.position]},10,10,10,1"
        return f"Style: Default,{FAMILY},{self.size},{inks},{letters},{kind},{outline},{shadow},{place}"

    async def filter(self, cues: Input, workspace: Workspace) -> str:
        """The filter that draws the cues; its files lie where ffmpeg runs, so that their names need no quotes."""
        drawn, fonts = workspace.fresh("cues.ass"), workspace.fresh("fonts")
        await workspace.tool(Ffmpeg).encode(
            ["-map", "0:0", "-f", "ass"], inputs=[cues], output=drawn, workspace=workspace, share=(0.0, 0.0)
        )
        await workspace.in_thread(self._dress, drawn, fonts)
        return f"subtitles=f={drawn.name}:fontsdir={fonts.name}"

    def _dress(self, drawn: Path, fonts: Path) -> None:
        fonts.mkdir()
        shutil.copy(FONT, fonts)
        text = text_of(drawn)
        drawn.unlink()
        drawn.write_text(re.sub(r"(?m)^Style: Default,.*$", lambda _: self.line, text, count=1), "utf-8", "replace")


def _ink(color: str) -> str:
    """A colour as ASS writes it: alpha, blue, green, red."""
    digits = color.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    alpha, red, green, blue = bytes.fromhex(digits.rjust(8, "0"))
    return f"&H{alpha:02X}{blue:02X}{green:02X}{red:02X}"
