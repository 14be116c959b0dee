"""Images: what robots ask of the warm children that work on pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robots.tools.images.order import Order
from robots.tools.pool import Pool

PIPELINE = "robots.tools.images.pipeline"
PRELOAD = (PIPELINE,)


@dataclass(frozen=True, slots=True)
class Made:
    """What came out: its extension, its size, how many frames, and sentences on what was lost."""

    ext: str
    width: int
    height: int
    frames: int
    losses: list[str]


class Images:
    """Works on pictures in the children of a pool; `pixels` and `frames` are the most that a picture may have."""

    def __init__(self, pool: Pool, pixels: int = 200_000_000, frames: int = 3000) -> None:
        self.pool = pool
        self.pixels = pixels
        self.frames = frames

    async def resize(self, source: Path, target: Path, order: Order, ext: str = "") -> Made:
        """Makes the picture that is ordered; `ext` is the extension of the source, which the result keeps if it may."""
        given = order.model_dump(mode="json")
        made = await self.call(
            f"{PIPELINE}:resize",
            source=source,
            target=target,
            ext=ext,
            order=given,
            pixels=self.pixels,
            frames=self.frames,
        )
        return Made(**made)

    async def call(self, function: str, **arguments: Any) -> Any:
        """Any other function of the children, by its name."""
        return await self.pool.call(function, **arguments)
