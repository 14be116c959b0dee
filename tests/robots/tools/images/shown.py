"""Runs the steps of an order on a picture in this process, and opens the result."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import PIL.Image

from robots.tools.images.pipeline import resize

Pixel = tuple[int, ...]
RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def shown(folder: Path, source: PIL.Image.Image, **order: Any) -> PIL.Image.Image:
    """What becomes of a picture; as a PNG if the order names no format."""
    path = folder / "source.png"
    source.save(path)
    return made(folder, path, **order)[0]


def made(folder: Path, path: Path, **order: Any) -> tuple[PIL.Image.Image, list[str]]:
    """The picture made of a file, and what it lost."""
    target = folder / "target"
    told = resize(str(path), str(target), path.suffix[1:], order)
    return PIL.Image.open(BytesIO(target.read_bytes())), list(told["losses"])


def flat(color: Any, mode: str = "RGB", size: tuple[int, int] = (40, 30)) -> PIL.Image.Image:
    return PIL.Image.new(mode, size, color)


def pixel(image: PIL.Image.Image, x: int = 20, y: int = 15, mode: str = "RGB") -> Pixel:
    found = image.convert(mode).getpixel((x, y))
    return found if isinstance(found, tuple) else (int(found or 0),)


def near(found: Pixel, wanted: Pixel, tolerance: int = 2) -> bool:
    return len(found) == len(wanted) and all(abs(a - b) <= tolerance for a, b in zip(found, wanted, strict=True))
