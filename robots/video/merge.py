"""Puts videos, pictures and sounds together into one video."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from robots.base.errors import BadInput
from robots.base.fields import PictureUrl, ResizeStrategy, VideoColor
from robots.base.file import File
from robots.base.params import Param
from robots.base.robot import BundleRobot, role_of
from robots.base.workspace import Workspace
from robots.tools.clips import Clip, JoinedParams, clip, heard_for
from robots.tools.encoding import MOST_SECONDS
from robots.tools.ffprobe import Ffprobe
from robots.tools.footage import Footage
from robots.tools.framing import Framing
from robots.tools.http import HttpClient
from robots.tools.seams import Seams
from robots.tools.slides import Slides
from robots.tools.stage import Sound, Stage

PICTURE_BYTES = 100 << 20
KINDS = {"video": "video", "pre": "video", "post": "video", "image": "image", "audio": "audio"}
Seconds = Annotated[float, Field(gt=0, le=MOST_SECONDS)]


def _rate(given: int | str) -> str:
    """A rate such as 25 or 1/5."""
    if not re.fullmatch(r"\d{1,9}(/\d{1,9})?", str(given)) or re.search(r"(^|/)0*$|^0+/", str(given)):
        raise ValueError("must be a rate such as 25 or 1/5")
    return str(given)


class VideoMergeParams(JoinedParams):
    """What /video/merge may be told."""

    resize_strategy: ResizeStrategy = Param("pad", "How pictures fit into width and height.")
    background: VideoColor = Param("#00000000", "The colour of padding, rrggbb or rrggbbaa.")
    framerate: Annotated[int | str, AfterValidator(_rate)] = Param(
        "1/5", "How many images are shown in a second; 1/5 shows each for five seconds."
    )
    image_durations: list[Seconds] = Param(
        [], "How many seconds each image is shown, instead of framerate; their sum is the duration."
    )
    duration: Seconds | None = Param(
        None, "Seconds of the result; as long as the sound beside images, else as long as the longest input."
    )
    audio_delay: float = Param(0, "The second at which the sound begins.", ge=-MOST_SECONDS, le=MOST_SECONDS)
    loop: bool = Param(False, "Whether what ends early is repeated.")
    replace_audio: bool = Param(False, "Whether the sound takes the place of that of the video, instead of joining it.")
    vstack: bool = Param(False, "Whether videos and images lie below each other, all equally wide.")
    image_url: PictureUrl = Param("", "An image to show; or a file of that kind.")
    turbo: bool = Param(False, "Accepted; it does not change the result.", hidden=True)

    def shown_for(self, images: int) -> list[float]:
        """The seconds of each image; the rate holds for those that have none of their own."""
        usual = float(1 / Fraction(str(self.framerate)))
        return [*self.image_durations[:images], *[usual] * (images - len(self.image_durations))]


@dataclass(frozen=True, slots=True)
class Cast:
    """The files by what becomes of them, each in its order."""

    videos: list[File] = field(default_factory=list)
    images: list[Path] = field(default_factory=list)
    sounds: list[File] = field(default_factory=list)

    @classmethod
    def of(cls, files: Sequence[File]) -> Cast:
        """A file that came under several tags, or under none that says it, is what its type says."""
        roles: dict[str, set[str]] = {}
        for file in files:
            roles.setdefault(file.id, set()).add(role_of(file))
        known = {file.id: file for file in files}
        kinds = {id: KINDS.get("".join(tags), known[id].type) for id, tags in roles.items()}
        videos = [file for id, file in known.items() if kinds[id] == "video"]
        videos.sort(key=lambda file: ("post" in roles[file.id]) - ("pre" in roles[file.id]))
        images = [file.bytes for id, file in known.items() if kinds[id] == "image"]
        return cls(videos, images, [file for id, file in known.items() if kinds[id] == "audio"])


class VideoMergeRobot(BundleRobot[VideoMergeParams]):
    """Puts videos, images and sounds together into one video."""

    name = "/video/merge"
    accepts = ("video", "audio", "image", "image/svg+xml")
    work = "video"
    tools = ("ffmpeg", "ffprobe")
    example = {
        "merged": {
            "robot": "/video/merge",
            "use": {
                "steps": [{"name": ":original", "as": "image"}, {"name": ":original", "as": "audio"}],
                "bundle_steps": True,
            },
            "preset": "ipad-high",
            "framerate": "1/3",
        }
    }

    async def run(self, files: Sequence[File], workspace: Workspace) -> AsyncIterator[File]:
        recipe = self.params.recipe(files[0].ext)
        box = self.params.box(recipe)
        cast = await self._cast(files, workspace)
        clips = await self._clips(cast, box, workspace)
        sounds = [await self._sound(file, workspace) for file in cast.sounds]
        if self.params.replace_audio and sounds:
            clips = [replace(each, footage=replace(each.footage, audio=())) for each in clips]
        stage = Stage(
            recipe=recipe,
            framing=Framing(self.params.resize_strategy, box, background=self.params.background),
            seams=Seams.of(self.params.transition, self.params.transition_duration),
            loop=self.params.loop,
            stacked=self.params.vstack,
        )
        seconds = self._seconds(cast, stage.seconds(clips), [each.ends for each in sounds])
        if seconds > MOST_SECONDS:
            raise BadInput(f"The result would last {seconds / 3600:,.0f} hours, which is too long.")
        yield files[0].made(await stage.play(clips, sounds, seconds, workspace), recipe.ext)

    async def _cast(self, files: Sequence[File], workspace: Workspace) -> Cast:
        cast = Cast.of(files)
        if self.params.image_url:
            target = workspace.fresh("image")
            await workspace.tool(HttpClient).fetch(self.params.image_url, target, limit=PICTURE_BYTES)
            cast.images.append(target)
        if not cast.videos and not cast.images:
            raise BadInput("There is no image and no video to be seen.", self.error("NO_IMAGE_FOUND"))
        return cast

    async def _clips(self, cast: Cast, box: tuple[int | None, int | None], workspace: Workspace) -> list[Clip]:
        """Videos first, then images as one clip; in a stack each image is a clip of its own."""
        clips = [await clip(file, workspace, BadInput.code) for file in cast.videos]
        if not cast.images:
            return clips
        alone = not clips and not self.params.vstack
        strategy, box = (self.params.resize_strategy, box) if alone else ("fit", (None, None))
        slides = Slides(strategy, box, f"#{self.params.background.lstrip('#')[:6]}")
        lengths = self.params.shown_for(len(cast.images))
        if not self.params.vstack:
            return [*clips, await slides.clip(cast.images, lengths, workspace)]
        for image, length in zip(cast.images, lengths, strict=True):
            clips.append(await slides.clip([image], [length], workspace))
        return clips

    async def _sound(self, file: File, workspace: Workspace) -> Sound:
        footage = Footage.of(await workspace.tool(Ffprobe).show(file.bytes))
        if not footage.audio:
            raise BadInput(f"The file {file.name} has no sound.")
        return Sound(file.bytes, footage, heard_for(footage), self.params.audio_delay)

    def _seconds(self, cast: Cast, seen: float, heard: Sequence[float]) -> float:
        if self.params.duration:
            return self.params.duration
        if cast.videos or not heard:
            return max(seen, *heard, 0.0)
        return sum(self.params.image_durations[: len(cast.images)]) or max(*heard, 0.1)
