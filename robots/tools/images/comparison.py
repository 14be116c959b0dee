"""A comparison of an SVG with the page that it was drawn of. Runs in a warm child."""

from __future__ import annotations

from pathlib import Path

from pyvips import Image

from robots.tools.images.formats import PNG
from robots.tools.images.frames import Caps
from robots.tools.images.load import load
from robots.tools.images.order import Order
from robots.tools.images.pipeline import made

SIDE, CELL = 1024, 32  # lines finer than a pixel are drawn differently
APART = 128  # of 255


def apart(page: str, drawing: str, **caps: int) -> bool:
    """Whether some part of the drawing has other colours than the first page of the PDF; of a mere strip none has."""
    bounds, square = Caps(**caps), Order(format="png", width=SIDE, height=SIDE, frame=1)
    shown = _drawn(Path(page), square, bounds)
    if min(shown.width, shown.height) < CELL:
        return False
    alike = {"width": shown.width, "height": shown.height, "resize_strategy": "stretch"}
    one, other = _cells(shown), _cells(_drawn(Path(drawing), square.model_copy(update=alike), bounds))
    return max(_beyond(one, other), _beyond(other, one)) > APART


def _beyond(one: Image, other: Image) -> float:
    """How far a cell of one is from all that is near its place in the other: edges need not lie alike."""
    darkest, brightest = other.rank(3, 3, 0), other.rank(3, 3, 8)
    return max(float((one - brightest).max()), float((darkest - one).max()))


def _drawn(path: Path, order: Order, caps: Caps) -> Image:
    """On white paper."""
    return made(load(path, order, PNG, caps), order, PNG, caps).frames[0].colourspace("srgb")


def _cells(image: Image) -> Image:
    """The colours of its parts; those at the edges twice, for at least three are compared each way."""
    across, down = max(1, round(image.width / CELL)), max(1, round(image.height / CELL))
    cells = image.resize(across / image.width, vscale=down / image.height, kernel="linear")
    return cells.embed(1, 1, across + 2, down + 2, extend="copy")
