"""ffmpeg: reads, converts and writes audio and video, and says how far it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from robots.base.errors import RobotError, ToolDied, ToolFailed, ToolStalled
from robots.base.workspace import Workspace
from robots.tools import demuxers
from robots.tools.complaints import cause, cleaned
from robots.tools.process import Limits, run
from robots.tools.programs import Programs

# 16384 x 8192: every real camera stays below it, a picture made to exhaust memory does not.
MAX_PIXELS = 1 << 27
# What moves in a progress report when the work does.
SIGNS = frozenset({"frame", "total_size", "out_time_us", "drop_frames"})
# At once: a frame of the most pixels in 16 bits and four channels takes half of it.
MAX_ALLOC = ("-max_alloc", str(2 << 30))
GUARDS = (
    *("-protocol_whitelist", "file,pipe", "-max_pixels", str(MAX_PIXELS), "-max_streams", "100"),
    *("-probesize", "20000000", "-analyzeduration", "30000000"),
)


@dataclass(frozen=True, slots=True)
class Input:
    """One thing that ffmpeg reads, with the options that stand before its `-i`.

    `source` is a file, or a lavfi graph such as "anullsrc" that the robot itself wrote.
    """

    source: Path | str
    options: tuple[str, ...] = ()

    @property
    def arguments(self) -> list[str]:
        if isinstance(self.source, str):
            return [*self.options, "-f", "lavfi", "-i", self.source]
        return [*GUARDS, *demuxers.options(self.source), *self.options, "-i", f"file:{self.source}"]


class Ffmpeg:
    """The program of that name; `stall` is how many seconds a run may go on without getting any further."""

    def __init__(self, programs: Programs, limits: Limits | None = None, stall: float = 300.0) -> None:
        self.programs = programs
        self.limits = limits or Limits()
        self.stall = stall

    async def encode(
        self,
        arguments: Sequence[str],
        *,
        inputs: Sequence[Input | Path],
        output: Path,
        workspace: Workspace,
        seconds: float | None = None,
        share: tuple[float, float] = (0.0, 1.0),
    ) -> None:
        """Writes one output and makes sure that it is there.

        `seconds` is how long the output will be, so that progress is real; `share` is the part of the job's progress
        that this run moves.
        """
        told = [*arguments, f"file:{output}"]
        await self.run(told, inputs=inputs, workspace=workspace, seconds=seconds, share=share)
        if not output.exists() or output.stat().st_size == 0:
            raise ToolFailed("ffmpeg found nothing in this file that it could write.")

    async def run(
        self,
        arguments: Sequence[str],
        *,
        inputs: Sequence[Input | Path],
        workspace: Workspace,
        seconds: float | None = None,
        share: tuple[float, float] = (0.0, 1.0),
        on_line: Callable[[str], None] | None = None,
    ) -> None:
        """Runs ffmpeg over some inputs; `arguments` name the outputs. `on_line` gets what filters print to pipe:1."""
        progress, pulse = Progress(workspace, seconds, share), Pulse(self.stall)

        def hear(line: str) -> None:
            pulse.hear(line)
            progress.hear(line)
            if on_line:
                on_line(line)

        sources = [item if isinstance(item, Input) else Input(item) for item in inputs]
        reads = [item.source for item in sources if isinstance(item.source, Path)]
        argv = [str(self.programs.need("ffmpeg")), "-nostdin", "-hide_banner", "-y", "-loglevel", "level+warning"]
        argv += [*MAX_ALLOC, "-nostats", "-progress", "pipe:1"]
        argv += [part for source in sources for part in source.arguments]
        try:
            async with pulse.timeout:
                await run([*argv, *arguments], folder=workspace.folder, limits=self.limits, on_line=hear, reads=reads)
        except TimeoutError as error:
            raise ToolStalled(f"ffmpeg got no further for {self.stall:g} seconds and was stopped.") from error
        except (ToolFailed, ToolDied) as error:
            raise _explained(error) from error


class Progress:
    """Turns ffmpeg's progress lines into the job's progress."""

    def __init__(self, workspace: Workspace, seconds: float | None, share: tuple[float, float]) -> None:
        self.workspace = workspace
        self.seconds = seconds
        self.start, self.end = share

    def hear(self, line: str) -> None:
        key, _, value = line.partition("=")
        if key == "out_time_us" and self.seconds and value.lstrip("-").isdigit():
            done = min(max(int(value) / 1e6 / self.seconds, 0.0), 1.0)
            self.workspace.progress(self.start + (self.end - self.start) * done)


class Pulse:
    """Ends a run that got somewhere and then stands still; before its first output a filter may read for long."""

    def __init__(self, stall: float) -> None:
        self.stall = stall
        self.timeout = asyncio.timeout(None)
        self._seen: dict[str, str] = {}

    def hear(self, line: str) -> None:
        """ffmpeg reports twice a second even when it stands still; then only its clock moves on."""
        key, _, value = line.partition("=")
        if self.timeout.expired() or key not in SIGNS or value in ("N/A", "0", self._seen.get(key)):
            return
        self._seen[key] = value
        self.timeout.reschedule(asyncio.get_running_loop().time() + self.stall)


def _explained(error: ToolFailed | ToolDied) -> RobotError:
    """The same failure in ffmpeg's own words, without paths, and with the likely cause in front."""
    lines = cleaned(str(error.details.get("stderr", "")).splitlines())
    details = {**error.details, "stderr": "\n".join(lines)}
    if isinstance(error, ToolDied):
        return ToolDied(error.message, **details)
    kind, sentence = cause(lines)
    return kind(sentence, **details)
