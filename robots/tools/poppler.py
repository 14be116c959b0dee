"""Poppler: draws the first page of a PDF as an SVG, in which lines stay lines."""

from __future__ import annotations

from pathlib import Path

from robots.base.errors import BadInput, ToolFailed
from robots.base.workspace import Workspace
from robots.tools.process import Limits, run
from robots.tools.programs import Programs

LIMITS = Limits(wall=120, cpu=60, memory=2 << 30, resident=1 << 30, file_size=100 << 20, disk=200 << 20)
FIRST = ("-f", "1", "-l", "1")
AS_IT_IS = ("-noshrink", "-nocenter")  # else a side of 20.6 points is drawn a twentieth too small
DAMAGED = "Syntax Error"  # it goes on after these, and says no more of them in the end


class Poppler:
    """Its program pdftocairo."""

    def __init__(self, programs: Programs, limits: Limits = LIMITS) -> None:
        self.programs = programs
        self.limits = limits

    @property
    def is_here(self) -> bool:
        return self.programs.find("pdftocairo") is not None

    async def draw(self, source: Path, workspace: Workspace) -> Path:
        """An SVG as large as the page is shown; its letters are outlines, so that no font is needed."""
        program, folder = self.programs.need("pdftocairo"), workspace.fresh("drawn")
        folder.mkdir()
        made = folder / "drawing.svg"
        try:
            finished = await run(
                [program, "-svg", *FIRST, *AS_IT_IS, source, made.name], folder=folder, limits=self.limits
            )
        except ToolFailed as error:
            told = "The drawing is damaged, or locked by a password, or too large as an svg."
            raise BadInput(told, **error.details) from error
        if not made.is_file() or made.is_symlink() or not made.stat().st_size:
            raise BadInput("Poppler found no page in this drawing.", stderr="\n".join(finished.tail))
        if any(line.startswith(DAMAGED) for line in finished.tail):
            workspace.warn("The drawing is damaged in places, and holds only what could be read of it.")
        return made
