"""Stage: clips one after the other or below each other, with sounds over them, for a given time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from robots.base.errors import BadInput
from robots.base.geometry import Size
from robots.base.workspace import Workspace
from robots.tools.clips import Clip, Form, lost
from robots.tools.ffmpeg import MAX_PIXELS, Input
from robots.tools.ffprobe import Ffprobe
from robots.tools.footage import Footage
from robots.tools.framing import Framing
from robots.tools.recipe import Recipe, recipe
from robots.tools.reel import Reel
from robots.tools.seams import Seams

FOREVER = ("-stream_loop", "-1")
# What is read once more is written quickly, and so well that nobody sees it.
BETWEEN = {"f": "matroska", "preset": "ultrafast", "crf": 10, "c:a": "flac"}


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound beside the clips; with a negative `delay` its beginning is not heard."""

    source: Path
    footage: Footage
    length: float
    delay: float = 0

    @property
    def ends(self) -> float:
        return max(0.0, self.length + self.delay)

    def heard(self, number: int, form: str, seconds: float) -> str:
        """The sound as [s…], from the beginning of the film to its end."""
        chain = ["aresample=async=1:first_pts=0", form]
        chain += [f"atrim=start={-self.delay:.6f},asetpts=PTS-STARTPTS"] if self.delay < 0 else []
        chain += [f"adelay=delays={round(1000 * self.delay)}:all=1"] if self.delay > 0 else []
        chain += [f"apad=whole_dur={seconds:.6f}", f"atrim=end={seconds:.6f}"]
        return f"[{number}:{self.footage.audio[0]['index']}]{','.join(chain)}[s{number}]"


@dataclass(frozen=True, slots=True)
class Stage:
    """`loop` repeats what ends before the film does, where otherwise its last frame stays."""

    recipe: Recipe
    framing: Framing
    seams: Seams
    loop: bool = False
    stacked: bool = False

    def seconds(self, clips: Sequence[Clip]) -> float:
        """How long the clips are together."""
        lengths = [each.seconds for each in clips]
        return max(lengths) if self.stacked else self.seams.starts(lengths)[-1]

    async def play(self, clips: Sequence[Clip], sounds: Sequence[Sound], seconds: float, workspace: Workspace) -> Path:
        """Writes the film."""
        begun, repeats = 0.0, self.loop and self.seconds(clips) < seconds
        if repeats and not self.stacked and (len(clips) > 1 or not _single(clips[0])):
            clips, begun = [await self._together(clips, workspace)], 0.5
        if self.stacked or len(clips) == 1:
            clips = [self._lasting(each, seconds) for each in clips]
        framing = replace(self.framing, strategy="fit", box=(None, None)) if self.stacked else self.framing
        form = Form.of(clips, self.recipe, framing, [each.footage for each in sounds])
        _tell([] if begun else clips, form, workspace, [each.footage for each in sounds])
        return await self._reel(clips, sounds, form, seconds).write(workspace, (begun, 1.0))

    def _reel(self, clips: Sequence[Clip], sounds: Sequence[Sound], form: Form, seconds: float) -> Reel:
        own = form.sound is not None and any(each.footage.audio for each in clips)
        graph = self._stack(clips, form) if self.stacked else [form.picture(each, n) for n, each in enumerate(clips)]
        graph += [form.heard(each, n) for n, each in enumerate(clips)] if own else []
        if self.stacked:
            graph += [_mixed([f"a{n}" for n in range(len(clips))], "sound")] if own else []
        else:
            graph += self.seams.graph([each.seconds for each in clips], sound=own)
        graph.append(f"[picture]tpad=stop_mode=clone:stop_duration={seconds:.6f},trim=end={seconds:.6f}[film]")
        if form.sound is not None:
            graph += self._score(len(clips), sounds, form.sound, seconds, own=own)
        inputs = [*map(form.input, clips), *(self._listened(each, seconds) for each in sounds)]
        return Reel(graph, inputs, form.recipe, seconds, form.sound is not None, labels=("film", "score"))

    def _score(self, first: int, sounds: Sequence[Sound], form: str, seconds: float, *, own: bool) -> list[str]:
        """All that is heard, as [score]."""
        parts = [each.heard(number, form, seconds) for number, each in enumerate(sounds, first)]
        labels = [f"s{number}" for number in range(first, first + len(sounds))]
        if own:
            parts.append(f"[sound]apad=whole_dur={seconds:.6f},atrim=end={seconds:.6f}[own]")
        return [*parts, _mixed([*(["own"] if own else []), *labels], "score")]

    def _stack(self, clips: Sequence[Clip], form: Form) -> list[str]:
        """All clips as wide as the first one, below each other, as [picture] in the wanted size."""
        wide = Framing("fit", (form.size.width, None), even=form.framing.even, clear=form.framing.clear)
        parts = [form.picture(each, number, wide) for number, each in enumerate(clips)]
        height = sum(wide.filters(each.footage)[1].height for each in clips)
        whole = Size(form.size.width, height)
        if whole.width * whole.height > MAX_PIXELS:
            raise BadInput(f"The stack would have {whole.width} × {whole.height} pixels, which is too large.")
        shown = {"width": whole.width, "height": whole.height, "codec_type": "video"}
        chain, _ = replace(self.framing, even=wide.even, clear=wide.clear).filters(Footage.of({"streams": [shown]}))
        labels = "".join(f"[v{number}]" for number in range(len(clips)))
        stack = f"vstack=inputs={len(clips)}" if len(clips) > 1 else "null"
        return [*parts, f"{labels}{','.join([stack, *chain])}[picture]"]

    async def _together(self, clips: Sequence[Clip], workspace: Workspace) -> Clip:
        """Several clips as one, which can be repeated without holding all of it in memory."""
        form = Form.of(clips, recipe(None, BETWEEN), self.framing)
        _tell(clips, form, workspace, [])
        seconds = self.seconds(clips)
        plain = Stage(form.recipe, self.framing, self.seams)
        made = await plain._reel(clips, [], form, seconds).write(workspace, (0.0, 0.5))
        return Clip(Input(made), Footage.of(await workspace.tool(Ffprobe).show(made)), seconds)

    def _lasting(self, each: Clip, seconds: float) -> Clip:
        """The clip for so long: its last frame stays, or it begins again."""
        repeats = self.loop and each.seconds < seconds and _single(each)
        source = Input(each.source.source, (*each.source.options, *(FOREVER if repeats else ())))
        return replace(each, source=source, seconds=seconds)

    def _listened(self, each: Sound, seconds: float) -> Input:
        return Input(each.source, FOREVER if self.loop and each.ends < seconds else ())


def _single(each: Clip) -> bool:
    """Whether it is a video, which ffmpeg can begin again, and no list of pictures."""
    return not each.source.options


def _mixed(labels: Sequence[str], made: str) -> str:
    """All at once, and each so quiet that they do not clip together."""
    if len(labels) == 1:
        return f"[{labels[0]}]anull[{made}]"
    quiet = [f"[{label}]volume={1 / len(labels):.6f}[q{label}]" for label in labels]
    inputs = "".join(f"[q{label}]" for label in labels)
    return ";".join([*quiet, f"{inputs}amix=inputs={len(labels)}:duration=longest:normalize=0[{made}]"])


def _tell(clips: Sequence[Clip], form: Form, workspace: Workspace, sounds: Sequence[Footage]) -> None:
    for sentence in lost(clips, form, sounds):
        workspace.warn(sentence)
