"""BlurHash and ThumbHash: a blurred impression of an image in a few letters."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence

from PIL import Image

SIDE = 32
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
ACROSS, DOWN = 4, 3
Wave = list[float]


def blurhash(image: Image.Image) -> str:
    """Four waves across, three down."""
    image = _reduced(image).convert("RGB")
    channels = [[_linear(value) for value in image.getchannel(name).tobytes()] for name in "RGB"]
    waves = [
        [_wave(channel, image.size, x, y) * (2 if x or y else 1) for channel in channels]
        for y in range(DOWN)
        for x in range(ACROSS)
    ]
    first, others = waves[0], waves[1:]
    largest = max(abs(value) for wave in others for value in wave)
    scale = max(0, min(82, math.floor(largest * 166 - 0.5)))
    words = [_digits(ACROSS - 1 + (DOWN - 1) * 9, 1), _digits(scale, 1), _digits(_packed(first), 4)]
    return "".join(words + [_digits(_fine(wave, (scale + 1) / 166), 2) for wave in others])


def thumbhash(image: Image.Image) -> str:
    """Lightness in most detail, two colour differences, transparency if there is some; in base64."""
    image = _reduced(image).convert("RGBA")
    light, yellow, red, alpha = _differences(image)
    wide, high = image.size
    clear = min(alpha) < 1
    detail = 5 if clear else 7
    across, down = (max(1, _round(detail * side / max(wide, high))) for side in image.size)
    parts = [_encoded(light, image.size, max(3, across), max(3, down))]
    parts += [_encoded(yellow, image.size, 3, 3), _encoded(red, image.size, 3, 3)]
    (l_mean, l_scale, _), (p_mean, p_scale, _), (q_mean, q_scale, _) = parts
    head = _round(63 * l_mean) | _round(31.5 + 31.5 * p_mean) << 6 | _round(31.5 + 31.5 * q_mean) << 12
    head |= _round(31 * l_scale) << 18 | clear << 23
    shape = (down if wide > high else across) | _round(63 * p_scale) << 3 | _round(63 * q_scale) << 9
    made = bytearray(head.to_bytes(3, "little") + (shape | (wide > high) << 15).to_bytes(2, "little"))
    if clear:
        parts.append(_encoded(alpha, image.size, 5, 5))
        made.append(_round(15 * parts[3][0]) | _round(15 * parts[3][1]) << 4)
    nibbles = [_round(15 * value) for part in parts for value in part[2]]
    nibbles += [0] * (len(nibbles) % 2)
    made += bytes(low | high << 4 for low, high in zip(nibbles[::2], nibbles[1::2], strict=True))
    return base64.b64encode(made).decode()


def _reduced(image: Image.Image) -> Image.Image:
    image = image.copy()
    image.thumbnail((SIDE, SIDE))
    return image


def _wave(channel: Sequence[float], size: tuple[int, int], x: int, y: int) -> float:
    """How much of one cosine wave there is in a channel."""
    wide, high = size
    row = [math.cos(math.pi / wide * x * (at + 0.5)) for at in range(wide)]
    total = 0.0
    for line in range(high):
        values = channel[line * wide : (line + 1) * wide]
        total += math.cos(math.pi / high * y * (line + 0.5)) * sum(map(float.__mul__, row, values))
    return total / (wide * high)


def _encoded(channel: Wave, size: tuple[int, int], across: int, down: int) -> tuple[float, float, Wave]:
    """Mean, largest wave, and the waves of the upper left triangle between 0 and 1."""
    waves = [
        _wave(channel, size, x, y)
        for y in range(down)
        for x in range(across)
        if (x or y) and x * down < across * (down - y)
    ]
    scale = max(map(abs, waves))
    return _wave(channel, size, 0, 0), scale, [0.5 + 0.5 * wave / scale if scale else 0.0 for wave in waves]


def _differences(image: Image.Image) -> tuple[Wave, Wave, Wave, Wave]:
    """Lightness, yellow against blue, red against green, and alpha; on the mean colour where it is transparent."""
    alpha = [value / 255 for value in image.getchannel("A").tobytes()]
    colors = []
    for name in "RGB":
        channel = [value / 255 for value in image.getchannel(name).tobytes()]
        mean = sum(map(float.__mul__, channel, alpha)) / (sum(alpha) or 1)
        colors.append([mean * (1 - a) + value * a for value, a in zip(channel, alpha, strict=True)])
    light = [(r + g + b) / 3 for r, g, b in zip(*colors, strict=True)]
    yellow = [(r + g) / 2 - b for r, g, b in zip(*colors, strict=True)]
    return light, yellow, [r - g for r, g, _ in zip(*colors, strict=True)], alpha


def _linear(value: int) -> float:
    part = value / 255
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _packed(wave: Wave) -> int:
    red, green, blue = (_companded(value) for value in wave)
    return red << 16 | green << 8 | blue


def _companded(value: float) -> int:
    part = max(0.0, min(1.0, value))
    return _round(255 * (part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055))


def _fine(wave: Wave, largest: float) -> int:
    """Three channels in steps of nineteen, finer near zero."""
    number = 0
    for value in wave:
        part = math.copysign(math.sqrt(abs(value / largest)), value)
        number = number * 19 + max(0, min(18, math.floor(part * 9 + 9.5)))
    return number


def _digits(value: int, count: int) -> str:
    return "".join(DIGITS[value // 83**place % 83] for place in reversed(range(count)))


def _round(value: float) -> int:
    """Halves upwards, as the reference implementations do."""
    return math.floor(value + 0.5)
