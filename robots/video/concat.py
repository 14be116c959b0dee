"""Joins videos, one after the other, with fades between them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from robots.base.file import File
from robots.base.params import Param
from robots.base.robot import BundleRobot
from robots.base.workspace import Workspace
from robots.tools.clips import Clip, Form, JoinedParams, clip, lost
from robots.tools.ffmpeg import Input
from robots.tools.framing import Framing
from robots.tools.recipe import Recipe
from robots.tools.reel import Reel
from robots.tools.seams import Seams

CHAPTERED = {"mp4", "mov", "matroska", "webm", "asf", "ogg"}
# Our own file, for which the guards of uploads are opened.
NOTES = ("-format_whitelist", "ffmetadata", "-f", "ffmetadata")


class VideoConcatParams(JoinedParams):
    """What /video/concat may be told."""

    video_fade_seconds: float = Param(
        1, "How long each picture fades out, and the next one in; 0 for a hard cut.", ge=0, le=3600
    )
    audio_fade_seconds: float = Param(
        1, "How long each sound fades out, and the next one in; 0 for a hard cut.", ge=0, le=3600
    )
    chapter_markers: bool = Param(False, "Whether each video becomes a chapter under its own name.")

    @property
    def seams(self) -> Seams:
        return Seams.of(self.transition, self.transition_duration, self.video_fade_seconds, self.audio_fade_seconds)


class VideoConcatRobot(BundleRobot[VideoConcatParams]):
    """Joins videos, one after the other."""

    name = "/video/concat"
    accepts = ("video",)
    work = "video"
    tools = ("ffmpeg", "ffprobe")
    example = {
        "joined": {
            "robot": "/video/concat",
            "use": {"steps": [":original"], "bundle_steps": True},
            "preset": "ipad-high",
            "transition": "crossfade",
        }
    }

    async def run(self, files: Sequence[File], workspace: Workspace) -> AsyncIterator[File]:
        recipe = self.params.recipe(files[0].ext)
        clips = [await clip(file, workspace, self.error("INVALID_INPUT")) for file in files]
        form = Form.of(clips, recipe, Framing(box=self.params.box(recipe)))
        for sentence in lost(clips, form):
            workspace.warn(sentence)
        lengths, sound = [part.seconds for part in clips], form.sound is not None
        graph = [form.picture(part, number) for number, part in enumerate(clips)]
        graph += [form.heard(part, number) for number, part in enumerate(clips)] if sound else []
        reel = Reel(
            graph=[*graph, *self.params.seams.graph(lengths, sound=sound)],
            inputs=[*map(form.input, clips), *self._notes(clips, recipe, workspace)],
            recipe=form.recipe,
            seconds=self.params.seams.starts(lengths)[-1],
            sound=sound,
            more=("-map_chapters", str(len(clips) if self._marks(recipe) else -1)),
            code=self.error("NO_OUTPUT"),
        )
        yield files[0].made(await reel.write(workspace), form.recipe.ext)

    def _marks(self, recipe: Recipe) -> bool:
        return self.params.chapter_markers and recipe.muxer in CHAPTERED

    def _notes(self, clips: Sequence[Clip], recipe: Recipe, workspace: Workspace) -> list[Input]:
        """The chapters, as a file that ffmpeg reads beside the videos."""
        if self.params.chapter_markers and not self._marks(recipe):
            workspace.warn(f"The chapters were left out: {recipe.muxer} cannot hold them.")
        if not self._marks(recipe):
            return []
        notes = workspace.fresh("chapters.txt")
        _note(notes, [part.name for part in clips], self.params.seams.starts([part.seconds for part in clips]))
        return [Input(notes, NOTES)]


def _note(path: Path, names: Sequence[str], starts: Sequence[float]) -> None:
    """The form is ffmpeg's own; signs that mean something in it are escaped."""
    lines = [";FFMETADATA1"]
    for number, name in enumerate(names):
        begin, end = (round(1000 * at) for at in starts[number : number + 2])
        title = re.sub(r"([=;#\\])", r"\\\1", re.sub(r"[\x00-\x1f\x7f]", " ", name))
        lines += ["[CHAPTER]", "TIMEBASE=1/1000", f"START={begin}", f"END={end}", f"title={title}"]
    path.write_text("\n".join([*lines, ""]), "utf-8", "replace")
