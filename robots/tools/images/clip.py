"""Clipping paths: finds them in the file, and keeps what other steps do inside them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace

from pyvips import Image

from robots.tools.images.effects import drawn_mask
from robots.tools.images.order import Order
from robots.tools.images.picture import Picture, note, noted, opaque

MARK = b"8BIM"
PATHS = range(2000, 2998)
RECORD = 26
CLOSED, OPEN = 0, 3
CLOSED_KNOTS, OPEN_KNOTS = {1, 2}, {4, 5}
UNIT = 1 << 24  # coordinates are fixed-point parts of the picture's side
BLOCKS = ("photoshop-data", "iptc-data")


def mask_of(picture: Picture, order: Order) -> Picture | None:
    """White inside the path that `clip` names, as a picture that the other steps can shape likewise."""
    if order.clip is False:
        return None
    frame = picture.frames[0]
    found = [(name, data) for name, data in paths(frame) if order.clip is True or name == order.clip]
    if not found:
        return None
    mask = drawn_mask(
        f'<path fill-rule="evenodd" d="{outline(found[0][1], frame.width, frame.height)}"/>', *_sides(frame)
    )
    mask = noted(mask.copy(interpretation="b-w"), orientation=note(frame, "orientation"))
    return Picture((mask,), picture.kind)


def inside(mask: Picture, before: Picture, after: Picture) -> Picture:
    """What was done holds inside the path; outside all is as it was before."""
    return replace(
        after, frames=tuple(map(lambda old, new: _mixed(mask.frames[0], old, new), before.frames, after.frames))
    )


def paths(frame: Image) -> Iterator[tuple[str, bytes]]:
    """The names and records of all paths in a picture, in the order of the file."""
    for block in BLOCKS:
        if data := note(frame, block):
            yield from resources(bytes(data))


def resources(block: bytes) -> Iterator[tuple[str, bytes]]:
    """Photoshop's image resources: mark, number, padded name, length, padded data."""
    at = block.find(MARK)
    while at >= 0 and at + 12 <= len(block):
        number, name_length = struct.unpack_from(">HB", block, at + 4)
        data = at + 6 + (name_length + 2) // 2 * 2
        if data + 4 > len(block):
            return
        (length,) = struct.unpack_from(">I", block, data)
        if data + 4 + length > len(block):
            return
        if number in PATHS:
            name = block[at + 7 : at + 7 + name_length].decode("latin-1")
            yield name, block[data + 4 : data + 4 + length]
        at = block.find(MARK, data + 4 + length)


def outline(records: bytes, width: int, height: int) -> str:
    """The path in SVG's words."""
    drawn, knots = [], list[tuple[float, ...]]()
    for at in range(0, len(records) - RECORD + 1, RECORD):
        (selector,) = struct.unpack_from(">H", records, at)
        if selector in {CLOSED, OPEN}:
            drawn.append(_curve(knots))
            knots = []
        elif selector in CLOSED_KNOTS | OPEN_KNOTS:
            parts = struct.unpack_from(">6i", records, at + 2)
            sides = (height, width) * 3
            knots.append(tuple(part / UNIT * side for part, side in zip(parts, sides, strict=True)))
    drawn.append(_curve(knots))
    return " ".join(filter(None, drawn))


def _curve(knots: list[tuple[float, ...]]) -> str:
    """Knots hold the point that leads in, the anchor, and the point that leads out, each as y and x."""
    if not knots:
        return ""
    curves = [
        f"C{before[5]:.2f},{before[4]:.2f} {knot[1]:.2f},{knot[0]:.2f} {knot[3]:.2f},{knot[2]:.2f}"
        for before, knot in zip(knots, [*knots[1:], knots[0]], strict=True)
    ]
    return f"M{knots[0][3]:.2f},{knots[0][2]:.2f} {' '.join(curves)} Z"


def _sides(frame: Image) -> tuple[int, int]:
    return frame.width, frame.height


def _mixed(mask: Image, old: Image, new: Image) -> Image:
    if old.hasalpha() or new.hasalpha():
        old, new = opaque(old), opaque(new)
    return mask.ifthenelse(new, old, blend=True)
