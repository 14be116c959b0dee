"""Flow: how large and how long is what passes from one filter to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from robots.tools.formula import Known, Range, between
from robots.tools.graph import Filter


@dataclass(frozen=True, slots=True)
class Flow:
    """What passes from one filter to the next: frames of a size, so many `times` as many, and seconds of nothing.

    It is `dense` where each second has so many times as many of them.
    """

    width: float
    height: float
    times: float = 1.0
    extra: float = 0.0
    dense: float = 1.0

    def seconds(self, given: float) -> float:
        """How long what lasts so long is afterwards."""
        return given * self.times + self.extra

    @classmethod
    def most(cls, flows: Iterable[Flow]) -> Flow:
        """As much as any of them in every respect."""
        given = list(flows)
        size = (max(flow.width for flow in given), max(flow.height for flow in given))
        times, extra = max(flow.times for flow in given), max(flow.extra for flow in given)
        return cls(*size, times, extra, max(flow.dense for flow in given))


Change = Callable[[Filter, Flow], Flow]


def bounds(texts: Iterable[str], known: Known, default: float) -> Range:
    """The least and the most of all that one option is set to."""
    found = [between(text, known) for text in texts if text] or [(default, default)]
    return min(low for low, _ in found), max(high for _, high in found)
