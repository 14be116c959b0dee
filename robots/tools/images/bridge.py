"""Pillow reads and writes what the other library lacks: HEIC, JPEG XL, animated PNG and the old formats."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import PIL.Image
import PIL.ImageSequence
import pillow_heif
import pillow_jxl  # noqa: F401 - it registers itself with Pillow
from pyvips import Image

from robots.base.errors import BadInput, BadParams
from robots.tools.images import jxl
from robots.tools.images.formats import Form
from robots.tools.images.frames import Caps, chosen, first_only
from robots.tools.images.lab import screened
from robots.tools.images.order import Order
from robots.tools.images.picture import EIGHT_BITS, Picture, note, noted

READS = {"heic": "HEIF", "apng": "PNG", "avis": "AVIF"}
# What Pillow's modes become here; all others are converted to the nearest of these.
MODES = {"L": (1, "b-w"), "LA": (2, "b-w"), "RGB": (3, "srgb"), "RGBA": (4, "srgb"), "CMYK": (4, "cmyk")}
ORIENTATION = 0x0112
# Pages of different sizes are written here, too.
TIFF_COMPRESSION = {
    "LZW": "tiff_lzw",
    "Zip": "tiff_adobe_deflate",
    "Lossless": "tiff_adobe_deflate",
    "JPEG": "jpeg",
    "RLE": "packbits",
}
ICON = 256
STILL = "Only one frame of the animation was kept, for an animated JPEG XL can only be read as a still picture here."


def load(path: Path, kind: str, order: Order, form: Form, caps: Caps) -> Picture:
    moves = kind == "jxl" and _moves(path, order, caps)
    with opened(path, READS.get(kind, kind.upper()), caps) as file:
        count = getattr(file, "n_frames", 1)
        wanted = chosen(order, form, count)
        caps.check(file.width, file.height, len(wanted))
        frames, delays = [], []
        for number in wanted:
            if order.frame or len(wanted) > 1:  # else the file's own choice, which need not be the first
                file.seek(number)
            with within(caps):
                frames.append(brought(file, turned=kind != "jxl" or getattr(file, "jpeg", False)))
            delays.append(round(file.info.get("duration", 100)))
        loop = file.info.get("loop", 0)
        deep = file.mode.startswith("I") or file.info.get("bit_depth", 8) > 8
    timing = tuple(delays) if len(frames) > 1 else ()
    picture = first_only(Picture(tuple(frames), kind, delays=timing, loop=loop), order, count, form)
    losses = [*([STILL] if moves else []), *([EIGHT_BITS] if deep else [])]
    return replace(picture, losses=(*picture.losses, *losses))


def opened(path: Path, form: str, caps: Caps) -> PIL.Image.Image:
    """The header of a picture of any size; only of an icon all is decoded at once, whatever hides in it."""
    _ready()
    with within(caps) if form == "ICO" else nullcontext():
        return PIL.Image.open(path, formats=[form])


@contextmanager
def within(caps: Caps) -> Iterator[None]:
    """A picture may hold another one, as an icon does, that is larger than it says itself."""
    PIL.Image.MAX_IMAGE_PIXELS = caps.pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", PIL.Image.DecompressionBombWarning)
            yield
    except (PIL.Image.DecompressionBombWarning, PIL.Image.DecompressionBombError) as error:
        raise BadInput(
            f"The picture in this file has more pixels than the {caps.pixels:,} that are allowed."
        ) from error
    finally:
        PIL.Image.MAX_IMAGE_PIXELS = None


def _moves(path: Path, order: Order, caps: Caps) -> bool:
    """Whether a JPEG XL is an animation; its library decodes all frames and hands out only one of them."""
    header = jxl.header_of(path)
    caps.check(header.size.width, header.size.height)
    if header.animated and order.frame is not None:
        raise BadParams("frame: the frames of an animated JPEG XL cannot be read one by one.")
    return header.animated


def brought(picture: PIL.Image.Image, *, turned: bool) -> Image:
    """A Pillow picture as it is worked on here, with its profile and what its camera noted.

    `turned` says that the camera's note on orientation holds: JPEG XL has turned already what was no JPEG.
    """
    plain = picture if picture.mode in MODES else _plain(picture)
    bands, interpretation = MODES[plain.mode]
    image = Image.new_from_memory(plain.tobytes(), plain.width, plain.height, bands, "uchar")
    profile = None if picture.mode == "LAB" else picture.info.get("icc_profile")
    made = noted(image.copy(interpretation=interpretation), icc_profile_data=profile)
    made = noted(made, exif_data=picture.info.get("exif"), xmp_data=picture.info.get("xmp"))
    orientation = picture.getexif().get(ORIENTATION, 1) if turned else 1
    return noted(made, orientation=orientation) if orientation > 1 else made


def carried(image: Image) -> PIL.Image.Image:
    """The other way: pixels of 8 bits for Pillow."""
    flat = image if image.format == "uchar" else image.colourspace("srgb" if image.bands > 2 else "b-w").cast("uchar")
    mode = "CMYK" if flat.interpretation == "cmyk" else {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[flat.bands]
    return PIL.Image.frombytes(mode, (flat.width, flat.height), bytes(flat.write_to_memory()))


def save(picture: Picture, target: Path, form: Form, ext: str, order: Order) -> None:
    _ready()
    pictures = [_suited(carried(frame), form, ext) for frame in picture.frames]
    how: dict[str, Any] = {"quality": order.quality} if form.name in {"heif", "jxl", "pdf", "avif"} else {}
    if form.name == "jxl" and (order.quality == 100 or order.compress == "Lossless"):
        how = {"lossless": True}  # to its library the best of the other qualities is a mistake
    if order.density:
        how |= {"resolution": order.density[0]} if form.name == "pdf" else {"dpi": order.density}
    if form.name == "tiff":
        how |= {"compression": TIFF_COMPRESSION.get(order.compress or "None", "raw")}
    if form.name == "ico":
        how |= {"sizes": [_icon(pictures[0])]}
    if len(pictures) > 1:
        how |= {"save_all": True, "append_images": pictures[1:]}
    if picture.delays:
        how |= {"duration": list(picture.delays), "loop": picture.loop}
    name = "PNG" if form.name == "apng" else form.name.upper()
    pictures[0].save(target, name, **how, **_notes(picture.frames[0], form, order))


def _notes(image: Image, form: Form, order: Order) -> dict[str, Any]:
    """Profile, XMP and EXIF for the formats that hold them."""
    if order.strip:
        return {}
    notes: dict[str, Any] = {}
    if form.profile and (profile := note(image, "icc-profile-data")):
        notes["icc_profile"] = bytes(profile)
    if form.xmp and (xmp := note(image, "xmp-data")):
        notes["xmp"] = bytes(xmp)
    if form.exif and (data := note(image, "exif-data")):
        exif = PIL.Image.Exif()
        exif.load(bytes(data))
        exif[ORIENTATION] = note(image, "orientation", 1)
        notes["exif"] = exif.tobytes()
    return notes


def _suited(picture: PIL.Image.Image, form: Form, ext: str) -> PIL.Image.Image:
    """In a mode that the format can hold."""
    if not form.alpha and picture.mode in {"LA", "RGBA"}:
        return picture.convert("L" if picture.mode == "LA" else "RGB")
    if ext in {"pgm", "pbm"}:
        return picture.convert("L" if ext == "pgm" else "1")
    if (form.name == "heif" and picture.mode == "L") or (form.name in {"heif", "sgi"} and picture.mode == "LA"):
        return picture.convert("RGB" if picture.mode == "L" else "RGBA")
    return picture


def _icon(picture: PIL.Image.Image) -> tuple[int, int]:
    if max(picture.size) > ICON:
        raise BadParams(f"format: an ico has at most {ICON} pixels a side; give a width and a height.")
    return picture.size


def _plain(picture: PIL.Image.Image) -> PIL.Image.Image:
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    if picture.mode == "LAB":
        return screened(picture)
    if picture.mode in {"1", "F"}:
        return picture.convert("L")
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


@cache
def _ready() -> None:
    """The caps are checked here, before anything is decoded."""
    PIL.Image.MAX_IMAGE_PIXELS = None
    pillow_heif.register_heif_opener()
    PIL.Image.init()
