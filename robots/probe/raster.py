"""Opens an image by the library that knows its type, header first; pixels are decoded only when asked for."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import pyvips
from PIL import Image, ImageOps

from robots.probe import exif
from robots.tools.images import bridge
from robots.tools.images.frames import Caps
from robots.tools.images.lab import refused, screened
from robots.tools.images.loaders import hardened
from robots.tools.images.measured import is_measured, shown

SMALL = 128
SVG_BYTES = 16 << 20
LOADERS = {
    "image/jpeg": "jpegload",
    "image/png": "pngload",
    "image/gif": "gifload",
    "image/webp": "webpload",
    "image/avif": "heifload",
    "image/tiff": "tiffload",
    "image/svg+xml": "svgload",
}
FORMATS = {
    "image/heic": "HEIF",
    "image/jxl": "JXL",
    "image/bmp": "BMP",
    "image/x-icon": "ICO",
    "image/vnd.adobe.photoshop": "PSD",
    "image/jp2": "JPEG2000",
    "image/x-jp2-codestream": "JPEG2000",
    "image/x-tga": "TGA",
    "image/x-sgi": "SGI",
    "image/x-pcx": "PCX",
    "image/x-icns": "ICNS",
    "image/qoi": "QOI",
    "image/vnd.ms-dds": "DDS",
    "image/x-portable-bitmap": "PPM",
    "image/x-portable-greymap": "PPM",
    "image/x-portable-pixmap": "PPM",
}
COLORSPACES = {"b-w": "Gray", "grey16": "Gray", "cmyk": "CMYK", "lab": "Lab", "labs": "Lab"}
MODES = {"1": "Gray", "L": "Gray", "LA": "Gray", "I": "Gray", "I;16": "Gray", "F": "Gray", "CMYK": "CMYK", "LAB": "Lab"}
IPTC_TAG, PHOTOSHOP_TAG, XMP_TAG = 33723, 34377, 700


class Raster(Protocol):
    """An image whose header has been read."""

    width: int
    height: int
    frames: int
    colorspace: str
    has_alpha: bool
    orientation: int
    iptc: bytes
    xmp: bytes

    @property
    def exif(self) -> Image.Exif:
        """The camera's notes; empty when there are none."""

    def small(self) -> Image.Image:
        """The first frame upright, as RGB or RGBA, at most some hundred pixels wide."""

    def shows_through(self) -> bool:
        """Whether any pixel of the first frame is not opaque."""


def opened(path: Path, mime: str) -> Raster | None:
    """The image, or nothing when this type is not read here."""
    hardened()
    if mime == "image/tiff":
        return _tiff(path, mime)
    if mime == "image/svg+xml":
        return SvgRaster(path, mime)
    if mime == "image/jpeg":
        return JpegRaster(path, mime)
    if mime in LOADERS:
        return VipsRaster(path, mime)
    return PillowRaster(path, FORMATS[mime]) if mime in FORMATS else None


def _tiff(path: Path, mime: str) -> Raster:
    try:
        return TiffRaster(path, mime)
    except pyvips.Error as error:
        if not refused(error):
            raise
        return LabRaster(path)


class VipsRaster:
    """What libvips reads, always by the loader of the type that was sniffed, never by its own guess."""

    def __init__(self, path: Path, mime: str) -> None:
        self.path = path
        self.loader = LOADERS[mime]
        self.header = self.load()
        self.width, self.height = int(self.header.width), int(self.header.height)
        self.frames = int(self.header.get("n-pages")) if self.header.get_typeof("n-pages") else 1
        self.colorspace = COLORSPACES.get(str(self.header.interpretation), "RGB")
        self.has_alpha = bool(self.header.hasalpha())
        # AVIF is turned by its own header: libvips knows whose word counts, the EXIF tag alone does not.
        self.orientation = int(self.header.get("orientation")) if self.header.get_typeof("orientation") else 0
        self.iptc, self.xmp = self.block("iptc-data"), self.block("xmp-data")

    @cached_property
    def exif(self) -> Image.Exif:
        return exif.parse(self.block("exif-data"))

    def load(self, **how: Any) -> pyvips.Image:
        read = getattr(pyvips.Image, self.loader)
        return read(str(self.path), access="sequential", **how)

    def block(self, name: str) -> bytes:
        return bytes(self.header.get(name)) if self.header.get_typeof(name) else b""

    def small(self) -> Image.Image:
        image = self.load(**self.shrink())
        image = (shown(image)[0] if is_measured(image) else image).colourspace("srgb")
        image = image.thumbnail_image(SMALL, height=SMALL, size="down")
        bands = min(image.bands, 4 if self.has_alpha else 3)
        pixels = image.extract_band(0, n=bands).cast("uchar").write_to_memory()
        return Image.frombytes("RGBA" if bands == 4 else "RGB", (image.width, image.height), pixels)

    def shrink(self) -> dict[str, Any]:
        """JPEG, WebP and SVG can be decoded at a smaller size, which costs a fraction."""
        longest = max(self.width, self.height, 1)
        if self.loader == "jpegload":
            return {"shrink": next(by for by in (8, 4, 2, 1) if by == 1 or longest / by >= SMALL)}
        if self.loader in {"webpload", "svgload"}:
            return {"scale": min(1.0, SMALL / longest)}
        return {}

    def shows_through(self) -> bool:
        alpha = self.load().colourspace("srgb")
        return bool(alpha.extract_band(alpha.bands - 1).min() < 255)


