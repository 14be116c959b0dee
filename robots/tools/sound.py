"""Sound: what the audio robots are told alike, and how several sounds become one file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from robots.base.errors import BadInput, RobotError
from robots.base.file import File
from robots.base.params import Param, Params
from robots.base.workspace import Workspace
from robots.tools.encoders import LOSSLESS, nearest
from robots.tools.ffmpeg import Ffmpeg, Input
from robots.tools.ffprobe import Ffprobe
from robots.tools.footage import Footage, channels_of
from robots.tools.options import FfmpegOptions, FfmpegStack, Settings, arguments
from robots.tools.outcome import RAW
from robots.tools.presets import EMPTY, AudioPreset
from robots.tools.recipe import Recipe, recipe
from robots.tools.riff import share
from robots.tools.span import Span
from robots.tools.streams import losses

LAYOUTS = {1: "mono", 2: "stereo", 3: "2.1", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}
# One channel, as loud as it would be of whole numbers, which take ffmpeg a third longer to mix; and in few large
# pieces, for each one costs, too.
MIXED = "aresample=out_chlayout=mono:out_sample_fmt=fltp:rematrix_maxval=1,asetnsamples=65536:p=0"
OWN = {"ss", "t", "to", "af", "vn"}  # settings that are not passed on as they are
WHOLE = 0.99  # of a file, whose header may count a little more than there is
VORBIS = range(40_000, 50_001)  # the sample rates for which Vorbis has the bit rates of the presets


class SoundParams(Params):
    """How the sound that comes out is written."""

    preset: AudioPreset | None = Param(
        None, "Settings under a name, such as mp3 or opus. Without it: mp3, or with `ffmpeg` the format of the file."
    )
    ffmpeg: FfmpegOptions = Param({}, "Options of ffmpeg, laid over the preset; null drops one of its settings.")
    ffmpeg_stack: FfmpegStack = Param("v6.0.0", "Accepted; there is one ffmpeg.")
    bitrate: int | None = Param(None, "Bits a second; those of the preset without it.", ge=1, le=10_000_000)
    sample_rate: int | None = Param(
        None,
        "Samples a second, or the nearest to it that the format knows; those of the preset without it.",
        ge=1,
        le=768_000,
    )

    def recipe(self, ext: str, workspace: Workspace) -> Recipe:
        """Sound alone, whatever the preset or the format could hold beside it; `ext` is that of the file."""
        made = recipe(self.preset or (EMPTY if self.ffmpeg else "mp3"), self.ffmpeg, ext=ext)
        settings = {name: values for name, values in made.settings.items() if name != "c:v"}
        made = _sampled(replace(made, video=None, settings={**settings, "vn": [], **self._rates(made)}), workspace)
        return made if self.bitrate else _freed(made)

    def _rates(self, made: Recipe) -> Settings:
        """`ffmpeg` wins over the parameters, and they over the preset."""
        told: Settings = {}
        if self.bitrate and made.audio not in LOSSLESS and not (made.audio or "").startswith("pcm_"):
            told["b:a"] = [str(self.bitrate)]
        if self.sample_rate:
            told["ar"] = [str(self.sample_rate)]
        return {name: values for name, values in told.items() if name not in made.options.output}


def _sampled(recipe: Recipe, workspace: Workspace) -> Recipe:
    """The same with the nearest sample rate that the encoder knows."""
    if not (wished := "".join(recipe.settings.get("ar", []))).isdigit():
        return recipe
    encoder = recipe.audio or recipe.container.audio or ""
    rate = nearest(encoder, int(wished))
    if rate != int(wished):
        workspace.warn(f"The sound has {rate} samples a second, for {encoder} does not know {wished}.")
    return replace(recipe, settings={**recipe.settings, "ar": [str(rate)]})


def _freed(recipe: Recipe) -> Recipe:
    """Without the bit rate of the preset where Vorbis does not have it: it aims at a quality then."""
    rate = int("".join(recipe.settings.get("ar", [])) or VORBIS[0])
    if recipe.audio != "libvorbis" or rate in VORBIS or "b:a" in recipe.options.output:
        return recipe
    return replace(recipe, settings={name: values for name, values in recipe.settings.items() if name != "b:a"})


async def heard(files: Sequence[File], workspace: Workspace) -> list[Footage]:
    """What ffprobe knows of each file; BadInput names the one without sound."""
    found = [Footage.of(await workspace.tool(Ffprobe).show(file.bytes)) for file in files]
    for file, footage in zip(files, found, strict=True):
        if not footage.audio:
            raise BadInput(f"The file {file.name} has no sound.")
    for sentence in cut_short(files):
        workspace.warn(sentence)
    return found


def cut_short(files: Sequence[File]) -> Iterator[str]:
    """One sentence for each file of which the end is missing."""
    for file in files:
        if (there := share(file.bytes)) < WHOLE:
            yield f"The file {file.name} ends early: {there:.0%} of what its header tells of is there."


def alike(footage: Sequence[Footage], recipe: Recipe) -> str:
    """The filter that brings sounds to one sample rate, and to the most channels that one has and the encoder takes."""
    rates = [int(track.audio[0].get("sample_rate") or 0) for track in footage]
    rate = recipe.settings.get("ar", [str(max(rates) or 44_100)])[0]
    widest = max(channels_of(track.audio[0]) or 1 for track in footage)
    layout = LAYOUTS.get(min(widest, recipe.channels), "stereo")
    return f"aresample={rate},aformat=sample_fmts=fltp:channel_layouts={layout}"


def lost(footage: Sequence[Footage], recipe: Recipe) -> Iterator[str]:
    """One sentence for everything that sounds lose when they become one."""
    plain = [replace(each, audio=each.audio[:1], cover=None) for each in footage]
    yield from dict.fromkeys(sentence for each in plain for sentence in losses(each, recipe))
    if any(len(each.audio) > 1 for each in footage):
        yield "Only the first audio track of each file was kept."
    if any(each.cover for each in footage):
        yield "Cover pictures were left out, for the sound is a new one."


async def write(
    graph: str, inputs: Sequence[Input | Path], recipe: Recipe, workspace: Workspace, seconds: float | None
) -> Path:
    """One file from a filter graph whose output is labelled [sound]; `seconds` is how long it should be."""
    tail = recipe.settings.get("af", [])
    label = "filtered" if tail else "sound"
    graph = f"{graph};[sound]{','.join(tail)}[filtered]" if tail else graph
    settings = {name: values for name, values in recipe.settings.items() if name not in OWN}
    span = Span.of(recipe.options)
    cut = ["-ss", f"{span.start:.6f}"] if span.start else []
    made = workspace.fresh(f"sound.{recipe.ext}")
    told = ["-filter_complex", graph, "-map", f"[{label}]", *arguments(settings), *cut, *span.output]
    await workspace.tool(Ffmpeg).encode(
        [*told, "-f", recipe.muxer], inputs=inputs, output=made, workspace=workspace, seconds=span.within(seconds)
    )
    with reaching(span.start, seconds):
        await _check(made, recipe, span.within(seconds), workspace)
    return made


@contextmanager
def reaching(start: float, seconds: float | None) -> Iterator[None]:
    """A result that holds nothing is no damage where it was to begin behind the end of the sound."""
    try:
        yield
    except RobotError as error:
        if not start or seconds is None or start < seconds:
            raise
        raise BadInput(f"The sound ends before second {start:g}.") from error


async def _check(made: Path, recipe: Recipe, seconds: float | None, workspace: Workspace) -> None:
    """Success is not ffmpeg's exit code: the sound must be there, for as long as it should be."""
    if recipe.muxer in RAW:
        return
    found = Footage.of(await workspace.tool(Ffprobe).show(made))
    if not found.audio:
        raise BadInput("No sound could be decoded; the files seem to be damaged.")
    missing = (seconds or 0) - (found.duration or 0)
    if seconds and not tail_changes(recipe) and missing > max(1.0, seconds / 20):
        workspace.warn(f"Only {found.duration or 0:.1f} of {seconds:.1f} seconds came out; a file seems to be damaged.")


def tail_changes(recipe: Recipe) -> bool:
    """Whether filters of the user may make the sound longer or shorter."""
    return bool({"af", "shortest", "frames:a", "fs"} & recipe.settings.keys())


def seconds_of(footage: Footage) -> float | None:
    """How long the sound of a file is."""
    told: Any = footage.audio[0].get("duration")
    try:
        return float(told)
    except (TypeError, ValueError):
        return footage.duration
