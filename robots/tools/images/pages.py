"""Draws the pages of a PDF as pictures."""

from __future__ import annotations

import math
from pathlib import Path

import pypdfium2
from pyvips import Image

from robots.base.errors import BadInput
from robots.base.geometry import Size, fitted
from robots.tools.images.formats import Form
from robots.tools.images.frames import Caps, chosen, first_only
from robots.tools.images.order import Order
from robots.tools.images.picture import Picture

POINTS_PER_INCH = 72.0
DENSITY = 150.0  # dots per inch of a page for which neither a size nor a density is given
POSTER = 25_000_000  # pixels, as many as the largest picture of a page can have
EVERYWHERE = (-1e6, -1e6, 1e6, 1e6)  # a crop box is cut to the paper, so this one is the paper
JAGGED = {"no_smoothtext": True, "no_smoothimage": True, "no_smoothpath": True}


def load(path: Path, order: Order, form: Form, caps: Caps) -> Picture:
    with opened(path) as document:
        wanted = chosen(order, form, len(document))
        drawn = [_drawn(_page(document, number, order), order, caps) for number in wanted]
        picture = Picture(tuple(image for image, _ in drawn), "pdf", full=tuple(natural for _, natural in drawn))
        return first_only(picture, order, len(document), form)


def opened(path: Path) -> pypdfium2.PdfDocument:
    """The document; what its forms were filled with is drawn as well."""
    try:
        document = pypdfium2.PdfDocument(path)
        document.init_forms()
    except pypdfium2.PdfiumError as error:
        raise BadInput(_cause(error)) from error
    return document


def _page(document: pypdfium2.PdfDocument, number: int, order: Order) -> pypdfium2.PdfPage:
    """A crop box that leaves nothing of the paper is passed over, as readers do."""
    page = document[number]
    if order.cropbox and min(page.get_size()) > 0:
        return page
    page.set_cropbox(*EVERYWHERE)
    page.close()  # its size is looked up when it is opened
    return document[number]


def _drawn(page: pypdfium2.PdfPage, order: Order, caps: Caps) -> tuple[Image, Size]:
    """The page as large as it is needed, on transparent paper, and its size at the density asked for."""
    across, down = (dots / POINTS_PER_INCH for dots in order.density or (DENSITY, DENSITY))
    width, height = page.get_size()
    natural = Size(max(1, round(width * across)), max(1, round(height * down)))
    most = _enough(natural, order, caps)
    scale = most if order.shapes else _scale(natural, order)
    scale = scale if order.smooth else max(most, scale)
    image = _rendered(page, natural, scale, order, caps)
    if order.trim_whitespace and order.crop is None and most == 1 and (inked := _inked(image)):
        growth = _scale(inked, order)
        image = _rendered(page, natural, growth, order, caps) if growth > 1 else image
    return image, natural


def _enough(natural: Size, order: Order, caps: Caps) -> float:
    """How large a page is drawn that will be smaller in the end: in full, but a poster has more dots than allowed."""
    pixels = natural.width * natural.height
    needs_all = order.density or order.crop or order.resize_strategy == "crop" or not (order.width or order.height)
    return 1.0 if needs_all or pixels <= caps.pixels else math.sqrt(min(POSTER, caps.pixels // 2) / pixels)


def _scale(natural: Size, order: Order) -> float:
    """How much larger a page must be drawn than its density asks for, to be scaled no more."""
    if not (order.width or order.height) or order.resize_strategy == "crop":
        return 1.0
    scaled = fitted(order.resize_strategy, natural, (order.width, order.height), zoom=order.zoom).scaled
    return max(scaled.width / natural.width, scaled.height / natural.height)


def _rendered(page: pypdfium2.PdfPage, natural: Size, scale: float, order: Order, caps: Caps) -> Image:
    size = natural.scaled(scale, scale)
    caps.check(size.width, size.height)
    width, height = page.get_size()
    finest = max(size.width / width, size.height / height)
    bitmap = page.render(
        scale=finest,
        fill_color=(255, 255, 255, 0),
        rev_byteorder=True,
        force_bitmap_format=4,
        **({} if order.smooth else JAGGED),
    )
    image = Image.new_from_memory(bytes(bitmap.buffer), bitmap.stride // 4, bitmap.height, 4, "uchar")
    image = image.crop(0, 0, bitmap.width, bitmap.height).copy(interpretation="srgb")
    if order.density and order.density[0] != order.density[1]:
        image = image.resize(size.width / bitmap.width, vscale=size.height / bitmap.height).cast("uchar")
    return image.copy_memory()


def _inked(image: Image) -> Size | None:
    """The part of a page on which there is something."""
    _, _, width, height = image[3].find_trim(threshold=0, background=[0], line_art=True)
    return Size(width, height) if width else None


def _cause(error: Exception) -> str:
    if "password" in str(error).lower():
        return "The PDF is protected by a password."
    return "The PDF is damaged or ends early."
