"""Slides: pictures that are shown one after the other, as one input of ffmpeg."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from robots.base.geometry import Size
from robots.base.workspace import Workspace
from robots.tools.clips import Clip
from robots.tools.ffmpeg import Input
from robots.tools.footage import Footage
from robots.tools.images.losses import plain
from robots.tools.images.order import Order
from robots.tools.vips import Images

# Our own list of our own pictures, for which the guards of uploads are opened.
LISTED = ("-format_whitelist", "concat,png_pipe", "-f", "concat")
STILL = "Only the first frame of an animated image is shown; as a video it would move."
RATE = 25  # frames a second, when pictures do not change more often


@dataclass(frozen=True, slots=True)
class Slides:
    """How pictures are laid on their common canvas; `box` may leave a side open, and the first picture fills it."""

    strategy: str
    box: tuple[int | None, int | None]
    background: str

    async def clip(self, pictures: Sequence[Path], seconds: Sequence[float], workspace: Workspace) -> Clip:
        """Each picture for its seconds."""
        listed = workspace.fresh("slides.txt")
        lines, size = ["ffconcat version 1.0"], None
        for picture, length in zip(pictures, seconds, strict=True):
            slide, size = await self._slide(picture, size, workspace)
            lines += [f"file '{slide.name}'", f"duration {length:.6f}"]
        assert size is not None
        listed.write_text("\n".join([*lines, ""]))
        return Clip(Input(listed, LISTED), _footage(size, seconds), sum(seconds))

    async def _slide(self, picture: Path, size: Size | None, workspace: Workspace) -> tuple[Path, Size]:
        """The picture upright, in the colours of screens; the first one settles the size of the others."""
        slide = workspace.fresh("slide.png")
        width, height = (size.width, size.height) if size else self.box
        strategy = "pad" if size and (self.box == (None, None) or "fit" in self.strategy) else self.strategy
        order = Order.model_validate(
            {
                **{"format": "png", "colorspace": "sRGB", "strip": True, "background": self.background},
                **{"width": width, "height": height, "resize_strategy": strategy},
                **{"alpha": "Remove", "quality": 10},
            }
        )
        made = await workspace.tool(Images).resize(picture, slide, order)
        for sentence in made.losses:
            workspace.warn(STILL if "frames" in sentence else plain(sentence))
        return slide, Size(made.width, made.height)


def _footage(size: Size, seconds: Sequence[float]) -> Footage:
    """What ffprobe would say of them."""
    rate = max(RATE, 1 / min(seconds))
    stream = {
        **{"index": 0, "codec_type": "video", "codec_name": "png", "pix_fmt": "rgb24"},
        **{"width": size.width, "height": size.height, "avg_frame_rate": f"{rate:.6f}/1"},
        **{"color_space": "gbr", "color_range": "pc", "duration": str(sum(seconds))},
    }
    return Footage.of({"streams": [stream]})
