"""Choice: which of the frames near a time is the best picture, by the detail and the faces in it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robots.base.errors import RobotError
from robots.base.geometry import Size
from robots.base.workspace import Workspace
from robots.tools.ffmpeg import Ffmpeg
from robots.tools.scores import MEASURES, Scores
from robots.tools.stills import Stills
from robots.tools.vips import Images
from robots.tools.visage import Visage

LOOK = "robots.tools.images.glances:look"
SIDE = 320  # pixels of the longer side of the frames that are measured and looked at
LOOKS = 10  # frames near each time in which faces are looked for
WINDOW = 4.0  # seconds around a time in which a better frame may lie
BLIND = "Faces could not be looked for, so the frames with the most detail were taken."


@dataclass(slots=True)
class Choice:
    """Chooses among at most so many frames near each time.

    `small` are the filters that make them so, and how large they are then. Without the model for faces, which makes it
    `blind`, it goes by the detail alone.
    """

    stills: Stills
    most: int
    small: tuple[Sequence[str], Size]
    blind: bool = False

    async def near(self, middle: float, width: float, workspace: Workspace) -> tuple[float, dict[str, Any]]:
        """The time of the best frame around a time, and what speaks for it."""
        width = min(width, WINDOW)
        start = max(0.0, middle - width / 2)
        raw = workspace.fresh("frames.rgb")
        try:
            scores = await self._measured(start, width, raw, workspace)
            await self._look(scores, raw, workspace)
        finally:
            raw.unlink(missing_ok=True)
        return (_before(start + scores.best.at), scores.meta()) if scores.found else (middle, {})

    async def _measured(self, start: float, width: float, raw: Path, workspace: Workspace) -> Scores:
        """One run measures the frames and writes them, so that nobody has to decode them again."""
        scores = Scores()
        told = ["-map", f"0:{self.stills.footage.picture['index']}", "-vf", ",".join(self._filters(start, width))]
        told += ["-frames:v", str(self.most), "-fps_mode", "passthrough", "-f", "rawvideo", f"file:{raw}"]
        _, ahead = self.stills.sought(start)
        inputs = [self.stills.input(start, "-t", f"{ahead + width:.6f}")]
        await workspace.tool(Ffmpeg).run(told, inputs=inputs, workspace=workspace, on_line=scores.hear)
        return scores

    def _filters(self, start: float, width: float) -> list[str]:
        rate = min(self.most / width, self.stills.footage.rate or 25.0)
        _, ahead = self.stills.sought(start)
        sought = [f"trim={ahead:.6f}:{ahead + width:.6f}", f"setpts=PTS-{ahead:.6f}/TB"] if ahead else []
        # Frames keep their own times, so that the one which is taken is the one which was measured.
        few = f"select='isnan(prev_selected_t)+gt(floor(t*{rate:g}),floor(prev_selected_t*{rate:g}))'"
        return [*sought, few, *self.small[0], MEASURES, "format=rgb24"]

    async def _look(self, scores: Scores, raw: Path, workspace: Workspace) -> None:
        size, numbers = self.small[1], [frame.number for frame in scores.shown(LOOKS)]
        if self.blind or not numbers:
            return
        frames = {"width": size.width, "height": size.height, "numbers": numbers}
        try:
            seen = await workspace.tool(Images).call(LOOK, source=raw, **frames)
        except RobotError:  # a picture chosen by its detail is better than none
            self.blind = True
            workspace.warn(BLIND)
            return
        scores.see({number: [Visage(**face) for face in faces] for number, faces in zip(numbers, seen, strict=True)})


def _before(at: float) -> float:
    """In whole milliseconds, and never later, or the next frame would be taken."""
    return math.floor(at * 1000 + 1e-3) / 1000
