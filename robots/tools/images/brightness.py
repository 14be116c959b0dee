"""Tells pictures that are brighter than ordinary screens, of which only the ordinary part is read here."""

from __future__ import annotations

import re
from pathlib import Path

from robots.tools.images.kinds import HEAD
from robots.tools.images.picture import Picture, note

# In the names of the XMP that goes with a gain map, and of the items of a HEIF file that hold one.
GAIN_MAP = re.compile(rb"hdr-?gain-?map|infe.{8}tmap", re.DOTALL | re.IGNORECASE)
# The curves of PQ and HLG, as files of HEIF and PNG write their numbers.
CURVE = re.compile(rb"colrnclx..\0[\x10\x12]|cICP.[\x10\x12]", re.DOTALL)
HEADED = {"avif", "avis", "heic", "png", "apng"}


def dimmed(picture: Picture, path: Path, kind: str) -> Picture:
    """The picture, with what it says of that if it is one."""
    notes = bytes(note(picture.frames[0], "xmp-data", b""))
    head = _head(path) if kind in HEADED else b""
    if GAIN_MAP.search(notes) or GAIN_MAP.search(head):
        return picture.losing("The picture is in standard range now: what makes it brighter on HDR screens is gone.")
    if CURVE.search(head):
        return picture.losing("The picture is HDR, and looks paler now than on the screens that it was made for.")
    return picture


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD)
