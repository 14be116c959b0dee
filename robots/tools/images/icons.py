"""Icons: a sign for each category of files, and under it the extension of the file."""

from __future__ import annotations

from dataclasses import dataclass

from pyvips import Image

from robots.base.fields import rgba
from robots.base.geometry import Size
from robots.tools.images.letters import filled, mask_of
from robots.tools.images.loaders import hardened
from robots.tools.images.order import Text
from robots.tools.images.picture import size

# Colour and sign, in a square of 24.
LINES = 'fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
SIGNS = {
    "archive": (
        "#b7791f",
        f'<path {LINES} d="M12 4v1M12 8v1M12 12v1"/><rect x="9.5" y="15" width="5" height="5" rx="1" fill="#fff"/>',
    ),
    "audio": (
        "#dd6b20",
        f'<path {LINES} d="M9 17V7l8-2v10"/><path fill="#fff" d="M9 17a2.5 2.5 0 1 0-5 0 2.5 2.5 0 1 0 5 0'
        'M17 15a2.5 2.5 0 1 0-5 0 2.5 2.5 0 1 0 5 0"/>',
    ),
    "document": ("#2b6cb0", f'<path {LINES} d="M7 8h10M7 12h10M7 16h6"/>'),
    "image": ("#2f855a", '<path fill="#fff" d="M4 18l5.5-7 4 5 2.5-3 4 5zM18 8a2 2 0 1 0-4 0 2 2 0 1 0 4 0"/>'),
    "unknown": ("#718096", f'<path {LINES} d="M14 5H8v14h9V8zv3h3"/>'),
    "video": ("#c53030", '<path fill="#fff" d="M8.5 6.5v11l9-5.5z"/>'),
    "webpage": (
        "#5a67d8",
        f'<circle {LINES} cx="12" cy="12" r="7"/><path {LINES} d="M5 12h14M12 5c4 4 4 10 0 14M12 5c-4 4-4 10 0 14"/>',
    ),
}
SIGN_HEIGHT, LABEL_TOP, LABEL_HEIGHT = 0.55, 0.74, 0.16  # parts of the height
WIDEST = 0.9  # part of the width that a label may take
LONGEST = 12  # letters


@dataclass(frozen=True, slots=True)
class Label:
    """What stands under a sign, and how; an empty text leaves its place empty."""

    text: str
    font: str
    color: str


def icon(category: str, canvas: Size, label: Label | None) -> Image:
    """The icon on nothing; without a label the sign takes all the room."""
    side = min(canvas.width, canvas.height) if label is None else _side(canvas)
    top = (canvas.height - side) // 2 if label is None else round(canvas.height * (LABEL_TOP - SIGN_HEIGHT) / 2)
    ground = Image.black(canvas.width, canvas.height, bands=4).copy(interpretation="srgb")
    drawn = _over(ground, _sign(category, max(1, side)), top)
    if label is None or not label.text.strip():
        return drawn
    return _over(drawn, _written(label, canvas), round(canvas.height * LABEL_TOP))


def _side(canvas: Size) -> int:
    return round(min(canvas.height * SIGN_HEIGHT, canvas.width * WIDEST))


def _sign(category: str, side: int) -> Image:
    color, sign = SIGNS[category]
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" viewBox="0 0 24 24">'
        f'<rect width="24" height="24" rx="4" fill="{color}"/>{sign}</svg>'
    )
    hardened()
    image: Image = Image.svgload_buffer(drawing.encode())
    return image.copy_memory()


def _written(label: Label, canvas: Size) -> Image:
    """One line, as high as its place, or lower where it would be too wide."""
    height = max(1, round(canvas.height * LABEL_HEIGHT))
    mask = mask_of(Text(text=label.text[:LONGEST], font=label.font[:100], size=min(5000, height)))
    scale = min(1.0, WIDEST * canvas.width / mask.width, height / mask.height)
    return filled(mask.resize(scale) if scale < 1 else mask, rgba(label.color))


def _over(ground: Image, layer: Image, top: int) -> Image:
    """In the middle from left to right."""
    left = (ground.width - size(layer).width) // 2
    return ground.composite2(layer, "over", x=left, y=top).cast("uchar").copy_memory()
