"""Wish: how a picture shall be optimised."""

from __future__ import annotations

import struct
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wish:
    """In a hurry or not, coarse first or not, with its metadata or not; a PNG with all its colours or not."""

    quick: bool = True
    progressive: bool = False
    keeps_notes: bool = True
    lossy: bool = False


def upright_note(orientation: int) -> bytes:
    """EXIF that says nothing but how the camera was held: without it a stripped photo would lie on its side."""
    return b"MM\0\x2a" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
