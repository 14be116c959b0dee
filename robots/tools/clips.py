"""Clips: the parts of a film, brought to one size, one frame rate and one kind of sound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Self

from pydantic import model_validator

from robots.base.errors import BadInput, BadParams
from robots.base.file import File
from robots.base.geometry import Size
from robots.base.params import Param
from robots.base.workspace import Workspace
from robots.tools.encoding import GIF_FRAMES, MOST_FRAMES
from robots.tools.ffmpeg import Input
from robots.tools.ffprobe import Ffprobe
from robots.tools.film import FilmParams
from robots.tools.footage import Footage, transparent
from robots.tools.framing import Framing
from robots.tools.recipe import Recipe, recipe
from robots.tools.seams import Transition
from robots.tools.sound import alike, seconds_of
from robots.tools.stills import length
from robots.tools.streams import losses

UNHEEDED = ("map", "filter_complex")  # the graph is the robot's own


class ReelParams(FilmParams):
    """A film that is put together anew, so that nothing of it is copied."""

    def recipe(self, ext: str) -> Recipe:
        """BadParams if there would be no picture to join."""
        made = recipe(self.preset, self.ffmpeg, ext=ext)
        if made.video is None:
            raise BadParams("preset: this format holds sound only")
        if "copy" in (made.video, made.audio):
            raise BadParams("ffmpeg: streams that are put together anew cannot be copied")
        return made


class JoinedParams(ReelParams):
    """How one video follows the other."""

    transition: Transition = Param(
        "none", "A crossfade shows the end of one video through the beginning of the next, and shortens the whole."
    )
    transition_duration: float = Param(
        1, "Seconds of the transition; at most half of the shorter of two videos.", ge=0, le=3600
    )
    sort_by: Literal["auto", "basename", "import_order"] = Param(
        "basename", "The order of the files; tags such as `as: video_2` count more than names."
    )

    @model_validator(mode="after")
    def _lasting(self) -> Self:
        if self.transition != "none" and not self.transition_duration:
            raise ValueError("transition_duration: must be more than 0 for a transition")
        return self


@dataclass(frozen=True, slots=True)
class Clip:
    """One part of a film: what is read, what is known of it, and for how many seconds it is seen."""

    source: Input
    footage: Footage
    seconds: float
    name: str = ""


async def clip(file: File, workspace: Workspace, code: str) -> Clip:
    """A video; BadInput, with the robot's own `code`, if it is none."""
    footage = Footage.of(await workspace.tool(Ffprobe).show(file.bytes))
    if footage.video is None:
        raise BadInput(f"The file {file.name} has no moving picture.", code)
    seconds = footage.duration or await length(file.bytes, footage, workspace)
    return Clip(Input(file.bytes), footage, seconds, file.basename)


@dataclass(frozen=True, slots=True)
class Form:
    """What every clip is brought to: the first one's size unless another is wanted, the rate of the quickest.

    `sound` is a chain of audio filters, None where there shall be no sound; `limits` say what was bounded.
    """

    recipe: Recipe
    framing: Framing
    size: Size
    rate: str
    sound: str | None
    mixed: bool
    deep: bool
    limits: tuple[str, ...] = ()

    @classmethod
    def of(cls, clips: Sequence[Clip], made: Recipe, framing: Framing, sounds: Sequence[Footage] = ()) -> Form:
        """`sounds` are further files that will be heard."""
        footage = [each.footage for each in clips]
        made, deep = _pixels(footage, made)
        clear = transparent("".join(made.settings.get("pix_fmt", [])))
        framing = replace(framing, even=made.encoder.pixels is not None, clear=clear)
        size = framing.filters(footage[0])[1]
        if framing.strategy in {"fit", "min_fit"}:
            framing = replace(framing, strategy="pad")
        heard = [track for track in (*footage, *sounds) if track.audio]
        rate, limits = _rate(footage, made)
        return cls(
            recipe=made,
            framing=replace(framing, box=(size.width, size.height)),
            size=size,
            rate=rate,
            sound=alike(heard, made) if heard and made.audio is not None else None,
            mixed=_mixed(footage),
            deep=deep,
            limits=limits,
        )

    def input(self, part: Clip) -> Input:
        return Input(part.source.source, (*part.source.options, *part.footage.decoder(self.framing.clear)))

    def picture(self, part: Clip, number: int, framing: Framing | None = None) -> str:
        """The clip's frames as [v0], at an even pace from its first second to its last."""
        footage = part.footage
        framing = replace(framing or self.framing, tone_map=footage.hdr and not self.deep)
        chain, _ = framing.filters(footage)
        if self.mixed:
            chain.append("scale=out_color_matrix=bt709:out_range=tv,setparams=colorspace=bt709:range=tv")
        pixels = self.recipe.settings.get("pix_fmt")
        chain += [f"format={pixels[0]}"] if pixels else []
        chain += [f"fps={self.rate}:start_time=0", "setsar=1", "settb=AVTB"]
        chain += [f"tpad=stop_mode=clone:stop_duration={part.seconds:.6f}", f"trim=end={part.seconds:.6f}"]
        return f"[{number}:{footage.picture['index']}]{','.join(chain)}[v{number}]"

    def heard(self, part: Clip, number: int) -> str:
        """The clip's sound as [a0], silence where it has none, just as long as its picture."""
        told = f"apad=whole_dur={part.seconds:.6f},atrim=end={part.seconds:.6f}"
        if not part.footage.audio:
            return f"anullsrc,{self.sound},{told}[a{number}]"
        index = part.footage.audio[0]["index"]
        return f"[{number}:{index}]aresample=async=1:first_pts=0,{self.sound},{told}[a{number}]"


