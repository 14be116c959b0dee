"""Encodes a sound anew: another format, bit rate or sample rate."""

from __future__ import annotations

from collections.abc import AsyncIterator

from robots.base.errors import BadParams, ToolFailed
from robots.base.file import File
from robots.base.robot import FileRobot
from robots.base.workspace import Workspace
from robots.tools.encoding import Encoding
from robots.tools.ffmpeg import Ffmpeg
from robots.tools.ffprobe import Ffprobe
from robots.tools.footage import Footage
from robots.tools.framing import Framing
from robots.tools.sound import SoundParams, cut_short, reaching
from robots.tools.streams import losses


class AudioEncodeParams(SoundParams):
    """What /audio/encode may be told."""


class AudioEncodeRobot(FileRobot[AudioEncodeParams]):
    """Encodes a sound, or the sound of a video, anew."""

    name = "/audio/encode"
    accepts = ("audio", "video")
    work = "video"
    starts_early = True
    tools = ("ffmpeg", "ffprobe")
    example = {"mp3": {"robot": "/audio/encode", "use": ":original", "preset": "mp3", "bitrate": 192000}}

    async def run(self, file: File, workspace: Workspace) -> AsyncIterator[File]:
        footage = Footage.of(await workspace.tool(Ffprobe).show(file.bytes))
        encoding = Encoding.of(footage, self.params.recipe(file.ext, workspace), Framing(), sources=[file.bytes])
        for sentence in (*losses(footage, encoding.recipe), *cut_short([file])):
            workspace.warn(sentence)
        made = workspace.fresh(f"sound.{encoding.recipe.ext}")
        try:
            await workspace.tool(Ffmpeg).run(
                [*encoding.arguments, "-f", encoding.recipe.muxer, f"file:{made}"],
                inputs=encoding.inputs,
                workspace=workspace,
                seconds=encoding.seconds,
            )
        except ToolFailed as error:
            if "Unknown encoder" in str(error.details.get("stderr")):
                raise BadParams(error.message, self.error(), **error.details) from error
            raise
        with reaching(encoding.span.start, footage.duration):
            await encoding.check(made, workspace)
        yield file.made(made, encoding.recipe.ext)
