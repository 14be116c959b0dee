"""Steps that change colours: light, saturation, hue, contrast, sepia, negative, blur, lookup tables."""

from __future__ import annotations

import math
from pathlib import Path

from pyvips import Image

from robots.base.errors import BadParams
from robots.tools.images.frames import Caps
from robots.tools.images.load import first
from robots.tools.images.order import Order, Region
from robots.tools.images.picture import Picture, on_colors, split

FULL = 255.0
DEFAULT_BLUR = "0x8"  # for regions without a strength: nothing under it can be read
BAD_REGION = "IMAGE_RESIZE_INVALID_BLUR_REGION"


def modulated(picture: Picture, order: Order) -> Picture:
    """Brightness, saturation and hue, as multipliers in hue, saturation and lightness."""
    if (order.brightness, order.saturation, order.hue) == (1, 1, 100):
        return picture
    return picture.each(lambda frame: on_colors(frame, lambda colors: _modulated(colors, order)))


def _modulated(colors: Image, order: Order) -> Image:
    red, green, blue = (band / FULL for band in colors.bandsplit())
    high, low = red.maxpair(green).maxpair(blue), red.minpair(green).minpair(blue)
    light, chroma = (high + low) / 2, high - low
    # The largest chroma that this lightness allows; saturation is the part of it that is used.
    room = ((light * 2 - 1).abs() * -1 + 1).maxpair(_constant(light, 1e-6))
    saturation = (chroma / room * order.saturation).minpair(_constant(light, 1))
    light = (light * order.brightness).minpair(_constant(light, 1))
    chroma = saturation * ((light * 2 - 1).abs() * -1 + 1)
    hue = (_hue(red, green, blue, high, high - low) + (order.hue - 100) / 100 * 3 + 6) % 6
    low = light - chroma / 2
    faces = [(hue - 3).abs() - 1, (hue - 2).abs() * -1 + 2, (hue - 4).abs() * -1 + 2]
    bands = [(low + chroma * _clamped(face)) * FULL for face in faces]
    return (bands[0].bandjoin(bands[1:]) + 0.5).copy(interpretation="srgb")


def _hue(red: Image, green: Image, blue: Image, high: Image, chroma: Image) -> Image:
    """Where on the wheel of six colours; gray is at red."""
    room = chroma.maxpair(_constant(chroma, 1e-6))
    by_red = ((green - blue) / room + 6) % 6
    by_green, by_blue = (blue - red) / room + 2, (red - green) / room + 4
    return (high == red).ifthenelse(by_red, (high == green).ifthenelse(by_green, by_blue))


def _clamped(image: Image) -> Image:
    return image.maxpair(_constant(image, 0)).minpair(_constant(image, 1))


def _constant(like: Image, value: float) -> Image:
    return like.new_from_image(value)


def contrasted(picture: Picture, order: Order) -> Picture:
    """Away from the middle gray, or towards it."""
    if order.contrast == 1:
        return picture
    shift = FULL / 2 * (1 - order.contrast)
    return picture.each(lambda frame: on_colors(frame, lambda colors: colors * order.contrast + (shift + 0.5)))


def negated(picture: Picture, order: Order) -> Picture:
    return picture.each(lambda frame: on_colors(frame, lambda colors: colors.invert())) if order.negate else picture


def sepia(picture: Picture, order: Order) -> Picture:
    """The brown of old photographs; the percentage is the light at which a channel is full."""
    if not order.sepia:
        return picture
    table = _sepia_table(order.sepia / 100 * FULL)
    return picture.each(lambda frame: on_colors(frame, lambda colors: _looked_up(colors.colourspace("b-w"), table)))


def _looked_up(light: Image, table: Image) -> Image:
    return light.maplut(table).copy(interpretation="srgb")


def _sepia_table(threshold: float) -> Image:
    least = threshold / 7
    tones = []
    for light in range(256):
        red = FULL if light > threshold else light + FULL - threshold
        green = FULL if light > threshold * 7 / 6 else light + FULL - threshold * 7 / 6
        blue = 0 if light < threshold / 6 else light - threshold / 6
        tones += [round(red), round(max(green, least)), round(max(blue, least))]
    return Image.new_from_memory(bytes(tones), 256, 1, 3, "uchar")


def looked_up(picture: Picture, order: Order, caps: Caps) -> Picture:
    """Each channel's value is looked up in the colours along the diagonal of a second picture."""
    if order.clut is None:
        return picture
    colors = split(first(Path(order.clut), caps).colourspace("srgb"))[0]
    table = [colors(*(round(step / 255 * (side - 1)) for side in (colors.width, colors.height))) for step in range(256)]
    values = bytes(round(value) for color in table for value in color)
    lut = Image.new_from_memory(values, 256, 1, 3, "uchar")
    return picture.each(lambda frame: on_colors(frame, lambda colors: colors.maplut(lut)))


def blurred(picture: Picture, order: Order) -> Picture:
    strength = order.blur or DEFAULT_BLUR
    if order.blur_regions:
        return picture.each(lambda frame: _blurred_in(frame, order.blur_regions, strength))
    return picture.each(lambda frame: soft(frame, strength)) if order.blur else picture


def soft(frame: Image, strength: str) -> Image:
    """Gauss's bell of this sigma, cut off at the radius if there is one; hidden colours do not bleed."""
    radius, sigma = map(float, strength.split("x"))
    if sigma == 0:
        return frame
    least = min(max(math.exp(-(radius**2) / (2 * sigma**2)), 0.01), 0.9) if radius else 0.2
    if not frame.hasalpha():
        return frame.gaussblur(sigma, min_ampl=least).copy_memory()
    return frame.premultiply().gaussblur(sigma, min_ampl=least).unpremultiply().cast(frame.format).copy_memory()


def _blurred_in(frame: Image, regions: tuple[Region, ...], strength: str) -> Image:
    """Blurred inside ellipses. One that misses the picture is a fault: what it should hide would be seen elsewhere."""
    for region in regions:
        if region.x >= frame.width or region.y >= frame.height:
            raise BadParams(f"blur_regions: {region.x}, {region.y} lies outside the picture.", BAD_REGION)
    ellipses = "".join(
        f'<ellipse cx="{region.x + region.width / 2}" cy="{region.y + region.height / 2}"'
        f' rx="{region.width / 2}" ry="{region.height / 2}"/>'
        for region in regions
    )
    return drawn_mask(ellipses, frame.width, frame.height).ifthenelse(soft(frame, strength), frame, blend=True)


def drawn_mask(shapes: str, width: int, height: int) -> Image:
    """White where the shapes are."""
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">{shapes}</svg>'
    return Image.svgload_buffer(drawing.encode()).extract_band(3)
