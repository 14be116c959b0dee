"""Slimming: makes the file of a picture smaller in a warm child, and mends it first if it is broken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import PIL.Image
from pyvips import Image

from robots.base.errors import RobotError, ToolFailed
from robots.tools.images.frames import Caps
from robots.tools.images.load import damaged
from robots.tools.images.loaders import hardened
from robots.tools.images.order import Order
from robots.tools.images.save import WRITERS
from robots.tools.slimmers import jpeg, png, svg, webp
from robots.tools.slimmers.wish import Wish

Slimmer = Callable[[Path, Path, Wish], list[str]]
SLIMMERS: Mapping[str, Slimmer] = {
    "jpeg": jpeg.slim,
    "png": png.slim,
    "apng": png.slim,
    "webp": webp.slim,
    "svg": svg.slim,
}
MENDED = Order(quality=95)
LOADED_AS = {"apng": "png"}
WHOLE = {"gif": {"n": -1}, "webp": {"n": -1}}


def slim(source: str, target: str, kind: str, wish: dict[str, Any], pixels: int) -> list[str]:
    """Writes the file that is wished for, if there is a better one, and tells what was lost."""
    hardened()
    given, made = Path(source), Path(target)
    try:
        if kind != "svg":
            header = _opened(given, kind)
            Caps(pixels).check(header.width, header.height)
        losses = SLIMMERS[kind](given, made, Wish(**wish))
        if made.exists() and kind != "svg":
            _compare(given, made)
    except (MemoryError, RobotError):
        raise
    except Exception as error:  # a broken file makes the libraries raise nearly anything
        raise damaged(error) from error
    return losses


def mend(source: str, target: str, kind: str, pixels: int) -> None:
    """Writes what can be read of a broken picture as a whole one."""
    hardened()
    try:
        image = _opened(Path(source), kind, fail_on="none", **WHOLE.get(kind, {}))
        Caps(pixels).check(image.width, image.height)
        WRITERS[LOADED_AS.get(kind, kind)](image.copy_memory(), Path(target), MENDED)
    except (MemoryError, RobotError):
        raise
    except Exception as error:
        raise damaged(error) from error


def _opened(source: Path, kind: str, **how: Any) -> Image:
    image: Image = getattr(Image, f"{LOADED_AS.get(kind, kind)}load")(str(source), **how)
    return image


def _compare(given: Path, made: Path) -> None:
    """A picture that came out with other sides or another number of frames is not the same one."""
    with PIL.Image.open(given) as before, PIL.Image.open(made) as after:
        same = before.size == after.size and getattr(before, "n_frames", 1) == getattr(after, "n_frames", 1)
    if not same:
        raise ToolFailed("The picture came out with another size than it has.")