class JpegRaster(VipsRaster):
    """A JPEG. Pillow decodes it at an eighth of its size in less time, which is most of what a photo costs here."""

    def small(self) -> Image.Image:
        try:
            with Image.open(self.path, formats=("JPEG",)) as image:
                image.draft("RGB", (SMALL, SMALL))
                if image.mode in ("RGB", "L"):
                    image.thumbnail((SMALL, SMALL), Image.Resampling.BOX)
                    return ImageOps.exif_transpose(image).convert("RGB")
        except (OSError, Image.DecompressionBombError):
            pass  # libvips shows what there is of a picture that ends early
        return super().small()


class TiffRaster(VipsRaster):
    """A TIFF, whose notes are tags of its own."""

    def __init__(self, path: Path, mime: str) -> None:
        super().__init__(path, mime)
        self.tags = self._tags()
        self.iptc, self.xmp = self._bytes(PHOTOSHOP_TAG) or self._bytes(IPTC_TAG), self._bytes(XMP_TAG)

    @cached_property
    def exif(self) -> Image.Exif:
        return self.tags

    def _tags(self) -> Image.Exif:
        try:
            with Image.open(self.path, formats=("TIFF",)) as image:
                return exif.complete(image.getexif())
        except Exception:  # Pillow may not know a layout that libvips reads
            return Image.Exif()

    def _bytes(self, tag: int) -> bytes:
        value = self.tags.get(tag)
        return value if isinstance(value, bytes) else b""


class SvgRaster(VipsRaster):
    """A drawing. It is read from memory: without a place of its own it cannot point at other files."""

    def load(self, **how: Any) -> pyvips.Image:
        with self.path.open("rb") as file:
            drawing = file.read(SVG_BYTES + 1)
        if len(drawing) > SVG_BYTES:
            raise ValueError("the drawing is too long")
        return pyvips.Image.svgload_buffer(drawing, **how)


class PillowRaster:
    """What the libvips of this house lacks."""

    def __init__(self, path: Path, form: str) -> None:
        self.image = bridge.opened(path, form, Caps())
        self.width, self.height = self.image.size
        self.frames = 1
        self.colorspace = MODES.get(self.image.mode, "RGB")
        self.has_alpha = self.image.has_transparency_data
        # HEIC, JPEG XL and TIFF arrive upright, whatever their EXIF says.
        self.orientation = 0
        self.exif = exif.parse(self.image.info.get("exif") or b"")
        self.iptc = b""
        self.xmp = self.image.info.get("xmp") or b""

    @cached_property
    def pixels(self) -> Image.Image:
        """Decoded, unless one that is larger than the picture says hides in it."""
        with bridge.within(Caps(max(Caps().pixels, self.width * self.height))):
            self.image.load()
        return self.image

    def small(self) -> Image.Image:
        image = self.pixels.copy()
        image.thumbnail((SMALL, SMALL))
        return image.convert("RGBA" if self.has_alpha else "RGB")

    def shows_through(self) -> bool:
        lowest, _ = self.pixels.convert("RGBA").getchannel("A").getextrema()
        return isinstance(lowest, int) and lowest < 255


class LabRaster(PillowRaster):
    """A TIFF in colours that libvips does not read."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "TIFF")
        self.frames = getattr(self.image, "n_frames", 1)
        self.exif = exif.complete(self.image.getexif())

    def small(self) -> Image.Image:
        with self.image:
            image = screened(self.image)
        image.thumbnail((SMALL, SMALL))
        return image
