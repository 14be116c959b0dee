"""Tells pictures that are brighter than ordinary screens, of which only the ordinary part is read here."""

from __future__ import annotations

import re
from pathlib import Path

from robots.tools.images.kinds import HEAD
from robots.tools.images.picture import Picture, note

# In the names of the XMP that goes with a gain map, which come in both cases, and of the items of a HEIF file that hold
# one. An expression that itself bears both cases takes ten times as long.
GAIN_MAP = re.compile(rb"hdr-?gain-?map")
MAPPED = re.compile(rb"infe.{8}tmap", re.DOTALL)
# The curves of PQ and HLG, as files of HEIF and PNG write their numbers.
CURVE = re.compile(rb"colrnclx..\0[\x10\x12]|cICP.[\x10\x12]", re.DOTALL)
HEADED = {"avif", "avis", "heic", "png", "apng"}


def dimmed(picture: Picture, path: Path, kind: str) -> Picture:
    """The picture, with what it says of that if it is one."""
    notes = bytes(note(picture.frames[0], "xmp-data", b""))
    head = _head(path) if kind in HEADED else b""
    if GAIN_MAP.search(notes.lower()) or GAIN_MAP.search(head.lower()) or MAPPED.search(head):
        return picture.losing("The picture is in standard range now: what makes it brighter on HDR screens is gone.")
    if CURVE.search(head):
        return picture.losing("The picture is HDR, and looks paler now than on the screens that it was made for.")
    return picture


def _head(path: Path) -> bytes:
    """What stands before the pixels of a PNG, and the beginning of all others."""
    with path.open("rb") as file:
        return file.read(HEAD).partition(b"IDAT")[0]
