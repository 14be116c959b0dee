"""The formats in which pictures are written, by the extension that asks for them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Form:
    """One format and what it can hold.

    `engine` says which library writes it; `many` is what it does with several frames: it plays them, shows them as
    pages, or holds only one.
    """

    name: str
    engine: str = "pillow"
    alpha: bool = True
    profile: bool = False
    deep: bool = False
    many: str = "one"
    exif: bool = False
    xmp: bool = False


JPEG = Form("jpeg", "vips", alpha=False, profile=True, exif=True, xmp=True)
PNG = Form("png", "vips", profile=True, exif=True, deep=True, xmp=True)
APNG = Form("apng", profile=True, exif=True, many="play")
GIF = Form("gif", "vips", many="play")
WEBP = Form("webp", "vips", profile=True, exif=True, many="play", xmp=True)
TIFF = Form("tiff", "vips", profile=True, deep=True, many="pages", xmp=True)
AVIF = Form("avif", "vips", profile=True, exif=True, xmp=True)
AVIS = Form("avif", profile=True, exif=True, many="play", xmp=True)
HEIC = Form("heif", profile=True, exif=True, xmp=True)
JXL = Form("jxl", exif=True)  # a profile would be dropped by its library
JP2 = Form("jpeg2000")
NETPBM = Form("ppm", alpha=False)

FORMS: dict[str, Form] = {
    "jpg": JPEG,
    "jpeg": JPEG,
    "jpe": JPEG,
    "jfif": JPEG,
    "png": PNG,
    "gif": GIF,
    "webp": WEBP,
    "tif": TIFF,
    "tiff": TIFF,
    "avif": AVIF,
    "heic": HEIC,
    "heif": HEIC,
    "jxl": JXL,
    "jp2": JP2,
    "j2k": JP2,
    "jpx": JP2,
    "bmp": Form("bmp", alpha=False),
    "ico": Form("ico"),
    "tga": Form("tga"),
    "pcx": Form("pcx", alpha=False),
    "sgi": Form("sgi"),
    "ppm": NETPBM,
    "pnm": NETPBM,
    "pgm": NETPBM,
    "pbm": NETPBM,
    "eps": Form("eps", alpha=False),
    "pdf": Form("pdf", alpha=False, many="pages"),
}

# The extension that a kind of file is written with again, where it is not the kind itself.
OWN = {
    "jpeg": "jpg",
    "apng": "png",
    "avis": "avif",
    "tiff": "tiff",
    "heic": "heic",
    "jpeg2000": "jp2",
    "ppm": "ppm",
}


def written_as(kind: str, ext: str, wanted: str | None) -> str:
    """The extension of the result: the wanted one, else that of the source if it is true, else the kind's own."""
    if wanted:
        return wanted
    own = OWN.get(kind, kind)
    if own not in FORMS:
        return "png"
    return ext if FORMS.get(ext) is FORMS[own] else own


def form_of(kind: str, ext: str) -> Form:
    """The format behind an extension; an animated PNG or AVIF stays one."""
    moving = {"apng": (PNG, APNG), "avis": (AVIF, AVIS)}
    still, played = moving.get(kind, (None, APNG))
    return played if FORMS[ext] is still else FORMS[ext]
