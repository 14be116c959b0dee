"""Tells pictures that are brighter than ordinary screens, and brings them to what such screens show."""

from __future__ import annotations

import re
from pathlib import Path

from robots.tools.images.hdr import to_screen
from robots.tools.images.kinds import HEAD
from robots.tools.images.picture import Picture, note, split

# In the names of the XMP that goes with a gain map, which come in both cases, and of the items of a HEIF file that hold
# one. An expression that itself bears both cases takes ten times as long.
GAIN_MAP = re.compile(rb"hdr-?gain-?map")
MAPPED = re.compile(rb"infe.{8}tmap", re.DOTALL)
# Primaries, and the curves of PQ and HLG, as files of HEIF and PNG write their numbers.
CURVE = re.compile(rb"(?:colrnclx\0(.)\0|cICP(.))([\x10\x12])", re.DOTALL)
DIMMED = "The picture was HDR, and has the brightness and the colours of ordinary screens now."
HEADED = {"avif", "avis", "heic", "png", "apng"}


def dimmed(picture: Picture, path: Path, kind: str) -> Picture:
    """The picture, with what it lost by that if it is one."""
    notes = bytes(note(picture.frames[0], "xmp-data", b""))
    head = _head(path) if kind in HEADED else b""
    if GAIN_MAP.search(notes.lower()) or GAIN_MAP.search(head.lower()) or MAPPED.search(head):
        return picture.losing("The picture is in standard range now: what makes it brighter on HDR screens is gone.")
    found = CURVE.search(head)
    if found is None or split(picture.frames[0])[0].bands != 3:
        return picture
    (primaries,), (curve,) = found[1] or found[2], found[3]
    shown = picture.each(lambda frame: to_screen(frame, curve, primaries))
    return shown.losing(DIMMED)


def _head(path: Path) -> bytes:
    """What stands before the pixels of a PNG, and the beginning of all others."""
    with path.open("rb") as file:
        return file.read(HEAD).partition(b"IDAT")[0]
