"""Paces: what each filter makes of time: of lengths, of frames and samples a second."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from robots.tools.flow import Change, Flow, bounds
from robots.tools.graph import Filter
from robots.tools.sizes import largest

MOST_RATE = 240.0  # frames a second
MOST_HERTZ = 768_000.0
LONGEST_TICK = 0.1  # seconds
SECONDS, RATE, HERTZ = 100.0, 25.0, 48_000.0  # what formulas of time are tried on
# Where deinterlacers have their mode, and which it is when none is given; and the modes that leave the rate as it is.
MODES = {"yadif": (0, "send_frame"), "bwdif": (0, "send_field"), "estdif": (0, "field"), "w3fdif": (1, "field")}
STEADY = frozenset({"send_frame", "send_frame_nospatial", "frame", "0", "2"})
RATES = {"ntsc": 30.0, "pal": 25.0, "film": 24.0, "ntsc_film": 24.0, "source_fps": 60.0}


def _zoompan(one: Filter, flow: Flow) -> Flow:
    width, height = largest(one.values("s", position=4), (1280, 720))
    _, frames = bounds(one.values("d", position=3), {}, 90)
    _rate(one.values("fps", position=5), 25)
    return replace(flow, width=width, height=height, times=flow.times * max(1, frames))


def _untile(one: Filter, flow: Flow) -> Flow:
    columns, rows = largest(one.values("layout", position=0), (6, 5))
    return replace(flow, times=flow.times * columns * rows)


def _paced(one: Filter, flow: Flow) -> Flow:
    _rate(one.values("fps", position=0), 60)
    return flow


def _rate(texts: list[str], default: float) -> None:
    _, rate = bounds([text.replace("ntsc-film", "ntsc_film") for text in texts], RATES, default)
    if rate > MOST_RATE:
        raise ValueError(f"{rate:,.0f} frames a second are more than the {MOST_RATE:.0f} that are allowed")


def _several(one: Filter, flow: Flow) -> Flow:
    _, count = bounds(one.values("n", "nb_inputs", position=0), {}, 2) if "fade" not in one.name else (2, 2)
    return replace(flow, times=flow.times * max(1, count), extra=flow.extra * max(1, count))


def _repeated(one: Filter, flow: Flow) -> Flow:
    return replace(flow, times=flow.times * 5)  # a pattern may show each field nine times


def _doubled(one: Filter, flow: Flow) -> Flow:
    return replace(flow, dense=flow.dense * 2)  # a frame for each field


def _deinterlaced(one: Filter, flow: Flow) -> Flow:
    place, usual = MODES[one.name]
    return flow if STEADY.issuperset(one.values("mode", position=place) or [usual]) else _doubled(one, flow)


def _timed(one: Filter, flow: Flow) -> Flow:
    """Moments that a formula moves, in the two lengths of ticks between which films have theirs."""
    later = [1.0]
    for tick in (1 / 90_000, 1 / RATE):
        end = SECONDS / tick
        counted = SECONDS * (HERTZ if one.name == "asetpts" else RATE)
        known = {
            **dict.fromkeys(("N", "NB_CONSUMED_SAMPLES"), counted),
            **dict.fromkeys(("FRAME_RATE", "FR"), RATE),
            **dict.fromkeys(("SAMPLE_RATE", "SR"), HERTZ),
            **dict.fromkeys(("NB_SAMPLES", "S"), 1024.0),
            **dict.fromkeys(("STARTPTS", "STARTT", "POS", "RTCSTART"), 0.0),
            **{"PTS": end, "T": SECONDS, "TB": tick, "INTERLACED": 1.0, "RTCTIME": SECONDS * 1e6},
        }
        later.append(bounds(one.values("expr", position=0), known, end)[1] / end)
    return replace(flow, times=flow.times * max(later))


def _ticking(one: Filter, flow: Flow) -> Flow:
    known = {"AVTB": 1e-6, "intb": 1e-3, "sr": HERTZ}
    if bounds(one.values("expr", "tb", position=0), known, 1e-3)[1] > LONGEST_TICK:
        raise ValueError(f"a tick may last {LONGEST_TICK} seconds at most")
    return flow


def _slowed(one: Filter, flow: Flow) -> Flow:
    usual = HERTZ if one.name == "asetrate" else 1.0
    slowest, fastest = bounds(one.values("tempo", "sample_rate", "r", position=0), {}, usual)
    if slowest <= 0 or fastest > MOST_HERTZ:
        raise ValueError("this speed is none that is allowed")
    return replace(flow, times=flow.times * max(1.0, usual / slowest))


def _sampled(one: Filter, flow: Flow) -> Flow:
    named = one.values("sample_rates", "r", "sample_rate", "osr", "out_sample_rate", position=0)
    rates = [int(rate) for text in named for rate in re.findall(r"(?<!\w)\d+(?!\w)", text)]
    if max(rates, default=0) > MOST_HERTZ:
        raise ValueError(f"{max(rates):,} samples a second are more than the {MOST_HERTZ:,.0f} that are allowed")
    return flow


def _delayed(one: Filter, flow: Flow) -> Flow:
    units = {"": 1e-3, "s": 1.0, "S": 1 / 8000}
    delays = (
        re.fullmatch(r"(.*?)([sS]?)", part) for text in one.values("delays", position=0) for part in text.split("|")
    )
    longest = max((bounds([found[1]], {}, 0)[1] * units[found[2]] for found in delays if found), default=0.0)
    return replace(flow, extra=flow.extra + longest)


PACES: Mapping[str, Change] = {
    name: change
    for names, change in {
        "zoompan": _zoompan, "untile": _untile, "fps framerate minterpolate": _paced, "telecine": _repeated,
        "yadif bwdif estdif w3fdif": _deinterlaced, "separatefields repeatfields": _doubled,
        "concat interleave xfade acrossfade": _several, "setpts asetpts": _timed, "settb asettb": _ticking,
        "atempo rubberband asetrate": _slowed, "aresample aformat": _sampled, "adelay": _delayed,
    }.items()
    for name in names.split()
}  # fmt: skip
