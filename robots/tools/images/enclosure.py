"""An SVG that holds a picture of pixels, for those who need that format. Runs in a warm child."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from typing import Any

from robots.tools.images.formats import JPEG, PNG, Form
from robots.tools.images.frames import Caps
from robots.tools.images.load import load
from robots.tools.images.order import Order
from robots.tools.images.pages import DENSITY, POINTS_PER_INCH
from robots.tools.images.pipeline import made
from robots.tools.images.save import save

# Not all that draw an SVG heed the profile of a picture in it.
SVG = Form("svg", "vips", deep=True, exif=True, xmp=True)
PIECE = 3 << 18  # so that no base64 is filled up in the middle
# The most that a widespread reader of XML takes as one word.
LARGE = 10_000_000
HOLDS = "The svg holds the pixels of the picture, which do not get finer when it is enlarged."
HEAVY = "The picture in the svg is so large that some programs refuse to show it."


def enclose(source: str, target: str, **caps: int) -> dict[str, Any]:
    """The first frame, upright and in sRGB, in an SVG of its size; a page is as large as on paper."""
    order, bounds, inner = Order(flatten=False), Caps(**caps), Path(f"{target}.inner")
    loaded = load(Path(source), order, SVG, bounds)
    form, ext = (JPEG, "jpg") if loaded.kind == "jpeg" else (PNG, "png")
    picture = save(made(loaded, order, SVG, bounds), inner, replace(form, profile=False), ext, order)
    scale, unit = (POINTS_PER_INCH / DENSITY, "pt") if loaded.kind == "pdf" else (1, "")
    width, height = picture.size.width, picture.size.height
    size = f'width="{scale * width:.6g}{unit}" height="{scale * height:.6g}{unit}" viewBox="0 0 {width} {height}"'
    with inner.open("rb") as pixels, Path(target).open("wb") as svg:
        svg.write(
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {size}>'.encode()
        )
        svg.write(f'<image width="{width}" height="{height}" xlink:href="data:image/{form.name};base64,'.encode())
        while piece := pixels.read(PIECE):
            svg.write(b64encode(piece))
        svg.write(b'"/></svg>\n')
    inner.unlink()
    heavy = [HEAVY] if Path(target).stat().st_size > LARGE else []
    return {"losses": [*picture.losses, HOLDS, *heavy]}
