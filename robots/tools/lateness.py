"""Lateness: files whose first frame comes long after their zero, and what their headers then tell of their length."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from robots.tools.footage import number

# Formats whose headers may tell when the file ends instead of how long it is; which of both depends on who wrote it.
VAGUE = {"matroska,webm", "asf", "mov,mp4,m4a,3gp,3g2,mj2"}
LATE = 0.5  # seconds
PACKET = re.compile(r"(-?\d+\.\d+),(\d+\.\d+)?")


def doubted(shown: Mapping[str, Any]) -> bool:
    """Whether the told duration may count from zero, and not from the first frame."""
    form = shown.get("format") or {}
    start = _seconds(form.get("start_time"))
    return form.get("format_name") in VAGUE and LATE < start < _seconds(form.get("duration"))


def end(packet: str) -> float:
    """When a packet ends, told by its time and its duration; 0 if it has none."""
    found = PACKET.match(packet)
    return float(found[1]) + float(found[2] or 0) if found else 0.0


def counted(shown: Mapping[str, Any], end: float) -> dict[str, Any]:
    """The same with no duration that is longer than from the first frame to the end."""
    form = shown["format"]
    long = end - _seconds(form["start_time"])
    if not 0 < long < _seconds(form["duration"]) - LATE:
        return dict(shown)
    told = {key: value for key, value in form.items() if key != "bit_rate"}
    streams = [_shortened(stream, long) for stream in shown["streams"]]
    return {**shown, "format": {**told, "duration": f"{long:.6f}"}, "streams": streams}


def _shortened(stream: Mapping[str, Any], long: float) -> dict[str, Any]:
    if _seconds(stream.get("duration")) <= long:
        return dict(stream)
    return {**stream, "duration": f"{long:.6f}"}


def _seconds(told: Any) -> float:
    """Zero where nothing is told."""
    return number(told) or 0.0
