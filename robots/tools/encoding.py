"""Encoding: one file, one recipe and one framing, put together for ffmpeg."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from robots.base.errors import BadInput, BadParams
from robots.base.workspace import Workspace
from robots.tools import graph, growth, outcome, segments
from robots.tools.ffmpeg import Input
from robots.tools.footage import Footage, transparent
from robots.tools.framing import Framing
from robots.tools.options import GRAPHS, Settings, arguments
from robots.tools.overlay import Overlay
from robots.tools.recipe import Recipe
from robots.tools.span import Span
from robots.tools.streams import chosen, keeps_cover

MOST_FRAMES = 60  # a second; the documented bound
GIF_FRAMES = 25  # browsers slow GIFs down that are quicker
MOST_SECONDS = 48 * 3600.0  # of a result
HEVC = {"hevc", "libx265"}
HEVC_PIECES = "Apple's players refuse these pieces, for they hold HEVC; /video/adaptive makes some that they take."
OWN = {"ss", "t", "to", "vf", "r"}  # settings that are not passed on as they are


@dataclass(frozen=True, slots=True)
class Encoding:
    """`sources` are the file and, with an overlay, the picture that lies over it; `limits` say what was bounded."""

    footage: Footage
    recipe: Recipe
    framing: Framing
    sources: Sequence[Path]
    overlay: Overlay | None = None
    rate: str | None = None
    limits: list[str] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        footage: Footage,
        recipe: Recipe,
        framing: Framing,
        *,
        sources: Sequence[Path],
        overlay: Overlay | None = None,
    ) -> Encoding:
        """Settles what the recipe left open, once the file is known; BadInput if the file has not what it needs."""
        recipe = _fitting(footage, recipe)
        if overlay and "filter_complex" in recipe.settings:
            raise BadParams("a watermark and ffmpeg.filter_complex exclude each other")
        _bearable(footage, recipe)
        if recipe.video is None:
            return cls(footage, _covered(footage, recipe), framing, sources[:1])
        recipe = replace(recipe, settings=_tagged(footage, replace(recipe, settings=_pixels(footage, recipe))))
        rate, limits = _rate(footage, recipe)
        limits += [*_passed_over(recipe, framing, overlay), *_begun_late(footage, recipe)]
        framing = replace(
            framing,
            box=(None, None) if "s" in recipe.settings else framing.box,
            even=recipe.encoder.pixels is not None,
            clear=transparent("".join(recipe.settings.get("pix_fmt", []))),
            tone_map=footage.hdr and recipe.shallow and _usual(recipe),
        )
        return cls(footage, recipe, framing, sources, overlay, rate, limits)

    @property
    def span(self) -> Span:
        """What is copied, or goes through a graph of the user's own, cannot be read ahead."""
        span = Span.of(self.recipe.options)
        return replace(span, ahead=self.footage.lead(span.start)) if self._draws else span

    @property
    def seconds(self) -> float | None:
        """How long the result will be, as far as it can be told."""
        return self.span.within(self.footage.duration)

    @property
    def inputs(self) -> list[Input]:
        wished = {name: values for name, values in self.recipe.options.input.items() if name not in OWN}
        options = [*self.span.input, *arguments(wished)]
        if self._draws:
            options += [*self.framing.input_options, *self.footage.decoder(self.framing.clear)]
        file, *marks = self.sources
        return [Input(file, tuple(options)), *map(Input, marks if self._draws else [])]

    @property
    def arguments(self) -> list[str]:
        """All that stands between the inputs and the output."""
        settings = {name: values for name, values in self.recipe.settings.items() if name not in OWN}
        graph, picture = self._graph() if self._draws else ([], None)
        line = [*graph]
        if not {"map", "filter_complex"} & settings.keys():
            line += chosen(self.footage, self.recipe, picture)
        if "af" in settings:
            begin, end = ([f"a{one}" for one in those] for those in (self.span.begin, self.span.end))
            settings["af"] = [",".join([*begin, *settings["af"], *end])]
        line += arguments(settings)
        line += ["-r", self.rate] if self.rate else []
        return [*line, *self.span.output]

    def cut(self, seconds: int) -> Encoding:
        """The same for MPEG-TS pieces of some seconds, with a key frame at the beginning of each."""
        if self.recipe.video not in segments.VIDEO or self.recipe.audio not in segments.AUDIO:
            raise BadParams("segment: pieces for HLS need H.264 or HEVC with AAC, MP3 or AC-3")
        settings = {name: values for name, values in self.recipe.settings.items() if name not in {"movflags", "tag:v"}}
        if self.recipe.video not in {None, "copy"}:
            settings["force_key_frames"] = [f"expr:gte(t,n_forced*{seconds})"]
        limits = [*self.limits, *([HEVC_PIECES] if _codec(self.footage, self.recipe) in HEVC else [])]
        return replace(self, recipe=replace(self.recipe, muxer="mpegts", settings=settings), limits=limits)

    async def check(self, made: Path, workspace: Workspace) -> None:
        """Success is not ffmpeg's exit code: the streams must be there, for as long as they should be."""
        await outcome.check(made, self.recipe, self.span, self.seconds, workspace)

    @property
    def _draws(self) -> bool:
        return _drawn(self.recipe)

    def _graph(self) -> tuple[list[str], str | None]:
        """The filters, and the label of their picture when they stand in a graph with two inputs."""
        chain, size = self.framing.filters(self.footage)
        chain = [*self.span.begin, *chain]
        tail = [*self.recipe.settings.get("vf", []), *self.recipe.last, *self.span.end]
        if self.overlay is None:
            every = ",".join([*chain, *tail])
            return (["-vf", every] if every else []), None
        graph = self.overlay.graph(chain, size)
        if not tail:
            return ["-filter_complex", graph], "[marked]"
        return ["-filter_complex", f"{graph};[marked]{','.join(tail)}[done]"], "[done]"


