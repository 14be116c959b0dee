"""Waveforms: the peaks of a sound, and pictures of them. Runs in a warm child; the format is that of audiowaveform."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from PIL import Image, ImageDraw, ImageFont

from robots.base.fields import rgba

FONT = Path(__file__).parent / "fonts" / "LiberationSans-Regular.ttf"
CHUNK = 1 << 18  # samples read at once
SMOOTH = 4  # how many times larger a smooth picture is drawn
STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 7200, 36000)
LABEL_SPACE = 60  # pixels between two labels of the time axis
Peak = tuple[int, int]
SILENT = (32767, -32768)  # the peak of no sample at all


def peaks(source: str, target: str, *, per_pixel: int, rate: int, bits: int) -> int:
    """Writes the smallest and largest sample of each pixel as JSON; `source` is raw 16-bit sound of one channel."""
    found = [value for peak in _peaks(Path(source), per_pixel) for value in peak]
    shown = [value >> 8 for value in found] if bits == 8 else found
    told = {
        "version": 2,
        "channels": 1,
        "sample_rate": rate,
        "samples_per_pixel": per_pixel,
        "bits": bits,
        "length": len(found) // 2,
        "data": shown,
    }
    Path(target).write_bytes(orjson.dumps(told))
    return len(found) // 2


def draw(source: str, target: str, *, per_pixel: int, rate: int, look: dict[str, Any]) -> None:
    """Writes a PNG of the peaks; `look` has the sizes and colours."""
    size = int(look["width"]), int(look["height"])
    found = list(_peaks(Path(source), per_pixel))[: size[0]]
    scale = float(look.get("amplitude_scale") or 1)
    scaled = [(max(-32768, int(low * scale)), min(32767, int(high * scale))) for low, high in found]
    mask = _bars(scaled, size, look) if look.get("bar_width") else _curve(scaled, size, bool(look["smooth"]))
    canvas = Image.composite(_gradient(size, look), Image.new("RGBA", size, rgba(look["background"])), mask)
    if look.get("border"):
        ImageDraw.Draw(canvas).rectangle((0, 0, size[0] - 1, size[1] - 1), outline=rgba(look["border"]))
    if look.get("labels"):
        _label(canvas, rate / per_pixel, float(look.get("start") or 0), rgba(look["labels"]))
    level = look.get("compression", -1)
    canvas.save(target, "PNG", compress_level=6 if level == -1 else level)


def _peaks(source: Path, per_pixel: int) -> Iterator[Peak]:
    """A pixel may have more samples than are read at once."""
    low, high, left = *SILENT, per_pixel
    with source.open("rb") as file:
        while len(samples := np.fromfile(file, "<i2", CHUNK)):
            starts = np.concatenate([[0], np.arange(left, len(samples), per_pixel)])
            lows, highs = (kind.reduceat(samples, starts).tolist() for kind in (np.minimum, np.maximum))
            lows[0], highs[0] = min(low, lows[0]), max(high, highs[0])
            *whole, (low, high) = zip(lows, highs, strict=True)
            yield from whole
            left = (per_pixel if whole else left) - (len(samples) - int(starts[-1]))
            if not left:
                yield low, high
                low, high, left = *SILENT, per_pixel
    if left < per_pixel:
        yield low, high


def _curve(found: Sequence[Peak], size: tuple[int, int], smooth: bool) -> Image.Image:
    """Where the waveform is: white on black, one column for each peak."""
    times = SMOOTH if smooth else 1
    mask = Image.new("L", (size[0] * times, size[1] * times))
    pen = ImageDraw.Draw(mask)
    for place, (low, high) in enumerate(found):
        top, bottom = _rows(low, high, mask.height)
        pen.rectangle((place * times, top, place * times + times - 1, bottom), fill=255)
    return mask.resize(size, Image.Resampling.BOX) if smooth else mask


def _bars(found: Sequence[Peak], size: tuple[int, int], look: dict[str, Any]) -> Image.Image:
    """Bars as wide as asked for, each as high as the loudest of its columns."""
    mask = Image.new("L", size)
    pen = ImageDraw.Draw(mask)
    width, gap = int(look["bar_width"]), int(look["bar_gap"])
    for left in range(0, len(found), width + gap):
        part = found[left : left + width]
        top, bottom = _rows(min(low for low, _ in part), max(high for _, high in part), size[1])
        right = min(left + width, size[0]) - 1
        radius = width // 2 if look.get("rounded") else 0
        pen.rounded_rectangle((left, top, right, max(bottom, top + 2 * radius)), radius, fill=255)
    return mask


def _rows(low: int, high: int, height: int) -> tuple[int, int]:
    top = round((32767 - high) / 65535 * (height - 1))
    return top, max(top, round((32767 - low) / 65535 * (height - 1)))


def _gradient(size: tuple[int, int], look: dict[str, Any]) -> Image.Image:
    """From the colour of the middle to that of the edges."""
    center, outer = rgba(look["center"]), rgba(look["outer"])
    if center == outer:
        return Image.new("RGBA", size, center)
    middle = (size[1] - 1) / 2 or 1
    column = Image.new("RGBA", (1, size[1]))
    for row in range(size[1]):
        share = abs(row - middle) / middle
        column.putpixel((0, row), tuple(round(a + (b - a) * share) for a, b in zip(center, outer, strict=True)))
    return column.resize(size)


def _label(canvas: Image.Image, pixels_per_second: float, start: float, color: tuple[int, int, int, int]) -> None:
    """The time, in steps that leave room for their words."""
    step = next((step for step in STEPS if step * pixels_per_second >= LABEL_SPACE), STEPS[-1])
    pen, font = ImageDraw.Draw(canvas), ImageFont.truetype(str(FONT), 9)
    number = int(start // step) + 1
    while (left := (number * step - start) * pixels_per_second) < canvas.width:
        pen.line((left, canvas.height - 5, left, canvas.height - 1), fill=color)
        pen.line((left, 0, left, 4), fill=color)
        pen.text((left, canvas.height - 6), _clock(number * step), fill=color, font=font, anchor="mb")
        number += 1


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    whole = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{whole}:{rest:04.1f}" if rest % 1 else f"{whole}:{int(rest):02}"
