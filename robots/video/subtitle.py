"""Adds subtitles to a video, as a track of text or as a part of the picture."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import BeforeValidator

from robots.base.errors import BadInput, BadParams
from robots.base.fields import Position
from robots.base.file import File
from robots.base.params import Param
from robots.base.robot import RoleRobot
from robots.base.workspace import Workspace
from robots.tools.clips import ReelParams
from robots.tools.cues import FAMILY, BorderStyle, Ink, Style, cleaned, cut
from robots.tools.encoding import Encoding
from robots.tools.ffmpeg import Ffmpeg, Input
from robots.tools.ffprobe import Ffprobe
from robots.tools.footage import Footage
from robots.tools.framing import Framing
from robots.tools.languages import held
from robots.tools.presets import EMPTY
from robots.tools.recipe import Recipe, recipe
from robots.tools.span import Span
from robots.tools.streams import chosen, losses

METRIC = {"arial", "helvetica", FAMILY.lower()}  # fonts as wide as the one that comes along


def _usual(given: object) -> object:
    return "burned" if given == "burn" else given


class VideoSubtitleParams(ReelParams):
    """What /video/subtitle may be told."""

    subtitles_type: Annotated[Literal["burned", "external"], BeforeValidator(_usual)] = Param(
        "external", "Whether they are a track that players can show, or burned into the picture."
    )
    border_style: BorderStyle = Param("outline", "What sets burned letters off from the picture.")
    border_color: Ink = Param("40000000", "Its colour, aarrggbb; an alpha of 00 is solid.")
    font: str = Param("Arial", "The font of burned letters; others are replaced by the one that comes along.")
    font_color: Ink = Param("FFFFFF", "The colour of burned letters, rgb, rrggbb or aarrggbb.")
    font_size: int = Param(16, "Their size, in a picture of 288 rows.", ge=1, le=1000)
    bold: bool = Param(False, "Whether burned letters are bold.")
    italic: bool = Param(False, "Whether burned letters are slanted.")
    outline_width: int | None = Param(None, "The width of outline, box or shadow; 2 without it.", ge=0, le=10)
    position: Position = Param("bottom", "Where burned letters stand.")
    language: str | None = Param(
        None, "The language of the track, such as eng or en.", pattern=r"^[A-Za-z0-9-]*$", max_length=35
    )
    name: str | None = Param(None, "The name of the track in the menus of players.", max_length=200)
    keep_subtitles: bool = Param(False, "Whether the tracks that the video has already stay.")

    @property
    def style(self) -> Style:
        return Style(
            size=self.font_size,
            color=self.font_color,
            border=self.border_style,
            border_color=self.border_color,
            border_width=self.outline_width,
            bold=self.bold,
            italic=self.italic,
            position=self.position,
        )

    @property
    def plain(self) -> bool:
        """Whether nothing is wanted of picture and sound, so that they can stay as they are."""
        return self.preset is None and not (self.ffmpeg.keys() - {"f"}) and not (self.width or self.height)


class VideoSubtitleRobot(RoleRobot[VideoSubtitleParams]):
    """Adds subtitles in SRT or VTT to a video."""

    name = "/video/subtitle"
    accepts = ("video",)
    work = "video"
    tools = ("ffmpeg", "ffprobe")
    main = "video"
    roles = ("subtitles",)
    example = {
        "subtitled": {
            "robot": "/video/subtitle",
            "use": {
                "steps": [
                    {"name": ":original", "fields": "film", "as": "video"},
                    {"name": ":original", "fields": "words", "as": "subtitles"},
                ],
                "bundle_steps": True,
            },
            "language": "eng",
        }
    }

    async def run(self, file: File, others: Mapping[str, Sequence[File]], workspace: Workspace) -> AsyncIterator[File]:
        if not others["subtitles"]:
            raise BadInput('There are no subtitles: tag their file with "as": "subtitles".', self.error())
        footage = Footage.of(await workspace.tool(Ffprobe).show(file.bytes))
        if footage.video is None:
            raise BadInput("The file has no moving picture.")
        made = self._recipe(file, workspace)
        cues = await self._cues(others["subtitles"][0], made, workspace)
        kept = footage if self.params.keep_subtitles else replace(footage, subtitles=())
        encoding = Encoding.of(kept, made, Framing(box=self.params.box(made)), sources=[file.bytes])
        for sentence in [*encoding.limits, *losses(kept, encoding.recipe)]:
            workspace.warn(sentence)
        if self.params.subtitles_type == "burned":
            yield await self._burned(file, encoding, cues, workspace)
        else:
            yield await self._external(file, encoding, cues, workspace)

    def _recipe(self, file: File, workspace: Workspace) -> Recipe:
        """A track alone leaves picture and sound as they are; only its format may have no place for text."""
        external, params = self.params.subtitles_type == "external", self.params
        if not (external and params.plain):
            made = recipe(params.preset, params.ffmpeg, ext=file.ext)
        else:
            made = recipe(EMPTY, {**params.ffmpeg, "c": "copy"}, ext=file.ext)
            usual = {name: [value] for name, value in made.container.options.items()}
            made = replace(made, settings={**usual, **made.settings})
        if not external or made.container.subtitles:
            return made
        if not params.plain or params.ffmpeg:
            raise BadParams(f"subtitles_type: {made.muxer} cannot hold subtitles; burn them, or take mp4")
        workspace.warn(f"The video became an mkv, for {made.muxer} cannot hold subtitles.")
        return recipe(EMPTY, {"f": "matroska", "c": "copy"}, ext=file.ext)

    async def _cues(self, file: File, made: Recipe, workspace: Workspace) -> Input:
        target = workspace.fresh("cues.txt")
        form, backward = await workspace.in_thread(cleaned, file.bytes, target)
        if backward:
            workspace.warn(f"Cues that end before they begin are not shown; there are {backward} of them.")
        return await cut(Input(target, ("-f", form)), Span.of(made.options), workspace)

    async def _external(self, file: File, encoding: Encoding, cues: Input, workspace: Workspace) -> File:
        place = sum(argument.startswith("-c:s:") for argument in chosen(encoding.footage, encoding.recipe))
        track = ["-map", "1:0", f"-c:s:{place}", str(encoding.recipe.container.subtitles)]
        language = held(self.params.language or "", encoding.recipe.muxer)
        notes = {"language": language, "title": self.params.name, "handler_name": self.params.name}
        for key, value in notes.items():
            track += [f"-metadata:s:s:{place}", f"{key}={value}"] if value else []
        if encoding.span.ahead:  # what ffmpeg leaves out at the beginning of an output does not move its subtitles
            return await self._external(file, await self._apart(file, encoding, workspace), cues, workspace)
        made = await self._made(file, encoding, [*encoding.inputs, cues], track, workspace)
        if language and language != await self._language(made, place, workspace):
            workspace.warn(f"The language of the track was lost: {encoding.recipe.muxer} cannot hold {language}.")
        return made

    async def _apart(self, file: File, encoding: Encoding, workspace: Workspace) -> Encoding:
        """How the track is added once the video is made."""
        made = (await self._made(file, encoding, encoding.inputs, [], workspace)).bytes
        footage = Footage.of(await workspace.tool(Ffprobe).show(made))
        copied = recipe(EMPTY, {"f": encoding.recipe.muxer, "c": "copy"}, ext=encoding.recipe.ext)
        return Encoding.of(footage, copied, Framing(), sources=[made])

    async def _language(self, made: File, place: int, workspace: Workspace) -> str | None:
        tracks = Footage.of(await workspace.tool(Ffprobe).show(made.bytes)).subtitles
        return (tracks[place].get("tags") or {}).get("language") if place < len(tracks) else None

    async def _burned(self, file: File, encoding: Encoding, cues: Input, workspace: Workspace) -> File:
        if encoding.recipe.video == "copy" or "filter_complex" in encoding.recipe.settings:
            raise BadParams("subtitles_type: letters can be burned only into a picture that is encoded anew")
        if self.params.font.lower() not in METRIC:
            workspace.warn(f"The font is {FAMILY}, for there is no {self.params.font[:60]} on this server.")
        settings = dict(encoding.recipe.settings)
        settings["vf"] = [await self.params.style.filter(cues, workspace), *settings.get("vf", [])]
        drawn = replace(encoding, recipe=replace(encoding.recipe, settings=settings))
        return await self._made(file, drawn, drawn.inputs, [], workspace)

    async def _made(
        self, file: File, encoding: Encoding, inputs: Sequence[Input], more: Sequence[str], workspace: Workspace
    ) -> File:
        made = workspace.fresh(f"video.{encoding.recipe.ext}")
        told = [*encoding.arguments, *more, "-f", encoding.recipe.muxer]
        await workspace.tool(Ffmpeg).encode(
            told, inputs=inputs, output=made, workspace=workspace, seconds=encoding.seconds
        )
        await encoding.check(made, workspace)
        return file.made(made, encoding.recipe.ext)
