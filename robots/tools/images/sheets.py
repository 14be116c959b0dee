"""What a document is asked beside its pictures: how many pages it has, and to leaf through them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pyvips import Image

from robots.base.errors import BadInput
from robots.tools.images import pages
from robots.tools.images.formats import FORMS
from robots.tools.images.frames import Caps
from robots.tools.images.order import Order
from robots.tools.images.picture import Picture
from robots.tools.images.save import save


def count(source: str) -> int:
    """The number of pages of a PDF."""
    with pages.opened(Path(source)) as document:
        if not len(document):
            raise BadInput("The PDF has no pages.")
        return len(document)


def animate(sources: list[str], target: str, background: str, delay: int, **caps: int) -> dict[str, Any]:
    """An animated GIF of pictures; each is shown for `delay` milliseconds."""
    frames = tuple(Image.pngload(source) for source in sources)
    width, height = max(frame.width for frame in frames), max(frame.height for frame in frames)
    Caps(**caps).check(width, height, len(frames))
    picture = Picture(frames, "pdf", delays=(delay,) * len(frames) if len(frames) > 1 else ())
    made = save(picture, Path(target), FORMS["gif"], "gif", Order(background=background, strip=True))
    return {"width": made.size.width, "height": made.size.height, "losses": made.losses}
