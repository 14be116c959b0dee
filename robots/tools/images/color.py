"""Steps that change what pixels mean: the working space, colour spaces and types."""

from __future__ import annotations

from collections.abc import Iterator

import PIL.Image
import pyvips
from pyvips import Image

from robots.base.article import an
from robots.tools.images.bridge import carried
from robots.tools.images.formats import Form
from robots.tools.images.order import Order
from robots.tools.images.picture import EIGHT_BITS, Picture, joined, note, noted, opaque, split, top

GRAY = {"Gray"}
INK = {"CMYK", "CMY"}
LAB = {"Lab"}
# Spaces in which every format keeps its pixels anyway.
SCREEN = {"RGB", "sRGB", "scRGB", "Undefined", "Transparent", "YCbCr", "Rec601YCbCr", "Rec709YCbCr", "YCC"}
INK_FORMS = {"jpeg", "tiff"}
NATIVE = {"srgb", "b-w"}
DEEP = {"rgb16", "grey16"}
PLAIN_PROFILES = (b"sRGB", "sRGB".encode("utf-16-be"))  # names in profiles that say what is assumed without one


def working(picture: Picture, order: Order, form: Form) -> Picture:
    """sRGB of 8 bits for steps that look at colours; else profile, depth and gray stay where the format holds them."""
    keeps_profile = order.plain and form.profile and not order.strip
    keeps_depth = order.plain and form.deep
    for sentence in _losses(picture.frames[0], order, keeps_profile, keeps_depth):
        picture = picture.losing(sentence)
    return picture.each(lambda frame: _managed(frame, order.plain, keeps_profile, keeps_depth))


def _losses(frame: Image, order: Order, keeps_profile: bool, keeps_depth: bool) -> Iterator[str]:
    """What of the colours goes that nobody asked to leave out."""
    profile = bytes(note(frame, "icc-profile-data", b""))
    if frame.interpretation == "cmyk":
        if order.colorspace is None and order.type is None:
            yield "The inks of the picture (CMYK) became sRGB; `colorspace` can keep them in a jpeg or tiff."
    elif profile and not keeps_profile and not order.strip and not any(name in profile for name in PLAIN_PROFILES):
        yield "The colours of the picture's own profile became sRGB, and the brightest of them may be paler."
    if frame.format != "uchar" and not (keeps_depth and frame.format == "ushort"):
        yield EIGHT_BITS


def _managed(frame: Image, plain: bool, keeps_profile: bool, keeps_depth: bool) -> Image:
    inks = frame.interpretation == "cmyk"
    if inks or (note(frame, "icc-profile-data") and not keeps_profile):
        frame = _converted(frame, inks, 16 if keeps_depth and frame.format == "ushort" else 8)
    native = NATIVE | DEEP if keeps_depth else NATIVE
    if frame.interpretation not in native or frame.format not in {"uchar", "ushort"}:
        frame = frame.colourspace("b-w" if frame.interpretation == "grey16" else "srgb")
    return frame if plain or frame.bands > 2 else frame.colourspace("srgb")


def _converted(frame: Image, inks: bool, depth: int) -> Image:
    """By its profile; a broken one, or one for other channels, is left out."""
    how = {"input_profile": "cmyk"} if inks else {}
    try:
        made = frame.icc_transform("srgb", embedded=True, intent="relative", depth=depth, **how).copy_memory()
    except pyvips.Error:
        made = frame.colourspace("srgb") if inks else frame.copy()
    return noted(made, icc_profile_data=None)


def spaced(picture: Picture, order: Order, form: Form) -> Picture:
    """In the colour space asked for, as far as files can be written in it."""
    space = order.colorspace
    if order.type in {"ColorSeparation", "ColorSeparationAlpha"}:
        space = "CMYK"
    if space is None or space in SCREEN:
        return picture.each(opaque) if space == "Transparent" else picture
    if space in GRAY:
        return picture.each(gray)
    if space in INK and form.name in INK_FORMS:
        keeps_alpha = order.type == "ColorSeparationAlpha"
        picture = picture if keeps_alpha else _closed(picture, space, form)
        return picture.each(lambda frame: _inked(frame, keeps_alpha=keeps_alpha))
    if space in LAB and form.name == "tiff":
        return _closed(picture, space, form).each(_measured)
    return picture.losing(f"The picture is stored as sRGB, for {an(form.name)} holds no {space}.")


def typed(picture: Picture, order: Order, form: Form) -> Picture:
    """With the channels that a type has."""
    match order.type:
        case "Bilevel":
            return picture.each(bilevel)
        case "Grayscale":
            return picture.each(lambda frame: split(gray(frame))[0])
        case "GrayscaleAlpha":
            return picture.each(lambda frame: opaque(gray(frame)))
        case "TrueColor":
            return picture.each(lambda frame: split(frame)[0])
        case "TrueColorAlpha":
            return picture.each(opaque)
        case "Palette":
            return picture.each(lambda frame: reduced(split(frame)[0]))
        case "PaletteAlpha":
            return picture.each(lambda frame: reduced(opaque(frame)))
    return picture


def monochrome(picture: Picture, order: Order) -> Picture:
    """Black and white dots."""
    return picture.each(lambda frame: bilevel(frame).colourspace("srgb")) if order.monochrome else picture


def gray(frame: Image) -> Image:
    return frame if frame.bands < 3 else frame.colourspace("b-w")


def bilevel(frame: Image) -> Image:
    """Black and white only, with the error spread to the neighbours, so that grays stay grays from afar."""
    light, alpha = split(gray(frame))
    dots = carried(light).convert("1").convert("L")
    made = Image.new_from_memory(dots.tobytes(), dots.width, dots.height, 1, "uchar").copy(interpretation="b-w")
    return _like(frame, joined(made, alpha))


def reduced(frame: Image) -> Image:
    """At most 256 colours."""
    few = carried(frame).quantize(256, method=PIL.Image.Quantize.FASTOCTREE, dither=PIL.Image.Dither.FLOYDSTEINBERG)
    colors = few.convert("RGBA" if frame.hasalpha() else "RGB")
    made = Image.new_from_memory(colors.tobytes(), colors.width, colors.height, len(colors.mode), "uchar")
    return _like(frame, made.copy(interpretation="srgb"))


def _closed(picture: Picture, space: str, form: Form) -> Picture:
    """Says so where something can no longer be seen through."""
    alphas = [alpha for _, alpha in map(split, picture.frames) if alpha is not None]
    if not any(alpha.min() < top(alpha) for alpha in alphas):
        return picture
    return picture.losing(f"Transparency was lost, for {an(form.name)} of {space} has none here.")


def _inked(frame: Image, *, keeps_alpha: bool) -> Image:
    colors, alpha = split(frame)
    inks = colors.icc_transform("cmyk", input_profile="srgb", embedded=False, intent="relative")
    return joined(inks, alpha if keeps_alpha else None)


def _measured(frame: Image) -> Image:
    """Lab in 8 bits, as seen in the light that a TIFF takes for granted, which is warmer than that of screens."""
    colors, _ = split(frame if frame.bands > 2 else frame.colourspace("srgb"))
    lab = colors.icc_import(pcs="lab", input_profile="srgb", embedded=False, intent="relative")
    return noted(lab.colourspace("labq"), icc_profile_data=None)


def _like(frame: Image, made: Image) -> Image:
    """New pixels with the metadata of the old ones."""
    kept = ("exif-data", "xmp-data", "iptc-data", "icc-profile-data", "orientation")
    notes = {name.replace("-", "_"): note(frame, name) for name in kept}
    return noted(made.copy(xres=frame.xres, yres=frame.yres), **notes)
