"""ffprobe: what a file holds, told from its headers; and what two of ffmpeg's filters measure."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from robots.base.errors import BadInput, RobotError, ToolFailed
from robots.tools import demuxers, lateness
from robots.tools.complaints import cause, cleaned
from robots.tools.ffmpeg import GUARDS, MAX_ALLOC
from robots.tools.process import Finished, Limits, run
from robots.tools.programs import Programs

JOINED = ("-protocol_whitelist", "concat,file", "-probesize", "5000000", "-analyzeduration", "5000000")
FRAMES = 200
AFTER_ALL = 1_000_000  # seconds
REMEMBERED = 256  # files, each with as much as this to tell of itself:
TELLING = 32 << 10
MEAN_VOLUME = re.compile(r"mean_volume: (-?\d+(?:\.\d+)?) dB")
FIELD_ORDERS = ("tff", "bff", "progressive", "undetermined")
FIELDS = re.compile(r"Multi frame detection: TFF: *(\d+) BFF: *(\d+) Progressive: *(\d+) Undetermined: *(\d+)")


Identity = tuple[int, int, int, int]


class Ffprobe:
    """The program of that name, which has no reason to write and no place to.

    What it told of the last files is remembered: those who take a file in, work on it and look at it all ask the same.
    """

    def __init__(self, programs: Programs) -> None:
        self.programs = programs
        self._told: OrderedDict[Identity, bytes] = OrderedDict()
        self.limits = Limits(wall=60, cpu=60, memory=2 << 30, file_size=0)
        self.decoding = Limits(wall=600, cpu=1200, memory=4 << 30, file_size=0)

    async def show(self, path: Path) -> dict[str, Any]:
        """`format` and `streams` as ffprobe prints them; BadInput, with the likely cause, if it cannot read them."""
        file = _identity(path)
        if told := self._told.get(file):
            return _read(told)
        told, shown = await self._asked(f"file:{path}", [path])
        if lateness.doubted(shown):
            shown = lateness.counted(shown, await self._end(path))
            told = orjson.dumps(shown)
        if file == _identity(path):
            self._remember(file, told)
        return shown

    async def show_joined(self, paths: Sequence[Path]) -> dict[str, Any]:
        """The same of files of one folder that are parts of one; each is opened, and the first seconds are read."""
        if any("|" in str(path) for path in paths):
            raise BadInput("The names of the files cannot be listed.")
        _, shown = await self._asked(f"concat:{'|'.join(map(str, paths))}", paths)
        return shown

    def knows(self, path: Path) -> bool:
        """Whether it can show a file without a look at it."""
        return _identity(path) in self._told

    def tell(self, path: Path, shown: Mapping[str, Any]) -> None:
        """What is known of a file is remembered as if it had been shown."""
        self._remember(_identity(path), orjson.dumps(shown))

    async def _end(self, path: Path) -> float:
        """When the last packet ends, 0 if nobody knows; what follows the last point that can be sought is read."""
        last = 0.0

        def hear(line: str) -> None:
            nonlocal last
            last = max(last, lateness.end(line))

        argv = [*self._argv([path]), "-read_intervals", f"{AFTER_ALL}%"]
        argv += ["-show_entries", "packet=pts_time,duration_time", "-of", "csv=print_section=0", f"file:{path}"]
        try:
            await run(argv, reads=[path], limits=self.limits, on_line=hear, check=False)
        except RobotError:  # the file can be shown, if not so exactly
            return 0.0
        return last

    async def _asked(self, address: str, paths: Sequence[Path]) -> tuple[bytes, dict[str, Any]]:
        argv = [*self._argv(paths), "-of", "json", "-show_format", "-show_streams", address]
        reads = paths if len(paths) == 1 else [paths[0].parent]
        finished = await run(argv, reads=reads, limits=self.limits, check=False)
        if finished.code < 0:
            raise BadInput("The file is damaged in a way that ffprobe does not survive.")
        if finished.code or not (shown := _read(finished.stdout)).get("streams"):
            raise _refused(finished)
        return finished.stdout, shown

    def _argv(self, paths: Sequence[Path]) -> list[str]:
        argv = [str(self.programs.need("ffprobe")), "-hide_banner", "-loglevel", "level+error", *MAX_ALLOC]
        argv += [*GUARDS, *demuxers.options(paths[0])]
        return [*argv, *(JOINED if len(paths) > 1 else [])]

    def _remember(self, file: Identity, told: bytes) -> None:
        if len(told) <= TELLING:
            self._told[file] = told
            self._told.move_to_end(file)
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)

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
        argv += [*MAX_ALLOC, *GUARDS, *demuxers.options(path)]
        argv += ["-i", f"file:{path}", *arguments, "-f", "null", "-"]
        finished = await run(argv, reads=[path], limits=self.decoding, check=False)
        return "\n".join(finished.tail)


def _identity(path: Path) -> Identity:
    """A file that was written anew is another one; further names for it are not."""
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _read(told: bytes) -> dict[str, Any]:
    try:
        # Tags may hold any bytes, which ffprobe hands on as they are.
        shown: dict[str, Any] = orjson.loads(told.decode("utf-8", "replace"))
    except orjson.JSONDecodeError as error:
        raise BadInput("The file tells too much about itself to be understood.") from error
    return shown


def _refused(finished: Finished) -> BadInput:
    """Whatever the cause, it lies in the file."""
    kind, sentence = cause(cleaned(finished.tail))
    return BadInput("The file is damaged, or holds neither picture nor sound." if kind is ToolFailed else sentence)
