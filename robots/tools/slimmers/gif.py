"""Makes GIFs smaller with gifsicle, which keeps their frames, times and colours."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from robots.base.errors import BadInput, ToolFailed
from robots.tools.process import Limits, run
from robots.tools.programs import Programs
from robots.tools.slimmers.wish import Wish

LIMITS = Limits(wall=120, memory=2 << 30)


class Gifsicle:
    """The program of that name."""

    def __init__(self, programs: Programs) -> None:
        self.programs = programs

    async def slim(self, source: Path, target: Path, wish: Wish) -> None:
        """Without its notes a file is never larger: then its frames stay packed as they are."""
        await self._run([*arguments(wish), "-O1" if wish.quick else "-O3"], source, target)
        if not wish.keeps_notes and not wish.progressive and target.stat().st_size > source.stat().st_size:
            await self._run(arguments(wish), source, target)

    async def _run(self, told: Sequence[str], source: Path, target: Path) -> None:
        argv: list[str | Path] = [self.programs.need("gifsicle"), *told, "-o", str(target), source]
        try:
            await run(argv, folder=target.parent, limits=LIMITS)
        except ToolFailed as error:
            raise BadInput("The picture is damaged, or its file ends early.") from error


def arguments(wish: Wish) -> list[str]:
    told = ["--no-warnings", "--interlace" if wish.progressive else "--same-interlace"]
    return told if wish.keeps_notes else [*told, "--no-comments", "--no-names", "--no-extensions"]
