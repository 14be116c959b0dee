"""The metadata of an image."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from robots.probe import color, exif, iptc, placeholder, xmp
from robots.probe.raster import Raster, opened

ON_ITS_SIDE = range(5, 9)


def read(path: Path, mime: str, wanted: Collection[str], max_pixels: int) -> dict[str, Any]:
    """All keys; those that need pixels are left out when the image has more than `max_pixels`.

    `wanted` adds dominant_colors, blurhash and thumbhash.
    """
    image = opened(path, mime)
    if image is None:
        return {}
    meta = {**xmp.read(image.xmp), **iptc.read(image.iptc), **exif.read(image.exif), **_shape(image)}
    if mime == "image/svg+xml":
        meta |= _view_box(path)
    if image.width * image.height <= max_pixels:
        meta |= _seen(image, wanted)
    return meta


def see(path: Path, mime: str, wanted: Collection[str]) -> dict[str, Any]:
    """Only the keys that need pixels."""
    image = opened(path, mime)
    return _seen(image, wanted) if image else {}


def _shape(image: Raster) -> dict[str, Any]:
    """Width and height are those of the upright picture, as people and the robots see it."""
    width, height = image.width, image.height
    meta: dict[str, Any] = {"frame_count": image.frames, "colorspace": image.colorspace}
    if image.orientation:
        meta["orientation"] = image.orientation
    if image.orientation in ON_ITS_SIDE:
        width, height = height, width
    meta |= {"width": width, "height": height, "has_clipping_path": iptc.has_clipping_path(image.iptc)}
    return {**meta, "aspect_ratio": f"{width / height:.3f}"} if height else meta


def _seen(image: Raster, wanted: Collection[str]) -> dict[str, Any]:
    small = image.small()
    meta: dict[str, Any] = {
        "average_color": color.average(small),
        "has_transparency": image.has_alpha and image.shows_through(),
    }
    if "dominant_colors" in wanted:
        meta["dominant_colors"] = color.dominant(small)
    if "blurhash" in wanted:
        meta["blurhash"] = placeholder.blurhash(small)
    if "thumbhash" in wanted:
        meta["thumbhash"] = placeholder.thumbhash(small)
    return meta


def _view_box(path: Path) -> dict[str, Any]:
    """The size of a drawing's own coordinates, from its root element."""
    try:
        _, root = next(iter(ElementTree.iterparse(path, events=("start",))))
        _, _, width, height = map(float, root.get("viewBox", "").replace(",", " ").split())
    except (ParseError, DefusedXmlException, ValueError, StopIteration):
        return {}
    return {"svgViewBoxWidth": _plain(width), "svgViewBoxHeight": _plain(height)}


def _plain(number: float) -> float | int:
    return int(number) if number.is_integer() else round(number, 3)
