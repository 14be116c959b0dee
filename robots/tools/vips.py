"""Images: what robots ask of the warm children that work on pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robots.tools.images.order import Order
from robots.tools.pool import Pool
from robots.tools.sights import Sights

PIPELINE = "robots.tools.images.pipeline"
PRELOAD = (PIPELINE,)
LIBRARIES = ("libvips", "pdfium", "heif", "jxl")  # what the children cannot do without


@dataclass(frozen=True, slots=True)
class Made:
    """What came out: its extension, its size, how many frames, and sentences on what was lost.

    `average` is the colour of the source, if it could be seen on the way, and with `same` that of the result.
    """

    ext: str
    width: int
    height: int
    frames: int
    losses: list[str]
    average: str | None = None
    same: bool = False

    @property
    def seen(self) -> dict[str, Any]:
        """What is known of the pixels of the result; only pictures without transparency are looked at."""
        return {"average_color": self.average, "has_transparency": False} if self.average and self.same else {}


class Images:
    """Works on pictures in the children of a pool; `pixels` and `frames` are the most that a picture may have.

    What is seen of the sources on the way is told to the sights.
    """

    def __init__(self, pool: Pool, pixels: int = 200_000_000, frames: int = 3000, sights: Sights | None = None) -> None:
        self.pool = pool
        self.pixels = pixels
        self.frames = frames
        self.sights = sights or Sights()

    async def resize(self, source: Path, target: Path, order: Order, ext: str = "") -> Made:
        """Makes the picture that is ordered; `ext` is the extension of the source, which the result keeps if it may."""
        given = order.model_dump(mode="json")
        if not order.shows_all:
            self.sights.tell(source, None)  # so that nobody waits in vain
        made = Made(
            **await self.call(
                f"{PIPELINE}:resize",
                source=source,
                target=target,
                ext=ext,
                order=given,
                pixels=self.pixels,
                frames=self.frames,
            )
        )
        self.sights.tell(source, made.average)
        return made

    async def call(self, function: str, **arguments: Any) -> Any:
        """Any other function of the children, by its name."""
        return await self.pool.call(function, **arguments)
