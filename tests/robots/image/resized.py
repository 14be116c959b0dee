"""Runs /image/resize on a file and opens what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import PIL.Image
import pillow_heif
import pillow_jxl  # noqa: F401 - it registers itself with Pillow
import pyvips

from robots.base.file import File
from robots.image.resize import ImageResizeRobot
from tests.robots.workspace import Bench, file_at, run

pillow_heif.register_heif_opener()

Pixel = tuple[int, ...]


async def resized(bench: Bench, path: Path, others: Sequence[File] = (), **params: Any) -> PIL.Image.Image:
    """The image that the robot makes of a file."""
    return opened((await made(bench, path, others, **params)).bytes)


def opened(path: Path) -> PIL.Image.Image:
    """From memory, so that no file stays open."""
    return PIL.Image.open(BytesIO(path.read_bytes()))


async def made(bench: Bench, path: Path, others: Sequence[File] = (), **params: Any) -> File:
    (result,) = await run(ImageResizeRobot, params, [file_at(path, type="image"), *others], bench)
    return result


def drawn(
    path: Path, *, size: tuple[int, int] = (40, 30), color: Any = (200, 100, 50), mode: str = "RGB", **how: Any
) -> Path:
    """A file of one colour."""
    PIL.Image.new(mode, size, color).save(path, **how)
    return path


def pixel(image: PIL.Image.Image, x: int, y: int, mode: str = "RGB") -> Pixel:
    found = image.convert(mode).getpixel((x, y))
    return found if isinstance(found, tuple) else (int(found or 0),)


def dark(image: PIL.Image.Image) -> int:
    """How many pixels are darker than middle gray."""
    return sum(image.convert("L").histogram()[:128])


def near(found: Pixel, wanted: Pixel, tolerance: int = 6) -> bool:
    return len(found) == len(wanted) and all(abs(a - b) <= tolerance for a, b in zip(found, wanted, strict=True))


def wide_profile() -> bytes:
    """The profile of displays that show more colours than sRGB (Display P3)."""
    return bytes(pyvips.Image.profile_load("p3"))
