"""Picture: what goes from step to step, one or many frames and what is known of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pyvips
from pyvips import Image

from robots.base.fields import RGBA
from robots.base.geometry import Size


@dataclass(frozen=True, slots=True)
class Picture:
    """The frames of a picture; `kind` is the format that it came in.

    `full` are the sizes of the frames before they were read at a fraction of them. `seen` is the first frame, in
    memory, before any colour was changed or any part cut off; not every way leads to it. `delays`, in milliseconds, and
    `loop` belong to an animation. `losses` are sentences on what was lost, for the user.
    """

    frames: tuple[Image, ...]
    kind: str
    full: tuple[Size, ...] = ()
    delays: tuple[int, ...] = ()
    loop: int = 0
    losses: tuple[str, ...] = ()
    seen: Image | None = None

    @property
    def size(self) -> Size:
        return self.full[0] if self.full else size(self.frames[0])

    @property
    def animated(self) -> bool:
        return len(self.frames) > 1

    def each(self, act: Callable[[Image], Image]) -> Picture:
        """The same act on every frame."""
        return replace(self, frames=tuple(act(frame) for frame in self.frames), full=())

    @property
    def pages(self) -> list[Picture]:
        """Each frame as a picture of its own."""
        return [Picture((frame,), self.kind, self.full[at : at + 1]) for at, frame in enumerate(self.frames)]

    def losing(self, sentence: str) -> Picture:
        return replace(self, losses=(*self.losses, sentence))


# What is said of a picture whose channels were finer than the 8 bits that most formats and all effects have.
EIGHT_BITS = "The picture has 8 bits a channel now, and had more."

# The pieces of metadata that are set here, and their types.
NOTES = {
    "icc-profile-data": pyvips.GValue.blob_type,
    "exif-data": pyvips.GValue.blob_type,
    "xmp-data": pyvips.GValue.blob_type,
    "iptc-data": pyvips.GValue.blob_type,
    "orientation": pyvips.GValue.gint_type,
    "page-height": pyvips.GValue.gint_type,
    "loop": pyvips.GValue.gint_type,
    "delay": pyvips.GValue.array_int_type,
}


def noted(image: Image, **notes: Any) -> Image:
    """The image with these pieces of metadata, written with underscores; None takes one away."""
    image = image.copy()
    for name, value in notes.items():
        name = name.replace("_", "-")
        if value is not None:
            image.set_type(NOTES[name], name, value)
        elif image.get_typeof(name):
            image.remove(name)
    return image


def note(image: Image, name: str, default: Any = None) -> Any:
    """One piece of metadata, if the image has it."""
    return image.get(name) if image.get_typeof(name) else default


def size(image: Image) -> Size:
    return Size(image.width, image.height)


def top(image: Image) -> int:
    """The value of white, and of opaque."""
    return 65535 if image.format == "ushort" else 255


def paint(image: Image, color: RGBA) -> list[float]:
    """A colour as this image's bands want it: gray or RGB, with alpha if it has one."""
    *channels, alpha = (channel * top(image) / 255 for channel in color)
    if image.bands < 3:
        red, green, blue = channels
        channels = [0.2126 * red + 0.7152 * green + 0.0722 * blue]
    return [*channels, alpha] if image.hasalpha() else channels


def split(image: Image) -> tuple[Image, Image | None]:
    """The colours and the alpha of an image."""
    if not image.hasalpha():
        return image, None
    return image.extract_band(0, n=image.bands - 1), image.extract_band(image.bands - 1)


def joined(colors: Image, alpha: Image | None) -> Image:
    return (
        colors
        if alpha is None
        else colors.bandjoin(alpha.cast(colors.format)).copy(interpretation=colors.interpretation)
    )


def opaque(image: Image) -> Image:
    """The image with an alpha channel; a new one hides nothing."""
    return image if image.hasalpha() else image.bandjoin(top(image)).copy(interpretation=image.interpretation)


def on_colors(image: Image, act: Callable[[Image], Image]) -> Image:
    """Changes the colours and leaves alpha alone; the result has the depth of the image."""
    colors, alpha = split(image)
    changed = act(colors).cast(image.format).copy(interpretation=colors.interpretation)
    return joined(changed, alpha)