def _bearable(footage: Footage, recipe: Recipe) -> None:
    """How long the result will be is known before it is made: a header may lie, and a loop may multiply."""
    loops = int("".join(recipe.options.input.get("stream_loop", [])) or 0)
    told = None if footage.duration is None else footage.duration * (1 + loops)
    graphs = [text for name in GRAPHS for text in recipe.settings.get(name, [])]
    if told is not None:
        told = max([told, *(growth.check(graph.read(text)).seconds(told) for text in graphs)])
    span = Span.of(recipe.options)
    seconds = span.within(told)
    if told and footage.video and span.start >= told:  # of sound alone the length is often a guess
        raise BadInput(f"The video ends before second {span.start:g}.")
    if seconds is not None and seconds > MOST_SECONDS:
        hours = f"{seconds / 3600:,.0f} hours, more than the {MOST_SECONDS / 3600:.0f}"
        raise BadInput(f"The result would last {hours} that are allowed; ffmpeg.t makes it shorter.")


def _fitting(footage: Footage, recipe: Recipe) -> Recipe:
    """A preset for videos needs a picture, one for sound needs sound; other recipes take what there is."""
    if footage.video is None:
        if recipe.video is not None and recipe.preset and recipe.preset.video is not None:
            raise BadInput("The file has no moving picture.")
        recipe = replace(recipe, video=None)
    if recipe.video is None and not footage.audio:
        raise BadInput("The file has no sound.")
    return recipe


def _covered(footage: Footage, recipe: Recipe) -> Recipe:
    """Sound alone; ffmpeg takes the cover of a file for video, so it must not be told to leave video out."""
    if not keeps_cover(footage, recipe):
        return recipe
    return replace(recipe, settings={name: values for name, values in recipe.settings.items() if name != "vn"})


def _passed_over(recipe: Recipe, framing: Framing, overlay: Overlay | None) -> list[str]:
    """What has no effect because the frames do not pass through our filters."""
    of_preset = (recipe.preset.width, recipe.preset.height) if recipe.preset else (None, None)
    sized = framing.box not in {(None, None), of_preset}
    if _drawn(recipe) or not (overlay or framing.crop or framing.rotate is not None or sized):
        return []
    why = "copied" if recipe.video == "copy" else "made by ffmpeg.filter_complex"
    return [f"The picture is {why}, so width, height, crop, rotate and watermark had no effect on it."]


def _begun_late(footage: Footage, recipe: Recipe) -> list[str]:
    if "filter_complex" not in recipe.settings or not footage.lead(Span.of(recipe.options).start):
        return []
    return ["With ffmpeg.filter_complex the picture of a stream begins with the first key frame after ffmpeg.ss."]


def _drawn(recipe: Recipe) -> bool:
    """Whether frames pass through filters of ours."""
    return recipe.video not in {None, "copy"} and "filter_complex" not in recipe.settings


def _pixels(footage: Footage, recipe: Recipe) -> Settings:
    """The usual pixel format, or the one that keeps the source's depth or transparency if there is such a one."""
    if "pix_fmt" in recipe.options.output or "pix_fmt" in recipe.options.dropped or recipe.preset is None:
        return recipe.settings
    encoder = recipe.encoder
    if footage.alpha and encoder.clear:
        alpha = {"auto-alt-ref": ["0"]} if recipe.video == "libvpx" else {}
        return {**recipe.settings, "pix_fmt": [encoder.clear], **alpha}
    if footage.deep and encoder.deep:
        return {**recipe.settings, "pix_fmt": [encoder.deep]}
    return recipe.settings


def _tagged(footage: Footage, recipe: Recipe) -> Settings:
    """HEVC has the tag without which Apple's players refuse the file, even where it is copied."""
    told = {"tag", "tag:v"} & (recipe.settings.keys() | recipe.options.dropped)
    if _codec(footage, recipe) not in HEVC or recipe.muxer not in {"mp4", "mov"} or told:
        return recipe.settings
    return {**recipe.settings, "tag:v": ["hvc1"]}


def _codec(footage: Footage, recipe: Recipe) -> str | None:
    """The encoder of the picture, or the codec of one that is copied."""
    copied = recipe.video == "copy" and footage.video
    return footage.picture.get("codec_name") if copied else recipe.video


def _usual(recipe: Recipe) -> bool:
    """Whether the pixel format is the one for ordinary screens."""
    return recipe.settings.get("pix_fmt") in (None, [recipe.encoder.pixels])


def _rate(footage: Footage, recipe: Recipe) -> tuple[str | None, list[str]]:
    """The frame rate stays as it is up to 60, for a fixed one would drop or double frames; null keeps any rate."""
    if recipe.video == "copy" or "r" in recipe.options.dropped:
        return None, []
    given = recipe.options.first("r")
    most = GIF_FRAMES if recipe.video == "gif" else MOST_FRAMES
    if given is not None and (_frames(given) or 0) <= MOST_FRAMES:
        return given, []
    if given is None and (footage.rate or 0) <= most + 0.5:
        return None, []
    most = MOST_FRAMES if given else most
    return str(most), [f"The frame rate was lowered to {most} a second; ffmpeg.r: null keeps that of the file."]


def _frames(rate: str) -> float | None:
    """A rate such as 25, 30000/1001 or ntsc; words are ordinary rates."""
    above, _, below = rate.replace(":", "/").partition("/")
    try:
        return float(above) / float(below or 1)
    except (ValueError, ZeroDivisionError):
        return None
