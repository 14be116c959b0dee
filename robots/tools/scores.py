"""Scores: how much there is to see in each of several frames: what filters of ffmpeg measure, and faces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any

from robots.tools.visage import Visage, together

# Small frames of 8 bits are measured: detail as ITU-T P.910 has it, then brightness between 16 and 235.
MEASURES = "settb=AVTB,format=yuv420p,siti,signalstats,metadata=mode=print:file='pipe\\:1'"
TICKS = 1_000_000  # a second of AVTB
DETAIL = "lavfi.siti.si"
MEAN, DARK, LIGHT = (f"lavfi.signalstats.{name}" for name in ("YAVG", "YLOW", "YHIGH"))
RICH = 100.0  # the detail of a frame that is full of edges
SHARP, SPREAD = 20.0, 55.0  # from here on a frame is not flat, and its brightest tenth stands out from its darkest
BLACK, WHITE = 32.0, 219.0
FLAT = 10.0  # the detail below which nothing can be recognised
FACES = 1.5  # how much the best faces count; the most detail counts 1


@dataclass(frozen=True, slots=True)
class Candidate:
    """A frame at a time, its number among all, what was measured of it, and the faces that were seen in it."""

    at: float
    number: int = 0
    measured: dict[str, float] = field(default_factory=dict)
    faces: Sequence[Visage] = ()

    @property
    def detail(self) -> float:
        return self.measured.get(DETAIL, 0.0)

    @property
    def worth(self) -> float:
        """Any detail is worth at most 1, so that good faces win."""
        return min(1.0, self.detail / RICH) + FACES * together(self.faces)

    @property
    def score(self) -> float:
        """From 0 for one colour to 1."""
        return round(min(1.0, self.worth), 3)

    @property
    def shows(self) -> bool:
        """Whether anything could be recognised in it."""
        return self.detail >= FLAT and BLACK < self.measured.get(MEAN, 0) < WHITE

    def reasons(self, among: int) -> Iterator[str]:
        """Short words on what speaks for it; it has the most detail of so many."""
        if faces := sum(face.counts for face in self.faces):
            yield f"{faces} face{'s' * (faces > 1)}"
        if among > 1:
            yield f"most detail of {among} frames"
        if self.detail >= SHARP:
            yield "sharp"
        if self.measured.get(LIGHT, 0) - self.measured.get(DARK, 0) >= SPREAD:
            yield "contrast"
        if self.measured.get(MEAN, 0) > BLACK:
            yield "not black"
        if self.measured.get(MEAN, 0) < WHITE:
            yield "not white"


class Scores:
    """Reads what the filters print: a time, then what was measured of the frame there."""

    def __init__(self) -> None:
        self._frames: list[Candidate] = []

    def hear(self, line: str) -> None:
        name, _, value = line.partition("=")
        if line.startswith("frame:"):
            self._frames.append(Candidate(int(line.split()[1].removeprefix("pts:")) / TICKS, len(self._frames)))
        elif name in {DETAIL, MEAN, DARK, LIGHT}:
            self._frames[-1].measured[name] = float(value)

    def shown(self, most: int) -> list[Candidate]:
        """Those in which something can be recognised; where they are too many, the richest of each few neighbours."""
        frames = [frame for frame in self.found if frame.shows]
        few = ceil(len(frames) / most) or 1
        return [max(frames[at : at + few], key=_richness) for at in range(0, len(frames), few)]

    def see(self, faces: Mapping[int, Sequence[Visage]]) -> None:
        """Takes in which faces were seen in the frames with these numbers."""
        self._frames = [replace(frame, faces=faces.get(frame.number, ())) for frame in self._frames]

    @property
    def found(self) -> list[Candidate]:
        return [frame for frame in self._frames if DETAIL in frame.measured]

    @property
    def best(self) -> Candidate:
        """That which is worth most, with the most detail, the earliest of equals."""
        return max(self.found, key=lambda frame: (frame.worth, *_richness(frame)))

    def meta(self) -> dict[str, Any]:
        """What the metadata of a picture of the best one tells."""
        richest = max(self.found, key=_richness)
        among = len(self.found) if self.best == richest else 1
        return {"smart_score": self.best.score, "smart_reasons": list(self.best.reasons(among))}


def _richness(frame: Candidate) -> tuple[float, float]:
    return frame.detail, -frame.at
