"""Writes text upon a picture."""

from __future__ import annotations

from functools import partial
from html import escape
from pathlib import Path

import pyvips
from pyvips import Image

from robots.base.errors import BadParams
from robots.base.fields import RGBA, rgba
from robots.base.geometry import corner
from robots.tools.images.order import Order, Text
from robots.tools.images.picture import Picture, joined, size
from robots.tools.images.watermark import laid

FONT_FILE = Path(__file__).parent.parent / "fonts" / "LiberationSans-Regular.ttf"
FONT = "Liberation Sans"
STANDS_FOR = {"arial", "helvetica", "liberation sans"}  # the bundled font has the same measures
POINT = 72  # dots per inch at which a point is a pixel
ALIGNED = {"left": "low", "center": "centre", "right": "high"}
BAD_TEXT = "IMAGE_RESIZE_INVALID_TEXT_VALUE"


def written(picture: Picture, order: Order) -> Picture:
    for text in order.text:
        if not text.text.strip():
            continue
        letters = mask_of(text)
        label = drawn(text, letters)
        if substituted(text, letters):
            picture = picture.losing(f"The font is {FONT}, for there is no {text.font[:60]} on this server.")
        left, top = corner(size(label), picture.size, text.position)
        left, top = left + text.x_offset, top + text.y_offset
        if not (-label.width < left < picture.size.width and -label.height < top < picture.size.height):
            picture = picture.losing("A text cannot be seen: its offsets put it outside the picture.")
            continue
        if label.width > picture.size.width or label.height > picture.size.height:
            picture = picture.losing("A text is cut off, for it is larger than the picture.")
        picture = picture.each(partial(laid, layer=label, left=left, top=top))
    return picture


def drawn(text: Text, letters: Image) -> Image:
    """The text with outline, box and rotation, on nothing."""
    edge = text.stroke_width
    letters = letters.embed(edge, edge, letters.width + 2 * edge, letters.height + 2 * edge)
    label = filled(letters.new_from_image(255), rgba(text.background_color))
    if edge and rgba(text.stroke_color)[3]:
        label = label.composite2(filled(_grown(letters, edge), rgba(text.stroke_color)), "over").cast("uchar")
    label = label.composite2(filled(letters, rgba(text.color)), "over").cast("uchar")
    return _turned(label, text.rotate % 360).copy_memory()


def mask_of(text: Text) -> Image:
    """The letters as a mask. They are words, not markup, and those of other scripts come from the server's fonts."""
    family = FONT if text.font.lower() in STANDS_FOR else f"{text.font.replace(',', ' ')}, {FONT}"
    try:
        return Image.text(
            escape(text.text, quote=False),
            font=f"{family} {text.size}",
            fontfile=str(FONT_FILE),
            dpi=POINT,
            align=ALIGNED[text.align],
        ).copy_memory()
    except pyvips.Error as error:
        raise BadParams("text: it is too large, or holds nothing that can be drawn.", BAD_TEXT) from error


def substituted(text: Text, letters: Image) -> bool:
    """Whether its letters are those of the font that comes along, which stands in for fonts that are not there."""
    return text.font.lower() not in STANDS_FOR and _same(letters, mask_of(text.model_copy(update={"font": FONT})))


def _same(one: Image, other: Image) -> bool:
    return size(one) == size(other) and float((one - other).abs().max()) == 0


def _grown(letters: Image, edge: int) -> Image:
    """The mask, thicker by the width of the outline: all that is no farther from a letter."""
    distance = (letters > 127).fill_nearest(distance=True)[1]["distance"]
    return ((distance * -1 + edge + 0.5) * 255).cast("uchar")


def filled(mask: Image, color: RGBA) -> Image:
    *channels, alpha = color
    colors = mask.new_from_image(channels).copy(interpretation="srgb")
    return joined(colors, (mask * (alpha / 255)).rint())


def _turned(label: Image, angle: int) -> Image:
    if angle == 0:
        return label
    return label.premultiply().rotate(angle).unpremultiply().cast("uchar")
