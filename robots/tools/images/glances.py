"""Glances: the faces of small frames of a video, at each of which the model looks once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyvips import Image

from robots.tools.images.faces import Face, glance
from robots.tools.leavings import bytes_of

LEAST = 8  # pixels of a side; of less nothing can be said
EDGE = 0.01  # of the frame: what ends so near to its edge may go on beyond it
Told = dict[str, float | bool]
Brightness = NDArray[np.float64]


def look(source: str, width: int, height: int, numbers: Sequence[int]) -> list[list[Told]]:
    """The faces of the frames with these numbers; all frames lie in the file as plain RGB, one after another."""
    size = 3 * width * height
    content = bytes_of(Path(source))
    frames = [content[size * number : size * (number + 1)] for number in numbers]
    return [list(_faces(frame, width, height)) if len(frame) == size else [] for frame in frames]


def _faces(frame: bytes, width: int, height: int) -> Iterator[Told]:
    brightness = np.frombuffer(frame, np.uint8).reshape(height, width, 3).mean(axis=2)
    for face in glance(Image.new_from_memory(frame, width, height, 3, "uchar")):
        top, left = max(0, round(face.top)), max(0, round(face.left))
        part = brightness[top : max(0, round(face.bottom)), left : max(0, round(face.right))]
        if min(part.shape) >= LEAST:
            yield {
                "side": float(face.right - face.left) / min(width, height),
                "confidence": 100 * math.sqrt(face.score),
                "sharpness": _sharpness(part),
                "contrast": float(part.std()),
                "cut": _cut(face, width, height),
            }


def _sharpness(part: Brightness) -> float:
    """How steep edges are in the direction in which they are less so, for what moves is blurred in one alone.

    The sum of squared slopes falls as edges get wider. Faces have the more edges the larger they are, and the more
    contrast the more light there is: with the one multiplied and the other divided, neither counts.
    """
    slopes = min(float(np.square(slope).mean()) for slope in np.gradient(part))
    return 2 * slopes * len(part[0]) / float(part.var() or 1)


def _cut(face: Face, width: int, height: int) -> bool:
    margin = EDGE * min(width, height)
    free = min(face.left, face.top, width - face.right, height - face.bottom)
    return bool(free < margin)
