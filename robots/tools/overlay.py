"""A picture laid over a video: where, how large, how long and how clearly, as ffmpeg filters."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from robots.base.geometry import Size


@dataclass(frozen=True, slots=True)
class Overlay:
    """`share` is how much of the frame it takes, from 0 to 1; None keeps its own size.

    Positive offsets move it towards the middle of the frame. A negative `duration` lasts to the end.
    """

    position: str = "center"
    offset: tuple[int, int] = (0, 0)
    share: float | None = None
    strategy: str = "fit"
    start: float = 0
    duration: float = -1
    opacity: float = 1

    def graph(self, chain: list[str], frame: Size) -> str:
        """A filter graph from input 0, through a chain of filters, and input 1 to the label [marked]."""
        mark = ",".join([*self._scaled(frame), "format=rgba", *self._faded()])
        x, y = self._corner()
        overlay = f"overlay=x={x}:y={y}:format=auto:eof_action=repeat{self._time()}"
        return f"[0:v:0]{','.join(chain) or 'null'}[frame];[1:v:0]{mark}[mark];[frame][mark]{overlay}[marked]"

    def _scaled(self, frame: Size) -> list[str]:
        if self.share is None:
            return []
        width, height = self.share * frame.width, self.share * frame.height
        if self.strategy == "stretch":
            return [f"scale={max(1, round(width))}:{max(1, round(height))}"]
        if self.strategy == "area":
            # A side is the root of the area times that of the mark's own proportions.
            area = self.share * frame.width * frame.height
            side = sqrt(area)
            return [f"scale=w='max(1,round({side:.3f}*sqrt(iw/ih)))':h='max(1,round({side:.3f}*sqrt(ih/iw)))'"]
        wide, tall = f"{width:.3f}", f"{height:.3f}"
        return [
            f"scale=w='max(1,round(if(gte(iw,ih),{wide},{tall}*iw/ih)))'"
            f":h='max(1,round(if(gte(iw,ih),{wide}*ih/iw,{tall})))'"
        ]

    def _faded(self) -> list[str]:
        return [f"colorchannelmixer=aa={self.opacity:g}"] if self.opacity < 1 else []

    def _corner(self) -> tuple[str, str]:
        x, y = self.offset
        left = f"{x}" if "left" in self.position else f"W-w-({x})" if "right" in self.position else f"(W-w)/2+({x})"
        top = f"{y}" if "top" in self.position else f"H-h-({y})" if "bottom" in self.position else f"(H-h)/2+({y})"
        return left, top

    def _time(self) -> str:
        if self.start <= 0 and self.duration < 0:
            return ""
        if self.duration < 0:
            return f":enable='gte(t,{self.start:.6f})'"
        return f":enable='gte(t,{self.start:.6f})*lt(t,{self.start + self.duration:.6f})'"
