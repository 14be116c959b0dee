"""Portraits: where the faces of a picture file are, and pictures that are cut out round them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from robots.base.fields import Crop
from robots.tools.images.color import working
from robots.tools.images.faces import LONGEST, Face, faces_in
from robots.tools.images.formats import PNG, form_of, written_as
from robots.tools.images.frames import Caps
from robots.tools.images.kinds import kind_of
from robots.tools.images.load import load
from robots.tools.images.order import Order
from robots.tools.images.picture import Picture
from robots.tools.images.pipeline import made
from robots.tools.images.save import save
from robots.tools.images.shape import scaled, upright
from robots.tools.images.watermark import COLOURED

SMALL = Order(frame=1, width=LONGEST, height=LONGEST, zoom=False)
GRAY = [128, 128, 128]


def find(source: str, pixels: int) -> dict[str, Any]:
    """The faces of the upright picture, in its pixels, and its size."""
    picture = upright(load(Path(source), SMALL, PNG, Caps(pixels)), SMALL)
    full = picture.size
    (frame,) = working(scaled(picture, SMALL), COLOURED, PNG).frames
    plain = frame.flatten(background=GRAY) if frame.hasalpha() else frame
    factor = full.width / plain.width
    faces = [_told(face.scaled(factor), full.width, full.height) for face in faces_in(plain)]
    inside = [face for face in faces if face["width"] > 0 and face["height"] > 0]
    return {"width": full.width, "height": full.height, "faces": inside}


def cut(
    source: str, ext: str, format: str | None, boxes: Sequence[Sequence[int]], targets: Sequence[str], pixels: int
) -> list[dict[str, Any]]:
    """Writes the part of the picture in each box (left, top, right and bottom) to a target."""
    path, caps = Path(source), Caps(pixels)
    kind = kind_of(path)
    written = written_as(kind, ext, format)
    form = form_of(kind, written)
    plain = Order(format=format)
    picture = scaled(upright(load(path, plain, form, caps), plain), plain)
    parts = []
    for (x1, y1, x2, y2), target in zip(boxes, targets, strict=True):
        order = plain.model_copy(update={"crop": Crop(x1=x1, y1=y1, x2=x2, y2=y2)})
        part = save(made(picture, order, form, caps), Path(target), form, written, order)
        parts.append({"ext": written, **_sides(part), "losses": part.losses})
    return parts


def _told(face: Face, width: int, height: int) -> dict[str, Any]:
    """In whole pixels inside the picture, with a confidence in percent.

    The makers of the model take a score of a half for a face; the API takes 70 percent. The root of a score says both.
    """
    x1, y1 = max(0, round(face.left)), max(0, round(face.top))
    x2, y2 = min(width, round(face.right)), min(height, round(face.bottom))
    confidence = round(100 * math.sqrt(face.score), 2)
    return {"x1": x1, "y1": y1, "x2": x2, "y2": y2, "width": x2 - x1, "height": y2 - y1, "confidence": confidence}


def _sides(picture: Picture) -> dict[str, int]:
    return {"width": picture.size.width, "height": picture.size.height}
