"""Draws the pages of a PDF as pictures."""

from __future__ import annotations

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


def load(path: Path, order: Order, form: Form, caps: Caps) -> Picture:
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise BadInput(_cause(error)) from error
    with document:
        wanted = chosen(order, form, len(document))
        drawn = [_drawn(document[number], order, caps) for number in wanted]
        picture = Picture(tuple(image for image, _ in drawn), "pdf", full=drawn[0][1])
        return first_only(picture, order, len(document), form)


def _drawn(page: pypdfium2.PdfPage, order: Order, caps: Caps) -> tuple[Image, Size]:
    """The page as large as it is needed, on transparent paper, and its size at the density asked for."""
    per_point = (order.density[0] if order.density else DENSITY) / POINTS_PER_INCH
    natural = Size(*(max(1, round(side * per_point)) for side in page.get_size()))
    scale = 1.0
    if not order.shapes and (order.width or order.height):
        scaled = fitted(order.resize_strategy, natural, (order.width, order.height), zoom=order.zoom).scaled
        scale = max(scaled.width / natural.width, scaled.height / natural.height)
    caps.check(round(natural.width * scale), round(natural.height * scale))
    bitmap = page.render(
        scale=per_point * scale, fill_color=(255, 255, 255, 0), rev_byteorder=True, force_bitmap_format=4
    )
    pixels = bytes(bitmap.buffer)
    image = Image.new_from_memory(pixels, bitmap.stride // 4, bitmap.height, 4, "uchar")
    return image.crop(0, 0, bitmap.width, bitmap.height).copy(interpretation="srgb").copy_memory(), natural


def _cause(error: Exception) -> str:
    if "password" in str(error).lower():
        return "The PDF is protected by a password."
    return "The PDF is damaged or ends early."
