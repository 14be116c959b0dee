"""Visage: a face in a small frame of a video, and how much it speaks for that frame."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod

Range = tuple[float, float]  # from where on something counts, and where it counts in full
SIDE: Range = (0.08, 0.33)
CONFIDENCE: Range = (70.0, 90.0)  # patterns reach the first
SHARPNESS: Range = (2.5, 5.0)  # from edges of two or three pixels, which a large picture shows as blurred, to one
CONTRAST: Range = (15.0, 25.0)  # ordinary faces have about 50, those that fade away have less and less
CUT = 0.25  # what is left of the worth of a face that the edge of the frame cuts
LEAST = 0.1  # worth from which on a face is counted


@dataclass(frozen=True, slots=True)
class Visage:
    """`side` is how much of the frame's shorter side it takes, `confidence` is in percent.

    `sharpness` falls as edges get wider, whatever the size of the face; `contrast` is how far its brightness spreads.
    """

    side: float
    confidence: float
    sharpness: float
    contrast: float
    cut: bool

    @property
    def worth(self) -> float:
        """From 0 to 1; what lacks one thing is worth nothing, however much it has of the others."""
        ranges = {SIDE: self.side, CONFIDENCE: self.confidence, SHARPNESS: self.sharpness, CONTRAST: self.contrast}
        whole = prod(_within(value, *range) for range, value in ranges.items())
        return whole * CUT if self.cut else whole

    @property
    def counts(self) -> bool:
        return self.worth >= LEAST


def together(faces: Iterable[Visage]) -> float:
    """What several faces are worth, from 0 to 1: more than each of them, less than their sum."""
    return 1 - prod(1 - face.worth for face in faces)


def _within(value: float, none: float, full: float) -> float:
    return min(1.0, max(0.0, (value - none) / (full - none)))
