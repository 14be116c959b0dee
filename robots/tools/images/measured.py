"""Measured: gray pictures of 32 bits, such as heights, where no rule says which value is white."""

from __future__ import annotations

import math

from pyvips import Image

FRACTIONS = {"float", "double"}
MEASURED = FRACTIONS | {"int", "uint"}
WHITE = 65535


def is_measured(frame: Image) -> bool:
    return frame.bands == 1 and frame.format in MEASURED


def shown(frame: Image) -> tuple[Image, str]:
    """Such a picture in 16 bits, and what is told of it: from 0 to 1 or 255 as others count, else all its values."""
    usual = (1, 255) if frame.format in FRACTIONS else (255,)
    frame = (frame.abs() < math.inf).ifthenelse(frame, math.nan).copy_memory()
    low, high = frame.min(), frame.max()
    if low >= 0:
        low, high = next(((0, white) for white in usual if high <= white), (low, high))
    scale = WHITE / (high - low) if high > low else 0
    made = ((frame - low) * scale + 0.5).cast("ushort").copy(interpretation="grey16")
    told = f"The picture has 32 bits a channel: its values from {low:g} to {high:g} are black to white now."
    return made, told