def lost(clips: Sequence[Clip], form: Form, sounds: Sequence[Footage] = ()) -> Iterator[str]:
    """One sentence for everything that the film cannot hold of clips, and of sounds beside them."""
    sentences = dict.fromkeys(form.limits)
    for part in clips:
        plain = replace(part.footage, subtitles=(), audio=part.footage.audio[:1], cover=None)
        sentences |= dict.fromkeys(losses(plain, form.recipe))
        if part.footage.hdr and not form.deep and not form.recipe.shallow:
            sentences |= {"The video was HDR and was brought to the colours of ordinary screens.": None}
    for each in sounds:
        alone = replace(each, video=None, subtitles=(), audio=each.audio[:1], cover=None)
        sentences |= dict.fromkeys(losses(alone, form.recipe))
    for name in UNHEEDED:
        if name in form.recipe.settings:
            sentences |= {f"ffmpeg.{name} means nothing here and was passed over.": None}
    if any(part.footage.subtitles for part in clips):
        sentences |= {"Subtitle tracks were left out: those of several files cannot be joined.": None}
    if form.sound and any(len(each.audio) > 1 for each in (*(part.footage for part in clips), *sounds)):
        sentences |= {"Only the first audio track of each file was kept.": None}
    yield from sentences


def heard_for(footage: Footage) -> float:
    """For how many seconds a file sounds; BadInput if nothing says so."""
    seconds = seconds_of(footage)
    if not seconds:
        raise BadInput("Nothing says how long one of the sounds is.")
    return seconds


def _mixed(footage: Sequence[Footage]) -> bool:
    """Whether the clips write their colours differently, or as red, green and blue."""
    kinds = {(track.picture.get("color_space"), track.picture.get("color_range")) for track in footage}
    return len(kinds) > 1 or kinds == {("gbr", "pc")}


def _pixels(footage: Sequence[Footage], made: Recipe) -> tuple[Recipe, bool]:
    """Depth and transparency stay where all of the clips have them; and whether HDR may stay as it is."""
    if {"pix_fmt"} & (made.options.output.keys() | made.options.dropped) or made.preset is None:
        return made, False
    alpha, depth = all(track.alpha for track in footage), all(track.deep for track in footage)
    if alpha and made.encoder.clear:
        more = {"auto-alt-ref": ["0"]} if made.video == "libvpx" else {}
        return replace(made, settings={**made.settings, "pix_fmt": [made.encoder.clear], **more}), False
    if depth and made.encoder.deep:
        same = len({track.picture.get("color_transfer") for track in footage}) == 1
        return replace(made, settings={**made.settings, "pix_fmt": [made.encoder.deep]}), same
    return made, False


def _rate(footage: Sequence[Footage], made: Recipe) -> tuple[str, tuple[str, ...]]:
    """That of the quickest clip up to 60 a second, for dropped frames are missed more than doubled ones."""
    if given := made.options.first("r"):
        return given, ()
    quickest = max(footage, key=lambda track: track.rate or 0)
    most = GIF_FRAMES if made.video == "gif" else MOST_FRAMES
    if "r" not in made.options.dropped and (quickest.rate or 0) > most + 0.5:
        return str(most), (f"The frame rate was lowered to {most} a second; ffmpeg.r: null keeps that of the files.",)
    return str(quickest.picture.get("avg_frame_rate")) if quickest.rate else "25", ()
