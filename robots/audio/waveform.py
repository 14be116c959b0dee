"""Draws the waveform or the spectrogram of a sound, or writes its peaks as JSON."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, model_validator

from robots.base.errors import BadInput, BadParams
from robots.base.fields import VideoColor
from robots.base.file import File
from robots.base.params import Param, Params
from robots.base.robot import FileRobot
from robots.base.workspace import Workspace
from robots.tools.ffmpeg import Ffmpeg
from robots.tools.footage import Footage
from robots.tools.options import FfmpegOptions, FfmpegStack, arguments, parsed
from robots.tools.sound import MIXED, heard, seconds_of
from robots.tools.vips import Images

WAVEFORM = "robots.tools.waveform"
MAX_PIXELS = 40_000_000
SCHEMES = {
    "audition": {"background": "003f22", "center": "86fcc7", "outer": "86fcc7", "border": "bebebe"},
    "audacity": {"background": "d6d6d6", "center": "3f4d9b", "outer": "3f4d9b", "border": "000000"},
}
# What v0, which is older than these, takes and passes over.
OF_V1 = (
    *("split_channels", "zoom", "pixels_per_second", "bits", "start", "end", "colors", "border_color"),
    *("waveform_style", "bar_width", "bar_gap", "bar_style", "axis_label_color", "no_axis_labels", "with_axis_labels"),
    *("amplitude_scale", "compression"),
)
READ = 0.8  # the share of the work after which the samples are there, and are drawn
GRAY = "channel:saturation=0"
ColorMap = Literal[
    "viridis", "plasma", "magma", "cividis", "cool", "rainbow", "moreland",
    "nebulae", "fire", "fiery", "fruit", "green", "terrain", "gray",
]  # fmt: skip
Style = Annotated[
    Literal["v0", "v1", "spectrogram"],
    BeforeValidator(lambda given: {"0": "v0", "1": "v1"}.get(str(given), given)),
]


class AudioWaveformParams(Params):
    """What /audio/waveform may be told. Those that are not given take the values of the style."""

    ffmpeg: FfmpegOptions = Param({}, "Options of ffmpeg for reading the sound, such as ss, t or af.")
    ffmpeg_stack: FfmpegStack = Param("v6.0.0", "Accepted; there is one ffmpeg.")
    format: Literal["image", "json"] = Param("image", "A PNG, or the peaks as JSON.")
    width: int = Param(256, "Width in pixels.", ge=1, le=32_000)
    height: int = Param(64, "Height in pixels.", ge=1, le=32_000)
    antialiasing: bool = Param(False, "Whether edges are smooth.")
    background_color: VideoColor = Param("#00000000", "The colour behind, rrggbb or rrggbbaa.")
    center_color: VideoColor = Param("000000ff", "The colour of the waveform at its middle.")
    outer_color: VideoColor = Param("000000ff", "The colour of the waveform at the edges.")
    style: Style = Param("v0", "v0 and v1 draw the waveform, spectrogram the frequencies.")
    split_channels: bool = Param(False, "Whether each channel gets a file of its own.")
    zoom: int | None = Param(None, "Samples for each pixel; all of the sound fits in without it.", ge=1)
    pixels_per_second: float | None = Param(None, "The same, as pixels for each second.", gt=0)
    bits: Literal[8, 16] = Param(16, "How exact the peaks of the JSON are.")
    start: float = Param(0, "The second at which it begins.", ge=0)
    end: float = Param(0, "The second at which it ends; 0 is the end of the sound.", ge=0)
    colors: Literal["audition", "audacity"] | None = Param(None, "A scheme of colours; single colours win over it.")
    border_color: VideoColor | None = Param(None, "The colour of a border; there is none without it.")
    waveform_style: Literal["normal", "bars"] = Param("normal", "One shape, or bars.")
    bar_width: int = Param(8, "Width of a bar in pixels.", gt=0)
    bar_gap: int = Param(4, "Pixels between bars.", ge=0)
    bar_style: Literal["square", "rounded"] = Param("square", "The corners of bars.")
    axis_label_color: VideoColor | None = Param(None, "The colour of the times at the edge.")
    no_axis_labels: bool = Param(False, "Leaves the times out.")
    with_axis_labels: bool = Param(False, "Writes the times at the edge.")
    amplitude_scale: float = Param(1, "How much higher the waveform is drawn.", gt=0)
    compression: int = Param(-1, "How hard the PNG is compressed; -1 is usual.", ge=-1, le=9)
    color_map: ColorMap = Param("viridis", "The colours of the spectrogram.")
    frequency_scale: Literal["linear", "logarithmic"] = Param("logarithmic", "How frequencies are spread.")
    frequency_min: float = Param(0, "The lowest frequency shown, in Hz.", ge=0)
    frequency_max: float | None = Param(None, "The highest frequency shown, in Hz.", ge=1)
    legend: bool = Param(False, "Whether the spectrogram explains its axes and colours.")
    gain: float = Param(1, "How much brighter the spectrogram is.", ge=0, le=128)
    orientation: Literal["vertical", "horizontal"] = Param("horizontal", "Which way time runs in the spectrogram.")

    @model_validator(mode="after")
    def _possible(self) -> AudioWaveformParams:
        if self.zoom and self.pixels_per_second:
            raise ValueError("zoom and pixels_per_second exclude each other")
        if self.end and self.end <= self.start:
            raise ValueError("end must be after start")
        if self.frequency_max and self.frequency_min >= self.frequency_max:
            raise ValueError("frequency_max must be more than frequency_min")
        if self.style == "spectrogram" and self.format == "json":
            raise ValueError("a spectrogram is an image")
        if self.width * self.height > MAX_PIXELS:
            raise ValueError(f"width times height may be at most {MAX_PIXELS} pixels")
        return self

    def passed_over(self) -> list[str]:
        """The parameters that are given and mean nothing for the style."""
        usual = type(self).model_fields
        return [name for name in OF_V1 if self.style == "v0" and getattr(self, name) != usual[name].default]

    def heeded(self) -> Self:
        """The same without them."""
        return self.model_copy(update={name: type(self).model_fields[name].default for name in self.passed_over()})

    def look(self) -> dict[str, Any]:
        """What the drawing needs; knobs of v1 mean nothing to v0."""
        scheme = SCHEMES.get(self.colors or "", {}) if self.style == "v1" else {}
        given = self.model_fields_set
        plain: dict[str, Any] = {
            "width": self.width,
            "height": self.height,
            "smooth": self.antialiasing,
            "background": self._color("background_color", scheme.get("background")),
            "center": self._color("center_color", scheme.get("center")),
            "outer": self._color("outer_color", scheme.get("outer")),
        }
        if self.style == "v0":
            return plain
        bars = self.waveform_style == "bars"
        labels = (self.with_axis_labels or "axis_label_color" in given) and not self.no_axis_labels
        return plain | {
            "border": self.border_color or scheme.get("border"),
            "labels": (self.axis_label_color or scheme.get("border") or "000000") if labels else None,
            "start": self.start,
            "amplitude_scale": self.amplitude_scale,
            "compression": self.compression,
            **({"bar_width": self.bar_width, "bar_gap": self.bar_gap} if bars else {}),
            "rounded": self.bar_style == "rounded",
        }

    def _color(self, name: str, of_scheme: str | None) -> str:
        return of_scheme if of_scheme and name not in self.model_fields_set else getattr(self, name)


class AudioWaveformRobot(FileRobot[AudioWaveformParams]):
    """Draws a sound."""

    name = "/audio/waveform"
    accepts = ("audio",)
    work = "video"
    starts_early = True
    tools = ("ffmpeg", "ffprobe")
    example = {"drawn": {"robot": "/audio/waveform", "use": ":original", "width": 800, "height": 200}}

    def __init__(self, params: AudioWaveformParams) -> None:
        super().__init__(params.heeded())
        self.passed_over = params.passed_over()

    async def run(self, file: File, workspace: Workspace) -> AsyncIterator[File]:
        if self.passed_over:
            workspace.warn(f"The style v0 passes over {', '.join(self.passed_over)}; v1 does not.")
        [footage] = await heard([file], workspace)
        channels = int(footage.audio[0].get("channels") or 1)
        wanted = range(channels) if self.params.split_channels else [None]
        for done, channel in enumerate(wanted):
            share = (done / len(wanted), (done + READ) / len(wanted))
            made = await self._made(file, footage, channel, workspace, share=share)
            workspace.progress((done + 1) / len(wanted))
            number = {} if channel is None else {"channel": channel}
            yield file.made(made, made.suffix[1:], **number)

    async def _made(
        self, file: File, footage: Footage, channel: int | None, workspace: Workspace, *, share: tuple[float, float]
    ) -> Path:
        if self.params.style == "spectrogram":
            return await self._spectrogram(file, footage, channel, workspace)
        raw, rate = await self._samples(file, footage, channel, workspace, share=share)
        per_pixel = self._per_pixel(raw.stat().st_size // 2 if raw.exists() else 0, rate)
        images = workspace.tool(Images)
        if self.params.format == "json":
            made = workspace.fresh("waveform.json")
            bits = self.params.bits
            await images.call(f"{WAVEFORM}:peaks", source=raw, target=made, per_pixel=per_pixel, rate=rate, bits=bits)
        else:
            made = workspace.fresh("waveform.png")
            look = self.params.look()
            await images.call(f"{WAVEFORM}:draw", source=raw, target=made, per_pixel=per_pixel, rate=rate, look=look)
        raw.unlink()
        return made

    async def _samples(
        self, file: File, footage: Footage, channel: int | None, workspace: Workspace, *, share: tuple[float, float]
    ) -> tuple[Path, int]:
        """The wanted part of the sound as raw samples of one channel."""
        raw = workspace.fresh("sound.s16le")
        rate = int(footage.audio[0].get("sample_rate") or 44_100)
        filters = [*self._filters(channel), *parsed(self.params.ffmpeg).output.get("af", []), MIXED]
        told = ["-map", "0:a:0", "-af", ",".join(filters), *self._options()]
        told += ["-ac", "1", "-ar", str(rate), "-f", "s16le"]
        await workspace.tool(Ffmpeg).run(
            [*told, f"file:{raw}"],
            inputs=[file.bytes],
            workspace=workspace,
            seconds=self.params.end or seconds_of(footage),
            share=share,
        )
        return raw, rate

    async def _spectrogram(self, file: File, footage: Footage, channel: int | None, workspace: Workspace) -> Path:
        params = self.params
        lowest, highest = self._frequencies(int(footage.audio[0].get("sample_rate") or 44_100) // 2)
        color = GRAY if params.color_map == "gray" else params.color_map
        words = {
            "s": f"{params.width}x{params.height}",
            "mode": "combined",
            "color": color,
            "scale": "log",
            "fscale": "log" if params.frequency_scale == "logarithmic" else "lin",
            "start": str(lowest),
            "stop": str(highest),
            "legend": str(int(params.legend)),
            "gain": f"{params.gain:g}",
            # ffmpeg says which way frequency runs.
            "orientation": "vertical" if params.orientation == "horizontal" else "horizontal",
        }
        drawn = "showspectrumpic=" + ":".join(f"{name}={value}" for name, value in words.items())
        chain = [*self._filters(channel), *parsed(params.ffmpeg).output.get("af", []), drawn]
        made = workspace.fresh("spectrogram.png")
        graph = ["-filter_complex", f"[0:a:0]{','.join(chain)}[drawn]", "-map", "[drawn]", "-frames:v", "1"]
        await workspace.tool(Ffmpeg).encode(
            [*graph, "-c:v", "png", "-f", "image2", "-update", "1"],
            inputs=[file.bytes],
            output=made,
            workspace=workspace,
        )
        return made

    def _frequencies(self, most: int) -> tuple[int, int]:
        """The lowest and the highest that are shown, both 0 for all; a sound has none above half its sample rate."""
        params = self.params
        if not (params.frequency_min or params.frequency_max):
            return 0, 0
        lowest, highest = round(params.frequency_min), round(min(params.frequency_max or most, most))
        if lowest >= highest:
            raise BadParams(f"frequency_min: must be less than {highest}, which is the highest frequency shown")
        return lowest, highest

    def _filters(self, channel: int | None) -> list[str]:
        start, end = self.params.start, self.params.end
        span = [f"atrim=start={start:.6f}" + (f":end={end:.6f}" if end else "")] if start or end else []
        return [*span, *([f"pan=mono|c0=c{channel}"] if channel is not None else [])]

    def _options(self) -> Sequence[str]:
        """The user's settings that mean something for reading."""
        told = parsed(self.params.ffmpeg).output
        return arguments({name: values for name, values in told.items() if name in {"ss", "t", "to"}})

    def _per_pixel(self, samples: int, rate: int) -> int:
        """How many samples make one pixel; without a wish all of the sound fits into the width."""
        if not samples:
            raise BadInput("There is no sound between start and end.")
        if self.params.zoom:
            return self.params.zoom
        if self.params.pixels_per_second:
            if self.params.pixels_per_second > rate:
                raise BadParams(f"pixels_per_second: this sound has only {rate} samples a second")
            return max(1, round(rate / self.params.pixels_per_second))
        return max(1, math.ceil(samples / self.params.width))
