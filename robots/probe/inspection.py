"""What the warm child does for the prober: type and metadata of one file in one call."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from robots.base.errors import BadInput
from robots.probe import document, image, mime, office, tags
from robots.probe.bounds import bounded
from robots.probe.text import stamp

KINDS = ("image", "video", "audio")


def sniff(path: str, name: str) -> dict[str, Any]:
    """The type alone."""
    told = mime.sniff(Path(path), name)
    kind = told.partition("/")[0]
    return {"mime": told, "type": kind if kind in KINDS and told != mime.SEGMENT else None, "meta": {}}


def inspect(path: str, name: str, wanted: list[str], max_pixels: int) -> dict[str, Any]:
    """The type, and all metadata that needs no other program; an image that cannot be read is an `error`."""
    place = Path(path)
    found = sniff(path, name)
    meta = {"date_file_modified": stamp(datetime.fromtimestamp(place.stat().st_mtime, UTC))}
    if found["type"] != "image":
        return {**found, "meta": bounded({**meta, **_told(place, found["mime"])})}
    try:
        return {**found, "meta": bounded({**meta, **image.read(place, found["mime"], wanted, max_pixels)})}
    except BadInput as error:
        return {**found, "error": error.message}
    except Exception:  # the libraries raise their own kinds for damaged images
        return {**found, "error": _damaged(found["mime"])}


def inspect_all(files: list[list[str]], wanted: list[str], max_pixels: int) -> list[dict[str, Any] | None]:
    """The same for several small files, by their paths and names; None where something is wrong."""
    return [_sound(path, name, wanted, max_pixels) for path, name in files]


def see(path: str, mime: str, wanted: list[str]) -> dict[str, Any]:
    """What the pixels of an image add to its metadata, whose size was found to be bearable."""
    try:
        return {"meta": image.see(Path(path), mime, wanted)}
    except Exception:  # likewise
        return {"error": _damaged(mime)}


def _sound(path: str, name: str, wanted: list[str], max_pixels: int) -> dict[str, Any] | None:
    try:
        found = inspect(path, name, wanted, max_pixels)
    except Exception:  # asked for alone, it is told what
        return None
    return None if "error" in found else found


def _damaged(mime: str) -> str:
    form = mime.removeprefix("image/").removesuffix("+xml").upper()
    return f"The {form} image is damaged or ends early: it cannot be read."


def _told(path: Path, told: str) -> dict[str, Any]:
    if told == "application/pdf":
        return document.read(path)
    if told in mime.PARTS.values():
        return office.read(path)
    return tags.read(path) if told.startswith("audio/") else {}
