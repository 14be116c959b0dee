"""Order: what a picture shall become, in the words of the API."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from robots.base.fields import Color, Crop, Gravity, Position, ResizeStrategy, Side, WatermarkStrategy, rgba


class Region(BaseModel):
    """An ellipse inside this rectangle, in pixels of the result."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    x: Side
    y: Side
    width: Side
    height: Side


class Text(BaseModel):
    """One piece of text and where it stands."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    text: str = Field(
        description="What to write; it may have several lines. ${use.text_1} is what stands in a file with `as: text`."
    )
    font: str = Field("Arial", description="A font of this server; others are replaced by the one that comes along.")
    size: int = Field(12, ge=1, le=5000, description="The height of the font in pixels.")
    rotate: int = Field(0, description="Degrees, clockwise.")
    color: Color = Field("#000000", description="The colour of the letters.")
    background_color: Color = Field("transparent", description="The colour of the box behind the text.")
    stroke_width: int = Field(0, ge=0, le=500, description="The width of the outline round each letter, in pixels.")
    stroke_color: Color = Field("transparent", description="The colour of the outline.")
    align: Literal["center", "left", "right"] = Field("center", description="Where the text stands from left to right.")
    valign: Literal["bottom", "center", "top"] = Field("center", description="Where it stands from top to bottom.")
    x_offset: int = Field(0, description="Pixels to the right of that place.")
    y_offset: int = Field(0, description="Pixels below that place.")
    gravity: Position | None = Field(None, description="Both alignments in one word.")

    @property
    def position(self) -> str:
        return self.gravity or f"{self.valign}-{self.align}"


class Order(BaseModel):
    """All that can be asked for at once; the defaults change nothing but what a browser would show wrong."""

    model_config = ConfigDict(frozen=True)

    format: str | None = None
    width: int | None = None
    height: int | None = None
    resize_strategy: ResizeStrategy = "fit"
    zoom: bool = True
    crop: Crop | None = None
    gravity: Gravity = "center"
    frame: int | None = None
    rotation: bool | float = True
    trim_whitespace: bool = False
    shave: tuple[int, int] = (0, 0)
    density: tuple[float, float] | None = None
    cropbox: bool = True  # of a PDF: only what its pages are to show, or all that is on them
    smooth: bool = True  # of a PDF: whether edges are softened while they are drawn

    background: str = "#FFFFFF"
    flatten: bool = True
    alpha: str | None = None
    preclip_alpha: str | None = None
    transparent: str | None = None
    clip: str | bool = False

    correct_gamma: bool = False
    colorspace: str | None = None
    type: str | None = None
    sepia: int | None = None
    brightness: float = 1
    saturation: float = 1
    hue: float = 100
    contrast: float = 1
    negate: bool = False
    monochrome: bool = False
    blur: str | None = None
    blur_regions: tuple[Region, ...] = ()
    clut: str | None = None

    watermarks: tuple[str, ...] = ()
    watermark_position: tuple[Position, ...] = ("center",)
    watermark_x_offset: int = 0
    watermark_y_offset: int = 0
    watermark_size: str | None = None
    watermark_resize_strategy: WatermarkStrategy = "fit"
    watermark_opacity: float = 1
    watermark_repeat_x: bool = False
    watermark_repeat_y: bool = False
    text: tuple[Text, ...] = ()

    strip: bool = False
    quality: int = 92
    progressive: bool = False
    adaptive_filtering: bool = False
    compress: str | None = None

    @property
    def plain(self) -> bool:
        """Whether no step looks at colours, so that profile, depth and gray may stay as they are."""
        touched = (
            self.recolours
            or self.watermarks
            or self.text
            or self.clip
            or self.alpha
            or self.preclip_alpha
            or self.transparent
            or self.colorspace
            or self.type
        )
        red, green, blue, _ = rgba(self.background)
        return not touched and red == green == blue

    @property
    def recolours(self) -> bool:
        modulated = (self.brightness, self.saturation, self.hue, self.contrast) != (1, 1, 100, 1)
        blurred = self.blur or self.blur_regions
        return bool(modulated or blurred or self.sepia or self.negate or self.monochrome or self.clut)

    @property
    def shows_all(self) -> bool:
        """Whether the scaled picture has the average colour of the one in the file."""
        return not (self.shapes or self.correct_gamma or self.frame is not None)

    @property
    def shapes(self) -> bool:
        """Whether pixels are looked at before the picture is scaled, so that it must be read in full."""
        cut = self.crop or self.resize_strategy == "crop"
        return bool(cut or self.trim_whitespace or self.clip)
