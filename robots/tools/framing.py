"""How frames are turned, cut, scaled and padded, as ffmpeg filters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from robots.base.errors import BadParams
from robots.base.fields import Crop, rgba
from robots.base.geometry import Box, Geometry, Size, corner, fitted
from robots.tools.ffmpeg import MAX_PIXELS
from robots.tools.footage import Footage, turned


def _degrees(given: Any) -> Any:
    """Degrees may come as text; false and a whole turn leave the picture as it is stored."""
    if given is False or given in ("false", 360, "360"):
        return 0
    return int(given) if isinstance(given, str) and given.isdigit() else given


Rotation = Annotated[Literal[0, 90, 180, 270], BeforeValidator(_degrees)]
TURNS = {90: "transpose=clock", 180: "hflip,vflip", 270: "transpose=cclock"}
# PQ and HLG are brought to the brightness and colours of ordinary screens, instead of coming out grey.
TONE_MAP = (
    "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=tonemap=hable:desat=0,"
    "zscale=t=bt709:m=bt709:r=tv,format=yuv420p"
)


@dataclass(frozen=True, slots=True)
class Framing:
    """What shall become of each frame.

    `box` is the wanted size, None for a side that follows. `rotate` replaces the rotation that the file notes, None
    keeps to it. `even` rounds sizes for pixel formats whose colours have half the size. `clear` keeps transparency.
    """

    strategy: str = "pad"
    box: tuple[int | None, int | None] = (None, None)
    zoom: bool = True
    crop: Crop | None = None
    background: str = "#00000000"
    rotate: int | None = None
    even: bool = True
    clear: bool = False
    tone_map: bool = False

    @property
    def input_options(self) -> tuple[str, ...]:
        """A given rotation wins over the note in the file, which ffmpeg would follow by itself."""
        return () if self.rotate is None else ("-display_rotation", "0")

    def filters(self, footage: Footage) -> tuple[list[str], Size]:
        """The chain of filters, and the size that comes out of it."""
        source = self._upright(footage)
        chain = ["bwdif=mode=send_frame:deint=interlaced"] if footage.interlaced else []
        chain += [TURNS[self.rotate]] if self.rotate in TURNS else []
        if footage.pixel_aspect != 1.0:
            chain += [f"scale={source.width}:{source.height}", "setsar=1"]
        if self.crop:
            return self._cropped(chain, source, self.crop)
        geometry = self._geometry(source)
        for size in (geometry.scaled, geometry.canvas):
            if size.width * size.height > MAX_PIXELS:
                told = f"{size.width} × {size.height} pixels, more than the {MAX_PIXELS:,}"
                raise BadParams(f"width: a frame would have {told} that are allowed")
        if geometry.scaled != source:
            chain += [f"scale={geometry.scaled.width}:{geometry.scaled.height}", "setsar=1"]
        chain += [TONE_MAP] if self.tone_map else []
        cut = geometry.cut
        if geometry.cuts:
            chain.append(self._cut(cut))
        if geometry.pads:
            chain += self._padded(geometry)
        return chain, geometry.canvas

    def small(self, footage: Footage, side: int) -> tuple[list[str], Size]:
        """The chain for frames that are only looked at: upright, in ordinary colours, and within a square."""
        size = self._nearest(fitted("fit", self._upright(footage), (side, side), zoom=False).scaled)
        turn = [TURNS[self.rotate]] if self.rotate in TURNS else []
        return [*turn, f"scale={size.width}:{size.height}", "setsar=1", *([TONE_MAP] if self.tone_map else [])], size

    def _upright(self, footage: Footage) -> Size:
        return footage.size if self.rotate is None else turned(footage.stored, self.rotate)

    def _geometry(self, source: Size) -> Geometry:
        """Without a wanted size an odd row or column is cut off, which blurs less than scaling."""
        if self.strategy == "crop" or self.box == (None, None):
            width, height = self.box
            box = self._floor(width or source.width), self._floor(height or source.height)
            return fitted("crop", source, box, zoom=self.zoom)
        made = fitted(self.strategy, source, self.box, zoom=self.zoom)
        canvas, scaled = self._nearest(made.canvas), self._nearest(made.scaled)
        return Geometry(scaled, canvas, *corner(scaled, canvas, "center"))

    def _cropped(self, chain: list[str], source: Size, crop: Crop) -> tuple[list[str], Size]:
        box = crop.box(source)
        if not box.width or not box.height:
            raise BadParams(f"crop: nothing of a picture of {source.width}x{source.height} would be left")
        size = Size(self._floor(box.width), self._floor(box.height))
        cut = self._cut(Box(box.left, box.top, size.width, size.height))
        return [*chain, cut, *([TONE_MAP] if self.tone_map else [])], size

    def _cut(self, box: Box) -> str:
        """Of pixels whose colours have half the size ffmpeg cuts an even number out, unless it is told."""
        return f"crop={box.width}:{box.height}:{box.left}:{box.top}{'' if self.even else ':exact=1'}"

    def _padded(self, geometry: Geometry) -> list[str]:
        red, green, blue, alpha = rgba(self.background)
        color = f"0x{red:02x}{green:02x}{blue:02x}@{alpha / 255 if self.clear else 1:.3f}"
        left, top = max(0, geometry.left), max(0, geometry.top)
        pad = f"pad={geometry.canvas.width}:{geometry.canvas.height}:{left}:{top}:color={color}"
        return ["format=rgba", pad] if self.clear else [pad]

    def _nearest(self, size: Size) -> Size:
        return Size(*(max(2, 2 * round(side / 2)) if self.even else side for side in (size.width, size.height)))

    def _floor(self, side: int) -> int:
        return max(2, side - side % 2) if self.even else side
