"""Encodes a video anew: another format, size, quality, rotation, a watermark, or pieces for streaming."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from robots.base.errors import BadInput, BadParams, ToolFailed
from robots.base.fields import Crop, PictureUrl, Position, ResizeStrategy, VideoColor, WatermarkSize
from robots.base.file import File
from robots.base.params import Param
from robots.base.robot import RoleRobot, role_of
from robots.base.workspace import Workspace
from robots.tools import demuxers
from robots.tools.encoding import Encoding
from robots.tools.ffmpeg import Ffmpeg
from robots.tools.ffprobe import Ffprobe
from robots.tools.film import FilmParams
from robots.tools.footage import Footage
from robots.tools.framing import Framing, Rotation
from robots.tools.http import HttpClient
from robots.tools.images.order import Order
from robots.tools.overlay import Overlay
from robots.tools.pieces import Pieces
from robots.tools.recipe import Recipe, recipe
from robots.tools.segments import Segments, playlist
from robots.tools.streams import losses
from robots.tools.vips import Images

WATERMARK_BYTES = 100 << 20
FIRST_PASS = 0.35  # of the whole time


class VideoEncodeParams(FilmParams):
    """What /video/encode may be told."""

    resize_strategy: ResizeStrategy = Param("pad", "How the picture fits into width and height.")
    zoom: bool = Param(True, "Whether smaller pictures grow to the wanted size.")
    crop: Crop | None = Param(None, "The rectangle to cut out; width and height then mean nothing.")
    background: VideoColor = Param("#00000000", "The colour of padding, rrggbb or rrggbbaa.")
    rotate: Rotation | None = Param(
        None, "Degrees clockwise, instead of the rotation that the file notes; false for none at all."
    )
    hint: bool = Param(False, "Adds hints for RTP streaming to an mp4.")
    turbo: bool = Param(
        False, "Encodes in one pass where a preset that aims at a bit rate would take two: quicker, and less even."
    )
    chunk_duration: int | None = Param(None, "Accepted; it does not change the result.", ge=1)
    watermark_url: PictureUrl = Param("", "A picture to lay over the video; or a file with `as: watermark`.")
    watermark_position: Position | list[Position] = Param(
        "center", "Where the watermark lies; of a list one place is picked at random."
    )
    watermark_x_offset: int = Param(0, "Pixels that it moves towards the middle.", ge=-16384, le=16384)
    watermark_y_offset: int = Param(0, "Pixels that it moves towards the middle.", ge=-16384, le=16384)
    watermark_size: WatermarkSize | None = Param(None, "Its size in parts of the video's; its own without this.")
    watermark_resize_strategy: Literal["area", "fit", "stretch"] = Param("fit", "What its size is measured by.")
    watermark_start_time: float = Param(0, "The second at which it appears.", ge=0)
    watermark_duration: float = Param(-1, "For how many seconds it stays; -1 for ever.", ge=-1)
    watermark_opacity: float = Param(1, "From 0, invisible, to 1, solid.", ge=0, le=1)
    segment: bool = Param(False, "Cuts the video into pieces for HLS, with a playlist.")
    segment_duration: int = Param(10, "Seconds of each piece.", ge=1)
    segment_prefix: str = Param("", "The beginning of the pieces' names; the file's name without this.")
    segment_name: str = Param(
        "", "The pieces' names, with ${segment_prefix}, ${segment_number} or ${segment_id}.", literal=True
    )
    segment_time_delta: float | None = Param(None, "How far from its time a piece may be cut, in seconds.", ge=0)
    font_size: float | None = Param(None, "Accepted; this Robot writes no text.", unheeded=True)
    font_color: str | None = Param(None, "Accepted; this Robot writes no text.", unheeded=True)
    text_background_color: str | None = Param(None, "Accepted; this Robot writes no text.", unheeded=True)
    chunked_transcoding: bool | None = Param(None, "Accepted; it does not change the result.", hidden=True)
    freeze_detect: bool | None = Param(None, "Accepted; nobody looks for stills.", hidden=True, unheeded=True)
    realtime: bool | None = Param(None, "Accepted; it does not change the result.", hidden=True)

    def framing(self, made: Recipe) -> Framing:
        return Framing(
            strategy="crop" if self.crop else self.resize_strategy,
            box=self.box(made),
            zoom=self.zoom,
            crop=self.crop,
            background=self.background,
            rotate=self.rotate,
        )

    def overlay(self, code: str) -> Overlay:
        places = self.watermark_position if isinstance(self.watermark_position, list) else [self.watermark_position]
        if not places:
            raise BadParams("watermark_position: the list is empty", code)
        return Overlay(
            position=random.choice(places),
            offset=(self.watermark_x_offset, self.watermark_y_offset),
            share=float(self.watermark_size.rstrip("%")) / 100 if self.watermark_size else None,
            strategy=self.watermark_resize_strategy,
            start=self.watermark_start_time,
            duration=self.watermark_duration,
            opacity=self.watermark_opacity,
        )


class VideoEncodeRobot(RoleRobot[VideoEncodeParams]):
    """Encodes a video or an animated GIF anew."""

    name = "/video/encode"
    accepts = ("video", "image/gif")
    work = "video"
    starts_early = True
    tools = ("ffmpeg", "ffprobe")
    main = "video"
    roles = ("watermark",)
    example = {"encoded": {"robot": "/video/encode", "use": ":original", "preset": "ipad-high"}}

    @classmethod
    def takes(cls, file: File) -> bool:
        """A GIF of one frame is a still image, which only a watermark may be."""
        still = file.mime == "image/gif" and file.meta.get("frame_count") == 1
        return super().takes(file) and (role_of(file) in cls.roles or not still)

    async def run(self, file: File, others: Mapping[str, Sequence[File]], workspace: Workspace) -> AsyncIterator[File]:
        encoding = await self._encoding(file, others, workspace)
        if self.params.segment:
            encoding = encoding.cut(self.params.segment_duration)
        for sentence in [*encoding.limits, *losses(encoding.footage, encoding.recipe)]:
            workspace.warn(sentence)
        if self.params.segment:
            async for piece in self._segments(file, encoding, workspace):
                yield piece
            return
        made = workspace.fresh(f"video.{encoding.recipe.ext}")
        told = [*encoding.arguments, "-f", encoding.recipe.muxer, f"file:{made}"]
        await self._ffmpeg(encoding, told, workspace)
        await encoding.check(made, workspace)
        yield file.made(made, encoding.recipe.ext)

    async def _encoding(self, file: File, others: Mapping[str, Sequence[File]], workspace: Workspace) -> Encoding:
        footage = Footage.of(await workspace.tool(Ffprobe).show(file.bytes))
        made = recipe(self.params.preset, self.params.ffmpeg, ext=file.ext)
        if self.params.hint and made.muxer in {"mp4", "mov"}:
            flags = "".join(made.settings.get("movflags", []))
            made = replace(made, settings={**made.settings, "movflags": [f"{flags}+rtphint"]})
        mark = [await self._drawn(each, footage, made, workspace) for each in await self._watermark(others, workspace)]
        overlay = self.params.overlay(self.error("INVALID_WATERMARK_POSITION")) if mark else None
        return Encoding.of(footage, made, self.params.framing(made), overlay=overlay, sources=[file.bytes, *mark])

    async def _watermark(self, others: Mapping[str, Sequence[File]], workspace: Workspace) -> list[Path]:
        """The picture that a step tagged wins over a URL."""
        if tagged := others.get("watermark"):
            return [tagged[0].bytes]
        if not self.params.watermark_url:
            return []
        target = workspace.fresh("watermark")
        await workspace.tool(HttpClient).fetch(self.params.watermark_url, target, limit=WATERMARK_BYTES)
        return [target]

    async def _drawn(self, mark: Path, footage: Footage, made: Recipe, workspace: Workspace) -> Path:
        """An SVG as a PNG, as large as it can be seen; other pictures are read by ffmpeg."""
        if demuxers.of(mark) != demuxers.TEXT or footage.video is None:
            return mark
        frame = self.params.framing(made).filters(footage)[1] if self.params.watermark_size else None
        side = max(frame.width, frame.height) if frame else None
        drawn = workspace.fresh("watermark.png")
        order = Order(format="png", background="none", width=side, height=side)
        await workspace.tool(Images).resize(mark, drawn, order)
        return drawn

    async def _segments(self, file: File, encoding: Encoding, workspace: Workspace) -> AsyncIterator[File]:
        params = self.params
        segments = Segments(
            params.segment_duration,
            params.segment_prefix or file.basename,
            params.segment_name,
            params.segment_time_delta,
        )
        folder = workspace.fresh("pieces")
        folder.mkdir()
        told = [*encoding.arguments, *segments.arguments(folder)]
        await self._ffmpeg(encoding, told, workspace)
        pieces = await workspace.in_thread(segments.pieces, folder)
        if not pieces:
            raise BadInput("There is nothing in this file that could be cut into pieces.")
        seen = Pieces(workspace.tool(Ffprobe))
        await seen.look([(piece.path, piece.ends_at - piece.starts_at) for piece in pieces])
        for number, piece in enumerate(pieces):
            seen.tell(piece.path)
            starts, ends = f"{piece.starts_at:.6f}", f"{piece.ends_at:.6f}"
            made = file.made(piece.path, segment_index=number, starts_at=starts, ends_at=ends)
            yield replace(made, name=piece.name)
        listed = workspace.fresh("playlist.m3u8")
        listed.write_text(playlist(pieces))
        yield file.made(listed, "m3u8")

    async def _ffmpeg(self, encoding: Encoding, arguments: Sequence[str], workspace: Workspace) -> None:
        try:
            if not encoding.recipe.twice(self.params.turbo):
                await self._pass(encoding, arguments, workspace)
                return
            first = [*encoding.arguments, "-an", "-sn", "-pass", "1", "-f", "null", "-"]
            await self._pass(encoding, first, workspace, (0.0, FIRST_PASS))
            await self._pass(encoding, ["-pass", "2", *arguments], workspace, (FIRST_PASS, 1.0))
        except ToolFailed as error:
            if "Unknown encoder" in str(error.details.get("stderr")):
                raise BadParams(error.message, self.error("INVALID_VIDEO_CODEC"), **error.details) from error
            raise

    async def _pass(
        self,
        encoding: Encoding,
        arguments: Sequence[str],
        workspace: Workspace,
        share: tuple[float, float] = (0.0, 1.0),
    ) -> None:
        """One run of ffmpeg; what a first pass finds out lies in the scratch folder, where both work."""
        ffmpeg = workspace.tool(Ffmpeg)
        await ffmpeg.run(arguments, inputs=encoding.inputs, workspace=workspace, seconds=encoding.seconds, share=share)
