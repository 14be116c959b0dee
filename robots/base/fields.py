"""Parameter types that many robots share: colours, positions, crops, percentages, strategies."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from robots.base.geometry import Box, Size

ResizeStrategy = Literal["crop", "fillcrop", "fit", "min_fit", "pad", "stretch"]
Position = Literal[
    "bottom", "bottom-left", "bottom-right", "center", "left", "right", "top", "top-left", "top-right"
]  # fmt: skip
Gravity = Position | Literal["attention", "entropy"]

Side = Annotated[int, Field(ge=1, le=25000)]

NAMES = "transparent|none|black|white|red|green|blue|yellow|cyan|magenta|gray|grey|opaque"
# Colours of images: #rgb, #rrggbb or a name.
Color = Annotated[str, Field(pattern=rf"^(#?[0-9a-fA-F]{{3}}([0-9a-fA-F]{{3}})?|{NAMES})$")]
# Colours of videos: rrggbb or rrggbbaa, where an alpha of 00 is transparent.
VideoColor = Annotated[str, Field(pattern=r"^#?[0-9a-fA-F]{6}([0-9a-fA-F]{2})?$")]
# How large a watermark is, in parts of its image.
WatermarkSize = Annotated[str, Field(pattern=r"^\d+%$")]
WatermarkStrategy = Literal["area", "fit", "min_fit", "stretch"]
# Where a picture can be fetched; empty for none.
PictureUrl = Annotated[str, Field(pattern=r"^(https?://.+)?$")]

Length = float | Annotated[str, Field(pattern=r"^\d+(\.\d+)?%$")]


def _number(value: Any) -> Any:
    """Numbers may come as strings, with or without `px`; percentages stay as they are."""
    if not isinstance(value, str) or value.endswith("%"):
        return value
    try:
        return float(value.removesuffix("px"))
    except ValueError:
        return value


Coordinate = Annotated[Length | None, BeforeValidator(_number)]


def _said(value: Any) -> Any:
    """What a variable knows of a file may be yes, no or nothing where a text is wanted."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_said)]


class Crop(BaseModel):
    """A rectangle in pixels or percentages of an image; a corner that is not given is the image's own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    x1: Coordinate = None
    y1: Coordinate = None
    x2: Coordinate = None
    y2: Coordinate = None

    @model_validator(mode="before")
    @classmethod
    def _from_json(cls, given: Any) -> Any:
        """The same object may come as a JSON string."""
        if not isinstance(given, str):
            return given
        try:
            return json.loads(given)
        except ValueError:
            raise ValueError("must be an object with x1, y1, x2 and y2, or its JSON") from None

    def box(self, source: Size) -> Box:
        """The rectangle inside an image; it has no area when the corners leave none."""
        left, right = sorted((_pixels(self.x1, 0, source.width), _pixels(self.x2, source.width, source.width)))
        top, bottom = sorted((_pixels(self.y1, 0, source.height), _pixels(self.y2, source.height, source.height)))
        return Box(left, top, right - left, bottom - top)


def _pixels(length: Length | None, open_end: int, side: int) -> int:
    if length is None:
        return open_end
    pixels = side * float(length.rstrip("%")) / 100 if isinstance(length, str) else length
    return min(max(round(pixels), 0), side)


RGBA = tuple[int, int, int, int]

PALETTE: dict[str, RGBA] = {
    "transparent": (0, 0, 0, 0),
    "none": (0, 0, 0, 0),
    "opaque": (0, 0, 0, 255),
    "black": (0, 0, 0, 255),
    "white": (255, 255, 255, 255),
    "red": (255, 0, 0, 255),
    "green": (0, 128, 0, 255),
    "blue": (0, 0, 255, 255),
    "yellow": (255, 255, 0, 255),
    "cyan": (0, 255, 255, 255),
    "magenta": (255, 0, 255, 255),
    "gray": (128, 128, 128, 255),
    "grey": (128, 128, 128, 255),
}


def rgba(color: str) -> RGBA:
    """The channels of a colour of either kind, with alpha last and 255 for opaque."""
    if color in PALETTE:
        return PALETTE[color]
    digits = color.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue, alpha = bytes.fromhex(digits.ljust(8, "f"))
    return red, green, blue, alpha
