"""Film: what the video robots are told alike of the video that comes out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from robots.base.params import Param, Params
from robots.tools.options import FfmpegOptions, FfmpegStack
from robots.tools.presets import VideoPreset
from robots.tools.recipe import Recipe

Side = Annotated[int, Field(ge=1, le=16384)]


class FilmParams(Params):
    """How the film that comes out is written."""

    preset: VideoPreset | None = Param(
        None,
        "Settings under a name, such as ipad-high, web/mp4/720p or webm. Without it: an mp4 that all players show.",
    )
    ffmpeg: FfmpegOptions = Param({}, "Options of ffmpeg, laid over the preset; null drops one of its settings.")
    ffmpeg_stack: FfmpegStack = Param("v6.0.0", "Accepted; there is one ffmpeg.")
    width: Side | None = Param(None, "Width in pixels; null keeps to the source where a preset would change it.")
    height: Side | None = Param(None, "Height in pixels; null keeps to the source where a preset would change it.")

    def box(self, made: Recipe) -> tuple[int | None, int | None]:
        """A size that is given, even as null, leaves the preset's behind."""
        if {"width", "height"} & self.model_fields_set or made.preset is None:
            return self.width, self.height
        return made.preset.width, made.preset.height
