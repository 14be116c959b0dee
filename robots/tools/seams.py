"""Seams: how the clips of a film follow each other, cut, faded or one over the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Literal

Transition = Literal["none", "crossfade", "fade_to_black"]


@dataclass(frozen=True, slots=True)
class Seams:
    """`overlap` is for how long two clips are seen together; `video` and `audio` are the seconds of each fade.

    No fade takes more than half of the shorter clip, so that two of them never meet.
    """

    overlap: float = 0
    video: float = 0
    audio: float = 0

    @classmethod
    def of(cls, transition: Transition, seconds: float, video: float = 0, audio: float = 0) -> Seams:
        """A crossfade has no other fades beside it; half of the way through black is the way out."""
        if transition == "crossfade":
            return cls(overlap=seconds)
        return cls(video=seconds / 2 if transition == "fade_to_black" else video, audio=audio)

    def starts(self, lengths: Sequence[float]) -> list[float]:
        """When each clip begins, and at last when the whole ends."""
        overlaps = [*capped(lengths, self.overlap), 0.0]
        steps = (length - overlap for length, overlap in zip(lengths, overlaps, strict=True))
        return list(accumulate(steps, initial=0.0))

    def graph(self, lengths: Sequence[float], *, sound: bool) -> list[str]:
        """Filters from [v0] and [a0], [v1] and [a1] … to [picture] and [sound]."""
        if self.overlap:
            return self._crossed(lengths, sound)
        last = len(lengths) - 1
        videos, audios = capped(lengths, self.video), capped(lengths, self.audio)
        parts = [f"[v{n}]{_faded('fade', lengths[n], _sides(videos, n)) or 'null'}[fv{n}]" for n in range(last + 1)]
        if sound:
            parts += [
                f"[a{n}]{_faded('afade', lengths[n], _sides(audios, n)) or 'anull'}[fa{n}]" for n in range(last + 1)
            ]
        labels = "".join(f"[fv{n}]{f'[fa{n}]' if sound else ''}" for n in range(last + 1))
        return [*parts, f"{labels}concat=n={last + 1}:v=1:a={int(sound)}[picture]{'[sound]' if sound else ''}"]

    def _crossed(self, lengths: Sequence[float], sound: bool) -> list[str]:
        parts, picture, heard = [], "v0", "a0"
        starts, overlaps = self.starts(lengths), capped(lengths, self.overlap)
        for n, overlap in enumerate(overlaps, 1):
            parts.append(f"[{picture}][v{n}]xfade=duration={overlap:.6f}:offset={starts[n]:.6f}[xv{n}]")
            parts += [f"[{heard}][a{n}]acrossfade=d={overlap:.6f}[xa{n}]"] if sound else []
            picture, heard = f"xv{n}", f"xa{n}"
        return [*parts, f"[{picture}]null[picture]", *([f"[{heard}]anull[sound]"] if sound else [])]


def capped(lengths: Sequence[float], wanted: float) -> list[float]:
    """The seconds of each seam."""
    return [min(wanted, before / 2, after / 2) for before, after in pairwise(lengths)]


def _sides(fades: Sequence[float], number: int) -> tuple[float, float]:
    """How long a clip fades in and out; the film's own beginning and end do not."""
    return fades[number - 1] if number else 0.0, fades[number] if number < len(fades) else 0.0


def _faded(name: str, length: float, sides: tuple[float, float]) -> str:
    into, out = sides
    chain = [f"{name}=t=in:d={into:.6f}"] if into else []
    chain += [f"{name}=t=out:st={max(0.0, length - out):.6f}:d={out:.6f}"] if out else []
    return ",".join(chain)
