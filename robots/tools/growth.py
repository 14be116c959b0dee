"""Growth: how much larger and longer a graph of filters may make a film or a sound, told before anything is made."""

from __future__ import annotations

import math
from collections.abc import Iterable

from robots.tools.flow import Flow
from robots.tools.graph import Filter
from robots.tools.paces import PACES
from robots.tools.sizes import SIZES

MOST_SIDE, MOST_PIXELS, MOST_TIMES = 16384, 1 << 27, 1000.0
# What a graph is tried on: formulas are of the frame that comes in, which nobody knows yet.
FRAMES = ((1920.0, 1080.0), (1080.0, 1920.0), (16.0, 16.0))
CHANGES = {**SIZES, **PACES}


def check(filters: Iterable[Filter]) -> Flow:
    """The most that comes out; raises ValueError when it is too much, or cannot be told."""
    given = list(filters)
    return Flow.most([_through(given, Flow(*frame)) for frame in FRAMES])


def _through(filters: list[Filter], source: Flow) -> Flow:
    """In the order in which they stand, along the labels."""
    made: dict[str, Flow] = {}
    last, ends = source, [source]
    later = {label for one in filters for label in one.gives}
    for one in filters:
        if late := next((label for label in one.labels if label in later and label not in made), None):
            raise ValueError(f"[{late}] is used before the filter that makes it: write them in the order of the frames")
        comes = [made.get(label, source) for label in one.labels] + ([last] if one.follows else [])
        last = _grown(one, Flow.most(comes or [source]))
        made.update(dict.fromkeys(one.gives, last))
        ends.append(last)
    return Flow.most(ends)


def _grown(one: Filter, flow: Flow) -> Flow:
    try:
        grown = CHANGES[one.name](one, flow) if one.name in CHANGES else flow
    except ValueError as error:
        raise ValueError(f"the filter {one.name}: {error}") from None
    width, height = math.ceil(grown.width), math.ceil(grown.height)
    if max(width, height) > MOST_SIDE or width * height > MOST_PIXELS:
        told = f"pictures of up to {width:,} × {height:,}, and none may have a side of more than {MOST_SIDE:,}"
        raise ValueError(f"the filter {one.name} would make {told} or {MOST_PIXELS:,} pixels")
    if grown.times * grown.dense > MOST_TIMES:
        raise ValueError(f"up to the filter {one.name} there would be more than {MOST_TIMES:,.0f} times as much")
    return grown
