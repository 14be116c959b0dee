"""Finds faces: MediaPipe's model looks at the whole picture and then, for small ones, at overlapping parts of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray
from pyvips import Image

MODEL = Path(__file__).parent.parent / "models" / "face_detection_full_range.tflite"
SIDE = 192  # of what the model looks at
GRID = 48  # it answers for so many places in each direction
LONGEST = 320  # of the picture in whose parts it looks for small faces
LEAST = 0.05  # a score that is no face whatever the caller thinks
OVERLAP = 0.3  # two answers that share so much are one face
TRUST_IN_PARTS = 0.85  # there everything is larger, and more looks like a face
LARGEST_IN_PART = 0.5
Pixels = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Face:
    """Where a face is, in pixels, and how sure that is, from 0 to 1."""

    left: float
    top: float
    right: float
    bottom: float
    score: float

    def moved(self, left: float, top: float) -> Face:
        return replace(
            self, left=self.left + left, top=self.top + top, right=self.right + left, bottom=self.bottom + top
        )

    def scaled(self, factor: float) -> Face:
        sides = {name: getattr(self, name) * factor for name in ("left", "top", "right", "bottom")}
        return replace(self, **sides)

    @property
    def area(self) -> float:
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)


def faces_in(picture: Image) -> list[Face]:
    """All faces of an RGB picture, the surest first."""
    factor = min(1.0, LONGEST / max(picture.width, picture.height))
    scene = picture if factor == 1 else picture.resize(factor, vscale=factor)
    found = _at_once(scene)
    if max(scene.width, scene.height) > SIDE:
        found += _in_parts(scene)
    return [face.scaled(1 / factor) for face in _merged(found)]


def glance(picture: Image) -> list[Face]:
    """The faces of an RGB picture that are not small in it, for a third of the work."""
    return _merged(_at_once(picture))


def _at_once(scene: Image) -> list[Face]:
    """What the model says of a picture that is made as small as what it looks at."""
    whole = min(1.0, SIDE / max(scene.width, scene.height))
    small = scene if whole == 1 else scene.resize(whole, vscale=whole)
    return [face.scaled(1 / whole) for face in _seen(small)]


def _in_parts(scene: Image) -> Iterator[Face]:
    """What is cut by the edge of a part is seen whole in another."""
    for left, top in _corners(scene):
        width, height = min(SIDE, scene.width), min(SIDE, scene.height)
        for face in _seen(scene.crop(left, top, width, height)):
            inside = face.left > 0 and face.top > 0 and face.right < width and face.bottom < height
            if inside and face.right - face.left < LARGEST_IN_PART * SIDE:
                yield replace(face.moved(left, top), score=face.score * TRUST_IN_PARTS)


def _corners(scene: Image) -> list[tuple[int, int]]:
    across = sorted({0, max(0, scene.width - SIDE)})
    down = sorted({0, max(0, scene.height - SIDE)})
    return [(left, top) for top in down for left in across]


def _seen(picture: Image) -> list[Face]:
    """What the model says of a picture that is no larger than it looks at."""
    pixels = np.ndarray((picture.height, picture.width, 3), np.uint8, picture.write_to_memory())
    top, left = (SIDE - picture.height) // 2, (SIDE - picture.width) // 2
    framed = np.zeros((1, SIDE, SIDE, 3), np.float32)
    framed[0, top : top + picture.height, left : left + picture.width] = pixels
    boxes, scores = _answer(framed / 127.5 - 1)
    return [face.moved(-left, -top) for face in _decoded(boxes, scores)]


def _answer(pixels: Pixels) -> tuple[Pixels, Pixels]:
    model = _model()
    model.set_tensor(model.get_input_details()[0]["index"], pixels)
    model.invoke()
    boxes, scores = (model.get_tensor(detail["index"])[0] for detail in model.get_output_details())
    return boxes, 1 / (1 + np.exp(-np.clip(scores[:, 0], -100, 100)))


def _decoded(boxes: Pixels, scores: Pixels) -> Iterator[Face]:
    """Centre and sides, counted from the place in the grid."""
    for at in np.nonzero(scores > LEAST)[0]:
        x, y, width, height = map(float, boxes[at, :4])
        x += (at % GRID + 0.5) / GRID * SIDE
        y += (at // GRID + 0.5) / GRID * SIDE
        yield Face(x - width / 2, y - height / 2, x + width / 2, y + height / 2, float(scores[at]))


def _merged(found: list[Face]) -> list[Face]:
    """One face of all answers that mean the same, weighted by how sure they are."""
    rest = sorted(found, key=lambda face: -face.score)
    kept = []
    while rest:
        same = [face for face in rest if _shared(rest[0], face) > OVERLAP]
        weight = sum(face.score for face in same)
        sides = {
            name: sum(getattr(face, name) * face.score for face in same) / weight
            for name in ("left", "top", "right", "bottom")
        }
        kept.append(Face(**sides, score=rest[0].score))
        rest = [face for face in rest if face not in same]
    return kept


def _shared(one: Face, other: Face) -> float:
    """The part of both areas that is common."""
    common = Face(
        max(one.left, other.left),
        max(one.top, other.top),
        min(one.right, other.right),
        min(one.bottom, other.bottom),
        0,
    ).area
    if one == other:
        return 1.0
    return common / (one.area + other.area - common or 1)


@cache
def _model() -> Any:
    model = Interpreter(str(MODEL), num_threads=1)
    model.allocate_tensors()
    return model
