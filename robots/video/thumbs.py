"""Takes still pictures out of a video, spread evenly or at given times."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from robots.base.errors import BadInput, RobotError, ToolFailed
from robots.base.fields import ResizeStrategy, VideoColor, rgba
from robots.base.file import File
from robots.base.params import Param, Params
from robots.base.robot import FileRobot
from robots.base.workspace import Workspace
from robots.tools.choice import SIDE, Choice
from robots.tools.encoders import BT601
from robots.tools.ffprobe import Ffprobe
from robots.tools.footage import Footage
from robots.tools.framing import Framing, Rotation
from robots.tools.options import FfmpegOptions, FfmpegStack, Settings, arguments, parsed
from robots.tools.stills import Shot, Stills, length

AT_ONCE = 4  # pictures of one run of ffmpeg: the first come soon, and starting costs little
# Options that mean something for a single picture.
MEANT = {"vf", "pix_fmt", "q:v", "qmin", "qmax", "compression_level", "sws_flags", "color_range", "colorspace"}

Percent = Annotated[str, Field(pattern=r"^\d+(\.\d+)?%$")]
CODECS: dict[str, Settings] = {
    "jpg": {"c:v": ["mjpeg"], "pix_fmt": ["yuvj420p"], "q:v": ["2"]},
    "png": {"c:v": ["png"], "pix_fmt": ["rgb24"]},
}


class VideoThumbsParams(Params):
    """What /video/thumbs may be told."""

    ffmpeg: FfmpegOptions = Param({}, "Options of ffmpeg for each picture, such as vf or q:v.")
    ffmpeg_stack: FfmpegStack = Param("v6.0.0", "Accepted; there is one ffmpeg.")
    count: int = Param(8, "How many pictures, at even distances from each other and from both ends.", ge=1, le=999)
    offsets: list[float] | list[Percent] = Param(
        [],
        'Times in seconds, or as parts such as "50%", instead of count; those outside the video are dropped.',
        max_length=999,
    )
    format: Literal["jpeg", "jpg", "png"] = Param("jpeg", "The format of the pictures.")
    width: int | None = Param(None, "Width in pixels; that of the video without it.", ge=1, le=1920)
    height: int | None = Param(None, "Height in pixels; that of the video without it.", ge=1, le=1080)
    resize_strategy: ResizeStrategy = Param("pad", "How the picture fits into width and height.")
    background: VideoColor = Param("#00000000", "The colour of padding, rrggbb or rrggbbaa.")
    rotate: Rotation = Param(0, "Degrees clockwise, instead of the rotation that the file notes; 0 keeps to the file.")
    input_codec: str | None = Param(None, "The decoder to use.", pattern=r"^[a-z0-9_]+$")
    smart: bool = Param(
        False,
        "Takes the best frame near each of the times that count gives: one with large, sharp and whole faces, or else "
        "with the most detail; `smart_score` in its metadata tells how good it is, from 0 to 1, and `smart_reasons` "
        "what speaks for it.",
    )
    smart_max_candidates: int = Param(20, "How many frames are looked at for each picture.", ge=2, le=100)

    @property
    def ext(self) -> str:
        return "png" if self.format == "png" else "jpg"

    def times(self, duration: float) -> list[float]:
        """Where the pictures are taken, in order."""
        if not self.offsets:
            return [duration * number / (self.count + 1) for number in range(1, self.count + 1)]
        given = (at if isinstance(at, float) else duration * float(at.rstrip("%")) / 100 for at in self.offsets)
        return sorted(at for at in given if 0 <= at <= duration)


class VideoThumbsRobot(FileRobot[VideoThumbsParams]):
    """Takes still pictures out of a video."""

    name = "/video/thumbs"
    accepts = ("video",)
    work = "video"
    starts_early = True
    tools = ("ffmpeg", "ffprobe")
    example = {"thumbed": {"robot": "/video/thumbs", "use": ":original", "count": 4}}

    async def run(self, file: File, workspace: Workspace) -> AsyncIterator[File]:
        footage = Footage.of(await workspace.tool(Ffprobe).show(file.bytes))
        if footage.video is None:
            raise BadInput("The file has no moving picture.", self.error("INVALID_INPUT"))
        for sentence in self._losses(footage):
            workspace.warn(sentence)
        stills = self._stills(file.bytes, footage, workspace)
        times = self.params.times(await length(file.bytes, footage, workspace))
        index, choice = 0, self._choice(stills)
        for first in range(0, len(times), AT_ONCE):
            near = times[first : first + AT_ONCE]
            chosen = [await choice.near(at, times[0], workspace) if choice else (at, {}) for at in near]
            told = {workspace.fresh(f"thumb.{self.params.ext}"): meta for _, meta in chosen}
            shots = [(at, path) for (at, _), path in zip(chosen, told, strict=True)]
            for at, path in await taken(stills, shots, workspace):
                place = {"thumb_index": index, "thumb_offset": round(at, 6)}
                yield file.made(path, self.params.ext, **place, **stills.sight(path), **told[path])
                index += 1
            workspace.progress((first + len(shots)) / len(times))
        if times and not index:
            raise BadInput("No frame of the video could be decoded; the file seems to be damaged.")
        if index < len(times):
            workspace.warn(f"Only {index} of {len(times)} pictures could be taken; the file seems to be damaged.")

    def _choice(self, stills: Stills) -> Choice | None:
        """Who chooses the frames, if the times alone do not."""
        if not self.params.smart or self.params.offsets:
            return None
        framing = Framing(rotate=self.params.rotate or None, tone_map=stills.footage.hdr)
        return Choice(stills, self.params.smart_max_candidates, framing.small(stills.footage, SIDE))

    def _losses(self, footage: Footage) -> Iterator[str]:
        """What pictures cannot show of the video."""
        if footage.hdr:
            yield "The video is HDR, and its pictures have the colours of ordinary screens."
        elif footage.deep:
            yield "The pictures have 8 bits a channel, and the video has more."
        if footage.alpha and self.params.ext == "jpg":
            yield "The video is transparent, which a jpg cannot be; png can."

    def _stills(self, source: Path, footage: Footage, workspace: Workspace) -> Stills:
        params, options = self.params, parsed(self.params.ffmpeg)
        for name in sorted((options.output.keys() | options.input.keys()) - MEANT):
            workspace.warn(f"ffmpeg.{name} means nothing for single pictures and was passed over.")
        framing = self._framing(footage)
        chain, _ = framing.filters(footage)
        shows_through = framing.clear and (footage.alpha or any(part.startswith("pad=") for part in chain))
        settings = CODECS[params.ext] | ({"pix_fmt": ["rgba"]} if shows_through else {})
        settings |= {name: values for name, values in options.output.items() if name in MEANT - {"vf"}}
        decoder = ["-c:v", params.input_codec] if params.input_codec else footage.decoder(framing.clear)
        return Stills(
            source=source,
            footage=footage,
            settings=arguments(settings),
            filters=[*chain, *options.output.get("vf", []), *([BT601] if params.ext == "jpg" else [])],
            input_options=(*framing.input_options, *decoder),
            sights=settings == CODECS[params.ext] and not options.output,
        )

    def _framing(self, footage: Footage) -> Framing:
        params = self.params
        return Framing(
            strategy=params.resize_strategy,
            box=(params.width, params.height),
            background=params.background,
            rotate=params.rotate or None,
            even=False,
            clear=params.ext == "png" and (footage.alpha or rgba(params.background)[3] < 255),
            tone_map=footage.hdr,
        )


async def taken(stills: Stills, shots: Sequence[Shot], workspace: Workspace) -> list[Shot]:
    """The pictures that could be taken; a time after the last frame gets the last frame.

    One that cannot be decoded does not spoil the others; the error is raised only if there are none.
    """
    failure: RobotError | None = None
    try:
        await stills.take(shots, workspace)
    except (ToolFailed, BadInput) as error:
        failure = error
    for at, path in shots:
        if written(path):
            continue
        try:
            await stills.take_last(at, path, workspace)
        except (ToolFailed, BadInput) as error:
            failure = failure or error
    found = [(at, path) for at, path in shots if written(path)]
    if failure and not found:
        raise failure
    return found


def written(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0
