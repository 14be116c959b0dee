"""Scores: how much there is to see in each of several frames, as filters of ffmpeg have measured it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

# Small frames of 8 bits are measured: detail as ITU-T P.910 has it, then brightness between 16 and 235.
MEASURES = "scale=w='min(320,iw)':h=-2,format=yuv420p,siti,signalstats,metadata=mode=print:file='pipe\\:1'"
DETAIL = "lavfi.siti.si"
MEAN, DARK, LIGHT = (f"lavfi.signalstats.{name}" for name in ("YAVG", "YLOW", "YHIGH"))
RICH = 100.0  # the detail of a frame that is full of edges
SHARP, SPREAD = 20.0, 55.0  # from here on a frame is not flat, and its brightest tenth stands out from its darkest
BLACK, WHITE = 32.0, 219.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A frame at a time, with what was measured of it."""

    at: float
    measured: dict[str, float] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """From 0 for one colour to 1."""
        return round(min(1.0, self.measured.get(DETAIL, 0.0) / RICH), 3)

    def reasons(self, among: int) -> Iterator[str]:
        """Short words on what speaks for it, of those among which it was chosen."""
        measured = self.measured
        if among > 1:
            yield f"most detail of {among} frames"
        if measured[DETAIL] >= SHARP:
            yield "sharp"
        if measured.get(LIGHT, 0) - measured.get(DARK, 0) >= SPREAD:
            yield "contrast"
        if measured.get(MEAN, 0) > BLACK:
            yield "not black"
        if measured.get(MEAN, 0) < WHITE:
            yield "not white"


class Scores:
    """Reads what the filters print: a time, then what was measured of the frame there."""

    def __init__(self) -> None:
        self._frames: list[Candidate] = []

    def hear(self, line: str) -> None:
        name, _, value = line.partition("=")
        if line.startswith("frame:"):
            self._frames.append(Candidate(float(line.rpartition("pts_time:")[2])))
        elif name in {DETAIL, MEAN, DARK, LIGHT}:
            self._frames[-1].measured[name] = float(value)

    @property
    def found(self) -> list[Candidate]:
        return [frame for frame in self._frames if DETAIL in frame.measured]

    @property
    def best(self) -> Candidate:
        """That with the most detail, the earliest of equals."""
        return max(self.found, key=lambda frame: (frame.measured[DETAIL], -frame.at))

    def meta(self) -> dict[str, Any]:
        """What the metadata of a picture of the best one tells."""
        return {"smart_score": self.best.score, "smart_reasons": list(self.best.reasons(len(self.found)))}
