"""Ear: listens to sounds that tests made, by ffprobe and by their samples."""

from __future__ import annotations

import math
import subprocess
from array import array
from pathlib import Path
from typing import Any

from robots.base.file import File
from robots.tools.ffprobe import Ffprobe
from robots.tools.programs import Programs
from tests.robots.workspace import file_at

PROGRAMS = Programs()
PROBE = Ffprobe(PROGRAMS)
RATE = 8000


def sound_at(path: Path, **known: Any) -> File:
    """An uploaded sound."""
    return file_at(path, type="audio", mime="audio/mpeg", **known)


async def stream(file: File) -> dict[str, Any]:
    """What ffprobe says of the sound, with the duration of the file."""
    shown = await PROBE.show(file.bytes)
    found = next(item for item in shown["streams"] if item["codec_type"] == "audio")
    return {**found, "duration": float(shown["format"]["duration"]), "tags": shown["format"].get("tags", {})}


def samples_of(file: File) -> array[int]:
    """The sound as one channel of 8,000 samples a second."""
    line = [str(PROGRAMS.need("ffmpeg")), "-loglevel", "error", "-i", str(file.path)]
    line += ["-ac", "1", "-ar", str(RATE), "-f", "s16le", "-"]
    return array("h", subprocess.run(line, capture_output=True, check=True).stdout)


def loudness(heard: array[int], at: float, length: float = 0.1) -> float:
    """How loud a moment is, from 0 to 1."""
    part = heard[int(at * RATE) : int((at + length) * RATE)]
    return math.sqrt(sum(value * value for value in part) / len(part)) / 32768


def tone(heard: array[int], frequency: float, at: float, length: float = 0.1) -> float:
    """How loud one frequency is at a moment (Goertzel's algorithm)."""
    part = heard[int(at * RATE) : int((at + length) * RATE)]
    turn = 2 * math.cos(2 * math.pi * frequency / RATE)
    last = before = 0.0
    for value in part:
        last, before = value / 32768 + turn * last - before, last
    return math.sqrt(max(0.0, last * last + before * before - turn * last * before)) * 2 / len(part)
