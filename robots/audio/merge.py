"""Mixes sounds, so that they are heard together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Literal

from robots.base.errors import BadInput
from robots.base.file import File
from robots.base.params import Param
from robots.base.robot import BundleRobot
from robots.base.workspace import Workspace
from robots.tools.ffmpeg import Input
from robots.tools.sound import SoundParams, alike, heard, lost, seconds_of, write


class AudioMergeParams(SoundParams):
    """What /audio/merge may be told."""

    duration: Literal["first", "longest", "shortest"] = Param("longest", "Which of the sounds gives the length.")
    loop: bool = Param(False, "Whether sounds that end before that are repeated.")
    volume: Literal["average", "sum"] = Param(
        "average", "Whether the sounds share the volume, or keep their own and may clip together."
    )


class AudioMergeRobot(BundleRobot[AudioMergeParams]):
    """Mixes sounds into one."""

    name = "/audio/merge"
    accepts = ("audio",)
    work = "video"
    tools = ("ffmpeg", "ffprobe")
    example = {
        "mixed": {
            "robot": "/audio/merge",
            "use": {"steps": [{"name": ":original", "as": "audio"}], "bundle_steps": True},
            "preset": "mp3",
            "loop": True,
        }
    }

    async def run(self, files: Sequence[File], workspace: Workspace) -> AsyncIterator[File]:
        recipe = self.params.recipe(files[0].ext, workspace)
        footage = await heard(files, workspace)
        for sentence in lost(footage, recipe):
            workspace.warn(sentence)
        lengths = [length for length in map(seconds_of, footage) if length]
        if len(lengths) < len(files):
            raise BadInput("Nothing says how long one of the sounds is, so they cannot be mixed.")
        seconds = self._seconds(lengths)
        graph = mixed(alike(footage, recipe), len(files), self.params.volume, seconds)
        inputs = [
            Input(file.bytes, ("-stream_loop", "-1") if self.params.loop and length < seconds else ())
            for file, length in zip(files, lengths, strict=True)
        ]
        made = await write(graph, inputs, recipe, workspace, seconds)
        yield files[0].made(made, recipe.ext)

    def _seconds(self, lengths: Sequence[float]) -> float:
        kinds = {"first": lengths[0], "longest": max(lengths), "shortest": min(lengths)}
        return kinds[self.params.duration]


def mixed(form: str, count: int, volume: str, seconds: float) -> str:
    """The graph: all sounds at once, quieter when they share the volume, cut at `seconds`.

    Between filters there is no loudest sample, so it is enough to lower the sum.
    """
    share = f",volume={1 / count:.6f}" if volume == "average" else ""
    parts = [f"[{number}:a:0]{form}[part{number}]" for number in range(count)]
    labels = "".join(f"[part{number}]" for number in range(count))
    mix = f"{labels}amix=inputs={count}:duration=longest:normalize=0{share},atrim=end={seconds:.6f}[sound]"
    return ";".join([*parts, mix])
