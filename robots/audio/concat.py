"""Joins sounds, one after the other, with fades between them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from typing import Literal

from robots.base.file import File
from robots.base.params import Param
from robots.base.robot import BundleRobot
from robots.base.workspace import Workspace
from robots.tools.sound import SoundParams, alike, heard, lost, seconds_of, write


class AudioConcatParams(SoundParams):
    """What /audio/concat may be told."""

    audio_fade_seconds: float = Param(
        1, "How long one sound fades into the next; 0 for a hard cut, or a second of `crossfade`.", ge=0, le=3600
    )
    crossfade: bool = Param(False, "Whether the end of one sound is heard together with the beginning of the next.")
    sort_by: Literal["auto", "basename", "import_order"] = Param(
        "basename", "The order of the files; tags such as `as: audio_2` count more than names."
    )

    @property
    def seam(self) -> float:
        """The seconds of each seam; a crossfade of none at all lasts one."""
        return self.audio_fade_seconds or float(self.crossfade)


class AudioConcatRobot(BundleRobot[AudioConcatParams]):
    """Joins sounds, one after the other."""

    name = "/audio/concat"
    accepts = ("audio",)
    work = "video"
    tools = ("ffmpeg", "ffprobe")
    example = {
        "joined": {
            "robot": "/audio/concat",
            "use": {"steps": [":original"], "bundle_steps": True},
            "preset": "mp3",
            "audio_fade_seconds": 2,
        }
    }

    async def run(self, files: Sequence[File], workspace: Workspace) -> AsyncIterator[File]:
        recipe = self.params.recipe(files[0].ext, workspace)
        footage = await heard(files, workspace)
        for sentence in lost(footage, recipe):
            workspace.warn(sentence)
        lengths = [seconds_of(track) for track in footage]
        if None in lengths and self.params.seam and len(files) > 1:
            workspace.warn("Nothing says how long one of the sounds is, so its end does not fade.")
        fades = _fades(lengths, self.params.seam)
        form = alike(footage, recipe)
        graph = crossed(form, fades) if self.params.crossfade else joined(form, lengths, fades)
        whole = sum(length or 0 for length in lengths) - (sum(fades) if self.params.crossfade else 0)
        seconds = None if None in lengths else whole
        made = await write(graph, [file.bytes for file in files], recipe, workspace, seconds)
        yield files[0].made(made, recipe.ext)


def joined(form: str, lengths: Sequence[float | None], fades: Sequence[float]) -> str:
    """Each sound fades out before the next one fades in; `fades` are the seconds of each seam."""
    parts = []
    for number, length in enumerate(lengths):
        chain = [form]
        if number and fades[number - 1]:
            chain.append(f"afade=t=in:d={fades[number - 1]:.6f}")
        if number < len(fades) and fades[number] and length:
            chain.append(f"afade=t=out:st={max(0.0, length - fades[number]):.6f}:d={fades[number]:.6f}")
        parts.append(f"[{number}:a:0]{','.join(chain)}[part{number}]")
    labels = "".join(f"[part{number}]" for number in range(len(lengths)))
    return f"{';'.join(parts)};{labels}concat=n={len(lengths)}:v=0:a=1[sound]"


def crossed(form: str, fades: Sequence[float]) -> str:
    """The end of each sound lies over the beginning of the next."""
    parts = [f"[{number}:a:0]{form}[part{number}]" for number in range(len(fades) + 1)]
    seen = "part0"
    for number, fade in enumerate(fades, 1):
        seam = f"acrossfade=d={fade:.6f}" if fade else "concat=n=2:v=0:a=1"
        parts.append(f"[{seen}][part{number}]{seam}[seam{number}]")
        seen = f"seam{number}"
    return f"{';'.join(parts)};[{seen}]anull[sound]"


def _fades(lengths: Sequence[float | None], wanted: float) -> list[float]:
    """A fade takes at most half of the shorter sound, so that two of them never meet."""
    known = [wanted if length is None else length / 2 for length in lengths]
    return [min(wanted, before, after) for before, after in pairwise(known)]
