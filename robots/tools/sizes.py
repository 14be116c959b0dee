"""Sizes: what each filter makes of the width and height of frames."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace

from robots.tools.flow import Change, Flow, bounds
from robots.tools.formula import Known, Range
from robots.tools.graph import Filter

SIZE = re.compile(r"\d+x\d+|[a-z]{2,}\d+")
# Modes of tinterlace that leave the height as it is, and those that make no further frames.
FLAT = {*("drop_even", "drop_odd", "interleave_top", "interleave_bottom", "interlacex2"), *"12456"}
SPARSE = {*("merge", "drop_even", "drop_odd", "pad", "interleave_top", "interleave_bottom", "mergex2"), *"0123457"}
LARGEST_WORD = (7680.0, 4800.0)  # of the sizes that have names


def _scale(one: Filter, flow: Flow) -> Flow:
    width, height = one.values("w", "width", position=0), one.values("h", "height", position=1)
    alone = [] if height else [text for text in width if SIZE.fullmatch(text)]
    formulas = _sized(one, flow, [text for text in width if text not in alone], height)
    named = [text for text in (*alone, *one.values("s", "size")) if text]
    if not named:
        return formulas
    size = largest(named, (0, 0))
    return Flow.most([replace(flow, width=size[0], height=size[1]), *([formulas] if width != alone or height else [])])


def _pad(one: Filter, flow: Flow) -> Flow:
    grown = _sized(one, flow, one.values("w", "width", position=0), one.values("h", "height", position=1))
    _, aspect = bounds(one.values("aspect", position=8), {}, 0)
    if aspect <= 0:
        return grown
    return replace(grown, width=max(grown.width, grown.height * aspect), height=max(grown.height, grown.width / aspect))


def _rotate(one: Filter, flow: Flow) -> Flow:
    return _sized(one, flow, one.values("ow", "out_w", position=1), one.values("oh", "out_h", position=2))


def _crop(one: Filter, flow: Flow) -> Flow:
    try:
        cut = _sized(one, flow, one.values("w", "out_w", position=0), one.values("h", "out_h", position=1))
    except ValueError:  # of moving frames; it never makes any larger
        return flow
    return replace(flow, width=min(flow.width, cut.width), height=min(flow.height, cut.height))


def _turned(one: Filter, flow: Flow) -> Flow:
    return replace(flow, width=flow.height, height=flow.width)


def _sphere(one: Filter, flow: Flow) -> Flow:
    size = (one.values(name, position=place) for name, place in (("w", 3), ("h", 4)))
    width, height = (max(2 * max(flow.width, flow.height), bounds(texts, {}, 0)[1]) for texts in size)
    return replace(flow, width=width, height=height)


def _tile(one: Filter, flow: Flow) -> Flow:
    columns, rows = largest(one.values("layout", position=0), (6, 5))
    margin, padding = (bounds(one.values(name, position=n), {}, 0)[1] for name, n in (("margin", 2), ("padding", 3)))
    width, height = columns * (flow.width + padding) + 2 * margin, rows * (flow.height + padding) + 2 * margin
    return replace(flow, width=width, height=height)


def _beside(one: Filter, flow: Flow) -> Flow:
    _, inputs = bounds(one.values("inputs", position=0), {}, 2)
    wide, high = one.name in ("hstack", "xstack"), one.name in ("vstack", "xstack")
    offset = sum(int(number) for text in one.values("layout") for number in re.findall(r"\d+", text))
    return replace(
        flow,
        width=flow.width * inputs + offset if wide else flow.width,
        height=flow.height * inputs + offset if high else flow.height,
    )


def _enlarged(one: Filter, flow: Flow) -> Flow:
    times = {"super2xsai": 2.0, "stereo3d": 2.0, "weave": 2.0}.get(one.name) or bounds(
        one.values("n", position=0), {}, 4
    )[1]
    return replace(flow, width=flow.width * times, height=flow.height * times)


def _interlaced(one: Filter, flow: Flow) -> Flow:
    """Higher frames or more of them, as its mode says; one that is written in another way may do both."""
    modes = set(one.values("mode", position=0) or ["merge"])
    high = 1 if modes <= FLAT else 2
    dense = 1 if modes <= SPARSE else 2
    return replace(flow, height=flow.height * high, dense=flow.dense * dense)


def _drawn(one: Filter, flow: Flow) -> Flow:
    """Pictures of a sound."""
    place = {"ebur128": 1, "anequalizer": 2, "aiir": 12}[one.name]
    width, height = largest(one.values("size", position=place), (1280, 720))
    return replace(flow, width=max(flow.width, width), height=max(flow.height, height))


def _sized(one: Filter, flow: Flow, width: list[str], height: list[str]) -> Flow:
    """By two formulas, of which either may name the other; what is not above nothing keeps the proportions."""
    known = _known(flow)
    first = {**known, "oh": flow.height, "out_h": flow.height}
    _, wide = bounds(width, first, flow.width)
    second = {**known, "ow": max(wide, 1.0), "out_w": max(wide, 1.0)}
    low, high = bounds(height, second, flow.height)
    least, wide = bounds(width, {**known, "oh": max(high, 1.0), "out_h": max(high, 1.0)}, flow.width)
    return _proportioned(flow, (least, wide), (low, high), bool(one.values("force_original_aspect_ratio")))


def _proportioned(flow: Flow, width: Range, height: Range, keep: bool) -> Flow:
    ratio, wide, high = flow.width / flow.height, width[1], height[1]
    if wide <= 0 and high <= 0:
        return flow
    if width[0] <= 0 or keep:
        wide = max(wide, high * ratio)
    if height[0] <= 0 or keep:
        high = max(high, wide / ratio)
    return replace(flow, width=wide, height=high)


def _known(flow: Flow) -> Known:
    width, height = flow.width, flow.height
    both = {"w": width, "h": height, "a": width / height}
    plain = {f"{before}{name}": value for before in ("i", "in_", "main_", "ref_", "r") for name, value in both.items()}
    across = math.hypot(width, height)
    return {
        **plain,
        **dict.fromkeys(("a", "dar"), width / height),
        **dict.fromkeys(("hsub", "vsub", "ohsub", "ovsub"), 2.0),
        "sar": 1.0,
        **{name: lambda angle: (min(width, height), across) for name in ("rotw", "roth")},
    }


def largest(texts: list[str], default: tuple[float, float]) -> tuple[float, float]:
    sizes = [_size(text) for text in texts if text] or [default]
    return max(w for w, _ in sizes), max(h for _, h in sizes)


def _size(text: str) -> tuple[float, float]:
    width, cross, height = text.partition("x")
    return (float(width), float(height)) if cross and width.isdecimal() and height.isdecimal() else LARGEST_WORD


SIZES: Mapping[str, Change] = {
    name: change
    for names, change in {
        "scale scale2ref zscale": _scale, "pad": _pad, "rotate": _rotate, "crop": _crop, "transpose": _turned,
        "v360": _sphere, "tile": _tile, "hstack vstack xstack": _beside,
        "tinterlace": _interlaced, "ebur128 anequalizer aiir": _drawn,
        "super2xsai stereo3d weave hqx xbr epx": _enlarged,
    }.items()
    for name in names.split()
}  # fmt: skip
