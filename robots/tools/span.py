"""Span: the part of a video or sound that is wanted, from `ss`, `t` and `to`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from robots.base.errors import BadParams
from robots.tools.options import Options, seconds


@dataclass(frozen=True, slots=True)
class Span:
    """`length` is None up to the end. Seeking before the input is quick, and exact when frames are encoded anew.

    What is read `ahead` of the start, for the sake of a key frame, comes neither to filters nor into the output.
    """

    start: float = 0.0
    length: float | None = None
    ahead: float = 0.0

    @classmethod
    def of(cls, options: Options) -> Span:
        inner = cls._told(options.input)
        outer = cls._told(options.output)
        lengths = [
            length
            for length in (outer.length, None if inner.length is None else inner.length - outer.start)
            if length is not None
        ]
        if lengths and min(lengths) <= 0:
            raise BadParams("ffmpeg: nothing is left of the file between ss and to, or in the time of t.")
        return cls(inner.start + outer.start, min(lengths) if lengths else None)

    @classmethod
    def _told(cls, given: Mapping[str, Sequence[str]]) -> Span:
        """`t` wins over `to`, as in ffmpeg."""
        start, length, end = (seconds(given[name][0]) if name in given else None for name in ("ss", "t", "to"))
        if length is None and end is not None:
            length = max(0.0, end - (start or 0.0))
        return cls(start or 0.0, length)

    @property
    def input(self) -> list[str]:
        return ["-ss", f"{self.start - self.ahead:.6f}"] if self.start > self.ahead else []

    @property
    def output(self) -> list[str]:
        skipped = ["-ss", f"{self.ahead:.6f}"] if self.ahead else []
        return skipped if self.length is None else [*skipped, "-t", f"{self.length:.6f}"]

    @property
    def begin(self) -> list[str]:
        """The filters before all others of a picture, which then see time begin where the part does."""
        early = [f"trim=start={self.ahead:.6f}", f"setpts=round(PTS-{self.ahead:.6f}/TB)"]
        return early if self.ahead else []

    @property
    def end(self) -> list[str]:
        """The filters after all others of a picture: the output counts from where reading began."""
        return [f"setpts=round(PTS+{self.ahead:.6f}/TB)"] if self.ahead else []

    def within(self, duration: float | None) -> float | None:
        """How long the result will be."""
        if duration is None:
            return self.length
        left = max(0.0, duration - self.start)
        return left if self.length is None else min(left, self.length)
