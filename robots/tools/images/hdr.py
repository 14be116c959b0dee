"""Brings the colours of PQ and HLG to the brightness of ordinary screens, instead of letting them come out pale."""

from __future__ import annotations

from typing import Any

import numpy as np
from pyvips import Image

from robots.tools.images.picture import joined, noted, split, top

PQ, WIDE, P3 = 16, 9, 12  # a curve and two sets of primaries as H.273 numbers them; the other curve is HLG
# The white of paper in cd/m², and the brightest that is told from what is brighter still: BT.2408 and BT.2100.
PAPER, BRIGHTEST = 203.0, 1000.0
LUMA = [[0.2627, 0.6780, 0.0593]]
TO_BT709 = {
    WIDE: [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]],
    P3: [[1.2249, -0.2247, 0.0], [-0.0420, 1.0419, 0.0], [-0.0197, -0.0786, 1.0979]],
}


def to_screen(frame: Image, curve: int, primaries: int) -> Image:
    """The frame in sRGB, of the depth that it has; it must have the three colours."""
    colors, alpha = split(frame)
    light = _light(colors, curve) / PAPER
    light = light.recomb(TO_BT709[primaries]) if primaries in TO_BT709 else light
    screen = _bent(light).copy(interpretation="scrgb").colourspace("rgb16" if frame.format == "ushort" else "srgb")
    return noted(joined(screen, alpha), icc_profile_data=None)


def _light(colors: Image, curve: int) -> Image:
    """What a screen for it would shine with, in cd/m²."""
    codes = np.linspace(0.0, 1.0, top(colors) + 1)
    light = colors.maplut(Image.new_from_array((_pq if curve == PQ else _hlg)(codes)[None]))
    return light if curve == PQ else light * light.recomb(LUMA) ** 0.2 * BRIGHTEST


def _pq(codes: Any) -> Any:
    """By SMPTE ST 2084."""
    root = codes ** (1 / 78.84375)
    return 10_000 * (np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)) ** (1 / 0.1593017578125)


def _hlg(codes: Any) -> Any:
    """What the camera saw, from 0 to 1, by BT.2100; a screen shows it with more contrast."""
    return np.where(codes <= 0.5, codes**2 / 3, (np.exp((codes - 0.55991073) / 0.17883277) + 0.28466892) / 12)


def _bent(light: Image) -> Image:
    """By the rule of Reinhard, after which BRIGHTEST is white; all three channels by as much, so that no hue turns."""
    red, green, blue = light.bandsplit()
    most = red.maxpair(green).maxpair(blue).maxpair(0.0)
    return light * ((most * (PAPER / BRIGHTEST) ** 2 + 1) / (most + 1))
