"""ffprobe: what a file holds, told from its headers; and what two of ffmpeg's filters measure."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson

from robots.base.errors import BadInput, ToolFailed
from robots.tools import demuxers
from robots.tools.complaints import cause, cleaned
from robots.tools.ffmpeg import GUARDS, MAX_ALLOC
from robots.tools.process import Finished, Limits, run
from robots.tools.programs import Programs

FRAMES = 200
MEAN_VOLUME = re.compile(r"mean_volume: (-?\d+(?:\.\d+)?) dB")
FIELD_ORDERS = ("tff", "bff", "progressive", "undetermined")
FIELDS = re.compile(r"Multi frame detection: TFF: *(\d+) BFF: *(\d+) Progressive: *(\d+) Undetermined: *(\d+)")


class Ffprobe:
    """The program of that name, which has no reason to write and no place to."""

    def __init__(self, programs: Programs) -> None:
        self.programs = programs
        self.limits = Limits(wall=60, cpu=60, memory=2 << 30, file_size=0)
        self.decoding = Limits(wall=600, cpu=1200, memory=4 << 30, file_size=0)

    async def show(self, path: Path) -> dict[str, Any]:
        """`format` and `streams` as ffprobe prints them; BadInput, with the likely cause, if it cannot read them."""
        argv = [str(self.programs.need("ffprobe")), "-hide_banner", "-loglevel", "level+error", *MAX_ALLOC]
        argv += [*GUARDS, "-format_whitelist", demuxers.of(path)]
        argv += ["-of", "json", "-show_format", "-show_streams", f"file:{path}"]
        finished = await run(argv, reads=[path], limits=self.limits, check=False)
        if finished.code < 0:
            raise BadInput("The file is damaged in a way that ffprobe does not survive.")
        if finished.code:
            raise _refused(finished)
        try:
            # Tags may hold any bytes, which ffprobe hands on as they are.
            shown: dict[str, Any] = orjson.loads(finished.stdout.decode("utf-8", "replace"))
        except orjson.JSONDecodeError as error:
            raise BadInput("The file tells too much about itself to be understood.") from error
        if not shown.get("streams"):
            raise _refused(finished)
        return shown

    async def mean_volume(self, path: Path) -> float | None:
        """The mean volume of the first audio stream in dB; the whole of it is decoded."""
        told = await self._measured(path, "-map", "0:a:0", "-af", "volumedetect")
        found = MEAN_VOLUME.search(told)
        return float(found[1]) if found else None

    async def interlacing(self, path: Path) -> dict[str, int] | None:
        """How many of the first frames have the top field first, the bottom field first, none, or cannot be told."""
        told = await self._measured(path, "-map", "0:V:0", "-vf", "idet", "-frames:v", str(FRAMES))
        # The filter is made twice, and the first one, which sees no frames, reports as well.
        *_, counts = FIELDS.findall(told) or [None]
        return dict(zip(FIELD_ORDERS, map(int, counts), strict=True)) if counts else None

    async def _measured(self, path: Path, *arguments: str) -> str:
        """What filters say when a file is decoded to nowhere."""
        argv = [str(self.programs.need("ffmpeg")), "-nostdin", "-hide_banner", "-nostats", "-loglevel", "info"]
        argv += [*MAX_ALLOC, *GUARDS, "-format_whitelist", demuxers.of(path)]
        argv += ["-i", f"file:{path}", *arguments, "-f", "null", "-"]
        finished = await run(argv, reads=[path], limits=self.decoding, check=False)
        return "\n".join(finished.tail)


def _refused(finished: Finished) -> BadInput:
    """Whatever the cause, it lies in the file."""
    kind, sentence = cause(cleaned(finished.tail))
    return BadInput("The file is damaged, or holds neither picture nor sound." if kind is ToolFailed else sentence)
