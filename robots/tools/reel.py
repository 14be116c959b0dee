"""Reel: writes the film that a filter graph makes of several inputs, and looks whether it is all there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from robots.base.errors import BadInput
from robots.base.workspace import Workspace
from robots.tools.clips import UNHEEDED
from robots.tools.encoding import MOST_SECONDS
from robots.tools.ffmpeg import Ffmpeg, Input
from robots.tools.ffprobe import Ffprobe
from robots.tools.footage import Footage
from robots.tools.options import arguments
from robots.tools.outcome import RESHAPING
from robots.tools.recipe import Recipe
from robots.tools.span import Span

OWN = {"ss", "t", "to", "vf", "af", "r", *UNHEEDED}  # settings that are not passed on as they are


@dataclass(frozen=True, slots=True)
class Reel:
    """`graph` ends in the `labels` of picture and sound, if there is any; `seconds` is how long the film will be.

    `more` stands before the output, and `code` is the error code for a film that is empty.
    """

    graph: Sequence[str]
    inputs: Sequence[Input]
    recipe: Recipe
    seconds: float
    sound: bool
    more: tuple[str, ...] = ("-map_chapters", "-1")
    code: str | None = None
    labels: tuple[str, str] = ("picture", "sound")

    async def write(self, workspace: Workspace, share: tuple[float, float] = (0.0, 1.0)) -> Path:
        span = Span.of(self.recipe.options)
        seconds = span.within(self.seconds) or 0.0
        if seconds > MOST_SECONDS:
            hours = f"{seconds / 3600:,.0f} hours, more than the {MOST_SECONDS / 3600:.0f}"
            raise BadInput(f"The result would last {hours} that are allowed.")
        settings = {name: values for name, values in self.recipe.settings.items() if name not in OWN}
        made = workspace.fresh(f"film.{self.recipe.ext}")
        told = [*self._mapped(), *self.more, *arguments(settings), *span.input, *span.output, "-f", self.recipe.muxer]
        await workspace.tool(Ffmpeg).encode(
            told, inputs=self.inputs, output=made, workspace=workspace, seconds=seconds, share=share
        )
        await self._check(made, seconds, workspace)
        return made

    def _mapped(self) -> list[str]:
        """The user's own filters go over the whole."""
        settings, (picture, sound) = self.recipe.settings, self.labels
        tail = [*settings.get("vf", []), *self.recipe.last]
        graph = [*self.graph, f"[{picture}]{','.join(tail) or 'null'}[seen]"]
        if not self.sound:
            return ["-filter_complex", ";".join(graph), "-map", "[seen]"]
        graph.append(f"[{sound}]{','.join(settings.get('af', [])) or 'anull'}[heard]")
        return ["-filter_complex", ";".join(graph), "-map", "[seen]", "-map", "[heard]"]

    async def _check(self, made: Path, seconds: float, workspace: Workspace) -> None:
        """Success is not ffmpeg's exit code: the streams must be there, for as long as they should be."""
        found = Footage.of(await workspace.tool(Ffprobe).show(made))
        if found.video is None:
            raise BadInput("No frame could be decoded; the files seem to be damaged.", self.code)
        if not found.duration or RESHAPING & self.recipe.settings.keys():
            return
        if found.duration < seconds - max(1.0, seconds / 20):
            told = f"Only {found.duration:.1f} of {seconds:.1f} seconds came out"
            workspace.warn(f"{told}; a file seems to be damaged.")
