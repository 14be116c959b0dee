"""Writes a picture in its format, and looks whether it arrived."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import PIL.Image
import pyvips
from pyvips import Image

from robots.base.article import an
from robots.base.errors import BadParams, ToolFailed
from robots.base.geometry import Size
from robots.tools.images import bridge
from robots.tools.images.formats import Form
from robots.tools.images.jpeg import encoded
from robots.tools.images.order import Order
from robots.tools.images.picture import Picture, note, noted, size
from robots.tools.images.shape import on_canvas

MILLIMETRES_PER_INCH = 25.4
ANIMATION_EFFORT = 3  # more takes twice the time and gains a few percent
AVIF_EFFORT = 2
BILEVEL_TYPES = {"Bilevel"}
LONGEST = {"jpeg": 65535, "webp": 16383, "avif": 16384, "gif": 65535, "heif": 16384}

# How TIFF says what `compress` asks for; the fax methods hold black and white only.
TIFF_COMPRESSION = {
    "None": "none",
    "LZW": "lzw",
    "Zip": "deflate",
    "JPEG": "jpeg",
    "RLE": "packbits",
    "Lossless": "deflate",
    "Fax": "ccittfax4",
    "Group4": "ccittfax4",
}


def save(picture: Picture, target: Path, form: Form, ext: str, order: Order) -> Picture:
    """The picture with what its format cost it."""
    longest = LONGEST.get(form.name)
    if longest and max(picture.size.width, picture.size.height) > longest:
        raise BadParams(f"format: {an(form.name)} has at most {longest} pixels a side.")
    if lost := [] if order.strip else _unwritten(picture.frames[0], form):
        told = f"What is noted of the picture was left behind, for {an(form.name)} holds no {' and no '.join(lost)}."
        picture = picture.losing(told)
    even = len({size(frame) for frame in picture.frames}) == 1
    if form.many == "play" and not even:
        picture = _evened(picture, order)
    try:
        if form.engine == "vips" and (even or form.many == "play"):
            WRITERS[form.name](_joined(picture, order), target, order)
        else:
            bridge.save(picture, target, form, ext, order)
    except (pyvips.Error, OSError, ValueError, KeyError) as error:
        raise ToolFailed(f"The picture could not be written as {ext}.") from error
    _check(picture, target, form)
    return picture


def _unwritten(image: Image, form: Form) -> list[str]:
    """The kinds of notes that a picture has and its format has not."""
    kinds = {"EXIF": form.exif, "XMP": form.xmp}
    return [kind for kind, held in kinds.items() if note(image, f"{kind.lower()}-data") and not held]


def _evened(picture: Picture, order: Order) -> Picture:
    """Pages of different sizes in the middle of one that holds the largest, for they shall be played."""
    sizes = [size(frame) for frame in picture.frames]
    canvas = Size(max(side.width for side in sizes), max(side.height for side in sizes))
    return picture.each(lambda frame: on_canvas(frame, canvas, "center", order.background))


def _joined(picture: Picture, order: Order) -> Image:
    """All frames as one tall picture with the notes that the writers look for."""
    # The small picture that a camera keeps beside the large one would show what was cut off or blurred.
    frames = [noted(_dense(frame, order.density), jpeg_thumbnail_data=None) for frame in picture.frames]
    if len(frames) == 1:
        return noted(frames[0], delay=None, loop=None, page_height=None)
    tall = noted(Image.arrayjoin(frames, across=1), page_height=frames[0].height)
    return noted(tall, delay=list(picture.delays), loop=picture.loop) if picture.delays else tall


def _dense(frame: Image, density: tuple[float, float] | None) -> Image:
    if density is None:
        return frame
    across, down = (dots / MILLIMETRES_PER_INCH for dots in density)
    return frame.copy(xres=across, yres=down)


def _keep(order: Order) -> str:
    return "none" if order.strip else "all"


def _jpeg(image: Image, target: Path, order: Order) -> None:
    made = None if order.progressive else encoded(image, order.quality, _keep(order))
    if made is not None:
        target.write_bytes(made)
        return
    image.jpegsave(str(target), Q=order.quality, interlace=order.progressive, optimize_coding=True, keep=_keep(order))


def _png(image: Image, target: Path, order: Order) -> None:
    how: dict[str, Any] = {}
    if order.monochrome or order.type in BILEVEL_TYPES:
        image = image.colourspace("b-w") if image.bands > 2 else image
        how = {"bitdepth": 1} if not image.hasalpha() else {}
    elif order.type in {"Palette", "PaletteAlpha"}:
        how = {"palette": True, "effort": 1}
    image.pngsave(
        str(target),
        compression=min(9, order.quality // 10),
        interlace=order.progressive,
        filter="all" if order.adaptive_filtering else "none",
        keep=_keep(order),
        **how,
    )


def _gif(image: Image, target: Path, order: Order) -> None:
    image.gifsave(
        str(target),
        effort=ANIMATION_EFFORT,
        interlace=order.progressive,
        keep_duplicate_frames=True,
        keep=_keep(order),
    )


def _webp(image: Image, target: Path, order: Order) -> None:
    image.webpsave(str(target), Q=order.quality, lossless=order.compress == "Lossless", keep=_keep(order))


def _avif(image: Image, target: Path, order: Order) -> None:
    image.heifsave(
        str(target),
        Q=order.quality,
        compression="av1",
        bitdepth=8,
        effort=AVIF_EFFORT,
        lossless=order.compress == "Lossless",
        keep=_keep(order),
    )


def _tiff(image: Image, target: Path, order: Order) -> None:
    compression = TIFF_COMPRESSION.get(order.compress or "None", "none")
    how: dict[str, Any] = {}
    if compression == "ccittfax4" or order.monochrome or order.type in BILEVEL_TYPES:
        image = image.colourspace("b-w").extract_band(0)
        how = {"bitdepth": 1}
    image.tiffsave(str(target), compression=compression, Q=order.quality, predictor="none", keep=_keep(order), **how)


WRITERS: dict[str, Callable[[Image, Path, Order], None]] = {
    "jpeg": _jpeg,
    "png": _png,
    "gif": _gif,
    "webp": _webp,
    "avif": _avif,
    "tiff": _tiff,
}


def _check(picture: Picture, target: Path, form: Form) -> None:
    """The file is there, opens, and has the size that was computed."""
    if form.name in {"pdf", "eps"}:
        if not target.stat().st_size:
            raise ToolFailed("The picture could not be written.")
        return
    if (found := _seen(target, form)) != picture.size:
        raise ToolFailed(f"The picture came out as {found.width} × {found.height} pixels instead of {picture.size}.")


def _seen(target: Path, form: Form) -> Size:
    try:
        with PIL.Image.open(target) as made:
            return Size(*made.size)
    except PIL.UnidentifiedImageError:
        if form.name != "tiff":
            raise
        return size(Image.tiffload(str(target)))  # Pillow knows few TIFFs with transparency
