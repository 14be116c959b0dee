"""Single frames of a video: seeks quickly, several in one run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robots.base.errors import ToolFailed
from robots.base.workspace import Workspace
from robots.tools.ffmpeg import Ffmpeg, Input
from robots.tools.footage import Footage
from robots.tools.leavings import bytes_of

Shot = tuple[float, Path]  # a time, and where its picture goes

BACK = 3.0  # seconds before a time at which nothing was found, from which the last frame is looked for
SIDE = 64  # pixels of the copies that tell colours
SIGHT_BYTES = 3 * SIDE**2
SIGHT = f"scale={SIDE}:{SIDE}:flags=area,format=rgb24"


@dataclass(frozen=True, slots=True)
class Stills:
    """Where the frames come from, the filters that they pass through, and the settings of each picture.

    With `sights` a small copy lies beside each picture, so that nobody has to decode it to know its colour.
    """

    source: Path
    footage: Footage
    settings: Sequence[str]
    filters: Sequence[str] = ()
    input_options: tuple[str, ...] = ()
    sights: bool = False

    @property
    def seeks(self) -> bool:
        """Streams without a length, such as bare H.264, cannot be sought in and are read from their beginning."""
        return self.footage.picture_duration is not None

    async def take(self, shots: Sequence[Shot], workspace: Workspace) -> None:
        """Writes the frame at each time to its path; a path stays empty where there is no frame.

        Decoders that read ahead for every core at once would decode more frames than are wanted.
        """
        threads = max(1, (os.cpu_count() or 1) // len(shots))
        inputs = [self.input(at, "-threads", str(threads)) for at, _ in shots]
        told = [
            part for number, (at, path) in enumerate(shots) for part in self._output(number, at, path, "-frames:v", "1")
        ]
        await workspace.tool(Ffmpeg).run(told, inputs=inputs, workspace=workspace)

    async def take_last(self, before: float, path: Path, workspace: Workspace) -> None:
        """Writes the last frame before a time, for the picture often ends before the sound."""
        start = max(0.0, before - BACK)
        told = self._output(0, start, path, "-t", f"{before - start + 0.1:g}")
        await workspace.tool(Ffmpeg).run(told, inputs=[self.input(start)], workspace=workspace)

    def sight(self, path: Path) -> dict[str, Any]:
        """What is seen of the picture that was written there, if anything is."""
        try:
            pixels = bytes_of(_beside(path), SIGHT_BYTES)
        except ToolFailed:
            return {}
        if len(pixels) != SIGHT_BYTES:
            return {}
        means = bytes(round(sum(pixels[band::3]) / SIDE**2) for band in range(3))
        return {"average_color": f"#{means.hex()}", "has_transparency": False}

    def sought(self, at: float) -> tuple[float, float]:
        """Where decoding begins, and how long after that the time is."""
        ahead = self.footage.lead(at) if self.seeks else at
        return at - ahead, ahead

    def input(self, at: float, *more: str) -> Input:
        start, _ = self.sought(at)
        return Input(self.source, (*(["-ss", f"{start:.6f}"] if start else []), *more, *self.input_options))

    def _output(self, number: int, at: float, path: Path, *amount: str) -> list[str]:
        stream, chain = f"{number}:{self.footage.picture['index']}", ",".join(self.filters)
        _, ahead = self.sought(at)
        how = [*amount, *(["-ss", f"{ahead:.6f}"] if ahead else [])]
        if not self.sights:
            return ["-map", stream, *how, *(["-vf", chain] if chain else []), *self.settings, *_onto(path)]
        graph = f"[{stream}]{chain or 'null'},split[still{number}][seen{number}];[seen{number}]{SIGHT}[sight{number}]"
        told = ["-filter_complex", graph, "-map", f"[still{number}]", *how, *self.settings, *_onto(path)]
        return [*told, "-map", f"[sight{number}]", *how, "-c:v", "rawvideo", *_onto(_beside(path))]


def _onto(path: Path) -> list[str]:
    """A later frame takes the place of an earlier one."""
    return ["-f", "image2", "-update", "1", f"file:{path}"]


def _beside(path: Path) -> Path:
    return path.with_suffix(".rgb")


async def length(source: Path, footage: Footage, workspace: Workspace) -> float:
    """How long the picture is; streams that do not say so are read once. ToolFailed if nothing can be read."""
    if footage.picture_duration:
        return footage.picture_duration
    ends: list[float] = []

    def hear(line: str) -> None:
        name, _, value = line.partition("=")
        if name == "out_time_us" and value.isdigit():
            ends.append(int(value) / 1e6)

    told = ["-map", f"0:{footage.picture['index']}", "-f", "null", "-"]
    await workspace.tool(Ffmpeg).run(told, inputs=[source], workspace=workspace, on_line=hear)
    if not ends or not ends[-1]:
        raise ToolFailed("It could not be found out how long the video is.")
    return ends[-1]
