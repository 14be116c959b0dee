"""Resizes, crops, rotates, recolours, marks and converts images."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from robots.base.errors import BadInput, BadParams, ToolFailed
from robots.base.fields import Color, Crop, Gravity, Position, ResizeStrategy, Side, WatermarkSize, WatermarkStrategy
from robots.base.file import File
from robots.base.params import Param, Params
from robots.base.robot import RoleRobot
from robots.base.workspace import Workspace
from robots.tools.http import HttpClient
from robots.tools.images.formats import FORMS
from robots.tools.images.order import Order, Region, Text
from robots.tools.vips import LIBRARIES, Images, Made

WATERMARK_BYTES = 100 << 20
DENSEST = 25_000  # dots per inch
SOFTEST = 1000  # pixels, which is what libvips can do

Alpha = Literal[
    "Activate", "Background", "Copy", "Deactivate", "Extract", "Off",
    "On", "Opaque", "Remove", "Set", "Shape", "Transparent",
]  # fmt: skip
Colorspace = Literal[
    "CMY", "CMYK", "Gray", "HCL", "HCLp", "HSB", "HSI", "HSL", "HSV", "HWB", "Jzazbz", "Lab", "LCHab", "LCHuv", "LMS",
    "Log", "Luv", "OHTA", "OkLab", "OkLCH", "Rec601YCbCr", "Rec709YCbCr", "RGB", "scRGB", "sRGB", "Transparent",
    "Undefined", "xyY", "XYZ", "YCbCr", "YCC", "YDbDr", "YIQ", "YPbPr", "YUV",
]  # fmt: skip
Type = Literal[
    "Bilevel", "ColorSeparation", "ColorSeparationAlpha", "Grayscale", "GrayscaleAlpha",
    "Palette", "PaletteAlpha", "TrueColor", "TrueColorAlpha",
]  # fmt: skip
Compress = Literal["BZip", "Fax", "Group4", "JPEG", "JPEG2000", "Lossless", "LZW", "None", "RLE", "Zip"]


def _format(value: Any) -> Any:
    """Upper case and a dot in front do no harm."""
    if not isinstance(value, str):
        return value
    ext = value.strip().lower().removeprefix(".")
    if ext not in FORMS:
        raise ValueError(f"{ext or 'an empty string'} cannot be written; known are {', '.join(sorted(FORMS))}")
    return ext


def _yes(value: Any) -> Any:
    """Where a string may be something else than yes or no: a number of degrees, or a name."""
    return {"true": True, "auto": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _listed(value: Any) -> Any:
    """One alone is a list of one."""
    return [value] if isinstance(value, str | Mapping) else value


class ImageResizeParams(Params):
    """What can be asked of an image."""

    format: Annotated[str | None, BeforeValidator(_format)] = Param(
        None, "The format of the result, such as jpg, png, webp, avif or gif; without it that of the input."
    )
    width: Side | None = Param(
        None, "Width of the result in pixels; without it that of the input, or what height asks."
    )
    height: Side | None = Param(None, "Height of the result in pixels; likewise.")
    resize_strategy: ResizeStrategy = Param("fit", "How the image fits into width and height.")
    zoom: bool = Param(True, "Whether smaller images are enlarged.")
    crop: Crop | None = Param(None, "The rectangle to cut out, with corners in pixels or percentages.")
    gravity: Gravity = Param("center", "The part that stays when something is cut; attention and entropy look for it.")
    frame: Annotated[int, Field(ge=1)] | None = Param(None, "The one frame or page to take, counted from 1.")
    rotation: Annotated[bool | float, BeforeValidator(_yes)] = Param(
        True, "Degrees, clockwise; true turns the image upright as its camera noted, false leaves it."
    )
    trim_whitespace: bool = Param(False, "Cuts off the border that has the colour of the corner, before all else.")
    shave: Annotated[int, Field(ge=0)] | Annotated[str, Field(pattern=r"^\d+(x\d+)?$")] | None = Param(
        None, "Pixels to cut off at each side: one number, or width x height."
    )
    density: Annotated[str, Field(pattern=r"^\d+(x\d+)?$")] | None = Param(
        None, "Dots per inch, for drawings and documents as they are read, and noted in the result."
    )

    background: Color = Param("#FFFFFF", "What shows where the image is transparent or does not reach.")
    flatten: bool = Param(True, "Puts transparent images on the background, unless that is transparent or they move.")
    alpha: Alpha | None = Param(None, "What to do with the alpha channel.")
    preclip_alpha: Alpha | None = Param(None, "The same, before the clipping path is applied.")
    transparent: Color | Annotated[str, Field(pattern=r"^\d+,\d+,\d+$")] | None = Param(
        None, "The colour that becomes transparent, also as three numbers."
    )
    clip: Annotated[bool | str, BeforeValidator(_yes)] = Param(
        False, "Lets other operations work inside the clipping path: the first, or that of a name."
    )

    correct_gamma: bool = Param(
        False, "Mixes light instead of numbers when scaling: slower, but bright details survive."
    )
    colorspace: Colorspace | None = Param(None, "The colour space of the result, where its format can hold it.")
    type: Type | None = Param(None, "The channels and depth of the result.")
    sepia: Annotated[int, Field(ge=0, le=99)] | None = Param(None, "The brown of old photographs, in percent.")
    brightness: float = Param(1, "Multiplies the lightness.", ge=0)
    saturation: float = Param(1, "Multiplies the saturation.", ge=0)
    hue: float = Param(100, "Turns the colours: 0 and 200 give the opposite ones.", ge=0)
    contrast: float = Param(1, "Multiplies the distance from middle gray.", ge=0, le=2)
    negate: bool = Param(False, "Turns colours into their opposites.")
    monochrome: bool = Param(False, "Black and white dots.")
    blur: Annotated[str, Field(pattern=r"^\d+(\.\d+)?x\d+(\.\d+)?$")] | None = Param(
        None, "Radius and sigma of a blur; a radius of 0 is chosen to fit."
    )
    blur_regions: list[Region] | None = Param(None, "Ellipses to blur, instead of all.")
    clut: bool = Param(False, "Looks colours up in the file that is tagged clut.")

    watermark_url: str | None = Param(None, "Where to fetch an image to lay over this one; or tag one as watermark.")
    watermark_position: Annotated[list[Position], BeforeValidator(_listed), Field(min_length=1)] = Param(
        ["center"], "Where the watermark lies; of a list one is drawn by lot."
    )
    watermark_x_offset: int = Param(0, "Pixels away from the edge it lies at, towards the middle.")
    watermark_y_offset: int = Param(0, "Likewise, vertically.")
    watermark_size: WatermarkSize | None = Param(None, "Size of the watermark in percent of the image.")
    watermark_resize_strategy: WatermarkStrategy = Param(
        "fit", "What the percentage measures: the longer side, the shorter (min_fit), both (stretch), or the area."
    )
    watermark_opacity: float = Param(1, "From 0, not to be seen, to 1.", ge=0, le=1)
    watermark_repeat_x: bool = Param(False, "Repeats the watermark from left to right.")
    watermark_repeat_y: bool = Param(False, "Repeats the watermark from top to bottom.")
    watermark_position_x: int | None = Param(None, "The old name of watermark_x_offset.", hidden=True)
    watermark_position_y: int | None = Param(None, "The old name of watermark_y_offset.", hidden=True)
    text: Annotated[list[Text], BeforeValidator(_listed)] | None = Param(None, "Texts to write over the image.")

    strip: bool = Param(False, "Removes EXIF, colour profile and all other metadata.")
    quality: int = Param(92, "From 1 to 100; for a PNG how hard it is compressed.", ge=1, le=100)
    progressive: bool = Param(False, "Lets browsers show a coarse image first.")
    adaptive_filtering: bool = Param(False, "Tries harder to make a PNG small.")
    compress: Compress | None = Param(None, "How pixels are compressed, mostly in a TIFF.")
    imagemagick_stack: Annotated[str, Field(pattern=r"^v?[23](\.\d+)?(\.\d+)?$")] = Param(
        "v3", "Accepted and without effect."
    )
    stack: str | None = Param(None, "Accepted and without effect.", hidden=True)

    @field_validator("density")
    @classmethod
    def density_leaves_something(cls, given: str | None) -> str | None:
        if given and not all(1 <= dots <= DENSEST for dots in _pair(given)):
            raise ValueError(f"must be from 1 to {DENSEST}")
        return given

    @field_validator("blur")
    @classmethod
    def blur_can_be_done(cls, given: str | None) -> str | None:
        if given and float(given.partition("x")[2]) > SOFTEST:
            raise ValueError(f"the sigma must be at most {SOFTEST}")
        return given


class ImageResizeRobot(RoleRobot[ImageResizeParams]):
    """Makes a new image of an image, or of a page of a PDF."""

    name = "/image/resize"
    accepts = ("image", "pdf", "application/pdf", "image/svg+xml")
    work = "image"
    starts_early = True
    tools = LIBRARIES
    main = "base"
    roles = ("watermark", "clut", "text")
    example = {"thumbs": {"robot": "/image/resize", "use": ":original", "width": 200, "height": 200}}

    def work_on(self, files: Sequence[File], workspace: Workspace) -> AsyncIterator[File]:
        try:
            return super().work_on(files, workspace)
        except BadInput as error:
            raise BadInput(error.message, self.error("NO_INPUT_FILE")) from error

    async def run(self, file: File, others: Mapping[str, Sequence[File]], workspace: Workspace) -> AsyncIterator[File]:
        if others["clut"] and not self.params.clut:
            workspace.warn("The file that is tagged clut was left out, for `clut` is not true.")
        order = self._order(await self._watermarks(others["watermark"], workspace), self._clut(others["clut"]))
        target = workspace.fresh(file.name)
        made = await self._made(file, target, order, workspace)
        for sentence in made.losses:
            workspace.warn(sentence)
        # A picture that still lies on its side is told as it is shown, as all files are, by who looks at it.
        size = {} if order.rotation is False else {"width": made.width, "height": made.height}
        yield file.made(target, made.ext, **size, **made.seen)

    async def _made(self, file: File, target: Path, order: Order, workspace: Workspace) -> Made:
        try:
            return await workspace.tool(Images).resize(file.bytes, target, order, file.ext)
        except (BadInput, ToolFailed) as error:
            if error.code != type(error).code:
                raise
            raise type(error)(error.message, self.error("ERROR"), **error.details) from error

    async def _watermarks(self, tagged: Sequence[File], workspace: Workspace) -> list[Path]:
        url = self.params.watermark_url
        if not url:
            return [file.bytes for file in tagged]
        target = workspace.fresh("watermark")
        await workspace.tool(HttpClient).fetch(url, target, limit=WATERMARK_BYTES)
        return [*(file.bytes for file in tagged), target]

    def _clut(self, tagged: Sequence[File]) -> Path | None:
        if not self.params.clut:
            return None
        if not tagged:
            raise BadParams('clut: no file is tagged with "as": "clut".', self.error("NO_CLUT_FILE"))
        return tagged[0].bytes

    def _order(self, watermarks: Sequence[Path], clut: Path | None) -> Order:
        """The parameters, in the types that the children want."""
        p = self.params
        same = {name: getattr(p, name) for name in Order.model_fields if name in ImageResizeParams.model_fields}
        return Order(
            **{
                **same,
                "shave": _pair(p.shave or 0),
                "density": _pair(p.density) if p.density else None,
                "blur_regions": tuple(p.blur_regions or ()),
                "text": tuple(p.text or ()),
                "watermarks": tuple(map(str, watermarks)),
                "watermark_x_offset": p.watermark_x_offset or p.watermark_position_x or 0,
                "watermark_y_offset": p.watermark_y_offset or p.watermark_position_y or 0,
                "clut": str(clut) if clut else None,
            }
        )


def _pair(value: str | int) -> tuple[int, int]:
    """ "20x10", "20" or 20 as two numbers."""
    first, _, second = str(value).partition("x")
    return int(first), int(second or first)
