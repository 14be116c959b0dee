"""Merges pictures into one: side by side, below each other, as a grid, a mosaic or a heap of photos."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from pyvips import Image

from robots.base.errors import BadParams
from robots.base.fields import rgba
from robots.base.geometry import Size
from robots.tools.images import layout
from robots.tools.images.alpha import solid
from robots.tools.images.average import mean
from robots.tools.images.color import working
from robots.tools.images.formats import FORMS, PNG
from robots.tools.images.frames import Caps
from robots.tools.images.kinds import kind_of
from robots.tools.images.layout import Layout
from robots.tools.images.load import load, upright_size
from robots.tools.images.losses import plain
from robots.tools.images.order import Order
from robots.tools.images.picture import Picture, opaque, size, split
from robots.tools.images.polaroids import TILT, framed, photo_box, photo_side, scattered
from robots.tools.images.save import save
from robots.tools.images.shape import scaled, upright
from robots.tools.images.unheeded import by_format, left_out
from robots.tools.images.watermark import COLOURED

AT_ONCE = 50
STILL = "Only the first frame of each animation was taken."
CELLS = ("columns", "rows", "cell_width", "cell_height")


class Merging(BaseModel):
    """All that can be asked of a merged picture."""

    model_config = ConfigDict(frozen=True)

    format: str = "png"
    direction: Literal["horizontal", "vertical", "grid"] = "horizontal"
    effect: Literal["mosaic", "polaroid-stack"] | None = None
    border: int = 0
    background: str = "#fff"
    width: int | None = None
    height: int | None = None
    columns: int | None = None
    rows: int | None = None
    cell_width: int | None = None
    cell_height: int | None = None
    seed: int | None = None
    shuffle: bool = False
    coverage: float = 1.5
    quality: int = 100
    adaptive_filtering: bool = False

    @property
    def gap(self) -> int:
        return max(0, self.border)

    @property
    def canvas(self) -> tuple[int | None, int | None]:
        return self.width, self.height

    @property
    def color(self) -> list[int]:
        """The background, with alpha only where something can be seen through it."""
        *color, alpha = rgba(self.background)
        return color if alpha == 255 else [*color, alpha]


class Sources:
    """The pictures to merge, which are read one after the other and never all at once."""

    def __init__(self, paths: Sequence[str], caps: Caps) -> None:
        self.paths = [Path(path) for path in paths]
        self.caps = caps
        self.losses: dict[str, None] = {}

    def __len__(self) -> int:
        return len(self.paths)

    def size(self, number: int) -> Size:
        path = self.paths[number]
        return upright_size(path, self.caps) if kind_of(path) == "jpeg" else self._upright(number, Order()).size

    def picture(self, number: int, box: Size, strategy: str) -> Image:
        """In sRGB and in the size of its place."""
        order = Order(width=box.width, height=box.height, resize_strategy=strategy)
        picture = working(scaled(self._upright(number, order), order), COLOURED, PNG)
        self._lose(picture)
        return picture.frames[0].copy_memory()

    def _upright(self, number: int, order: Order) -> Picture:
        picture = load(self.paths[number], order, PNG, self.caps)
        self._lose(picture)
        return upright(picture, order)

    def _lose(self, picture: Picture) -> None:
        for loss in picture.losses:
            self.losses[STILL if "frames" in loss else plain(loss)] = None


def merge(sources: Sequence[str], target: str, wish: dict[str, Any], pixels: int) -> dict[str, Any]:
    """Writes one picture of many, and tells its average colour if nothing can be seen through it."""
    wanted, caps = Merging.model_validate(wish), Caps(pixels)
    chance = Random(wanted.seed)
    paths = list(sources)
    if wanted.shuffle and wanted.effect:
        chance.shuffle(paths)
    given = Sources(paths, caps)
    canvas = _heap(given, wanted, chance) if wanted.effect == "polaroid-stack" else _sheet(given, wanted)
    form = FORMS[wanted.format]
    if canvas.hasalpha() and (len(wanted.color) == 3 or not form.alpha):
        canvas = split(canvas.flatten(background=list(solid(wanted.background)[:3])))[0]
    order = Order(quality=wanted.quality, adaptive_filtering=wanted.adaptive_filtering)
    canvas = canvas.copy_memory()
    made = save(Picture((canvas,), "png"), Path(target), form, wanted.format, order)
    return {
        "width": made.size.width,
        "height": made.size.height,
        "losses": [*given.losses, *_unheeded(wanted), *by_format(order, form)],
        "average": mean(canvas),
    }


def _unheeded(wish: Merging) -> Iterator[str]:
    if wish.effect is None:
        yield from left_out(wish, ["seed", "shuffle", "coverage"], "there is no `effect`")
        if wish.direction != "grid":
            yield from left_out(wish, CELLS, "`direction` is no grid")
        return
    yield from left_out(wish, ["direction", *CELLS], f"the effect {wish.effect} has an order of its own")
    if wish.effect == "mosaic":
        yield from left_out(wish, ["coverage"], "in a mosaic nothing is covered")


def _sheet(sources: Sources, wish: Merging) -> Image:
    """Pictures that do not touch are laid one by one, so that only the sheet and a few of them are in memory."""
    plan = _plan([sources.size(number) for number in range(len(sources))], wish)
    sheet = _ground(plan.canvas, wish, sources.caps)
    for number, place in enumerate(plan.places, 1):
        picture = sources.picture(number - 1, Size(place.width, place.height), plan.strategy)
        sheet = sheet.insert(_laid(picture, wish), place.left, place.top)
        if number % AT_ONCE == 0:
            sheet = sheet.copy_memory()
    return sheet


def _plan(sizes: Sequence[Size], wish: Merging) -> Layout:
    if wish.effect == "mosaic":
        return layout.mosaic(sizes, wish.gap, wish.canvas)
    if wish.direction == "grid":
        sides = layout.sides_of(len(sizes), wish.columns, wish.rows)
        plan = layout.grid(sizes, wish.gap, sides, (wish.cell_width, wish.cell_height))
    else:
        plan = (layout.row if wish.direction == "horizontal" else layout.column)(sizes, wish.gap)
    return layout.on_canvas(plan, wish.canvas)


def _heap(sources: Sources, wish: Merging, chance: Random) -> Image:
    """Photos that lie over each other, the last one on top."""
    width = wish.width or round((wish.height or layout.WIDTH / layout.SHAPE) * layout.SHAPE)
    canvas = Size(width, wish.height or round(width / layout.SHAPE))
    if 2 * wish.gap >= min(canvas.width, canvas.height):
        raise BadParams("border: it leaves no room for the images.")
    ground = _ground(canvas, wish, sources.caps)
    side = photo_side(canvas, len(sources), wish.coverage, wish.gap)
    photos = [
        framed(sources.picture(number, photo_box(side), "fillcrop"), side, chance.uniform(-TILT, TILT))
        for number in range(len(sources))
    ]
    places = scattered([size(photo) for photo in photos], canvas, wish.gap, chance)
    lefts, tops = [place.left for place in places], [place.top for place in places]
    return ground.composite(photos, "over", x=lefts, y=tops).cast("uchar")


def _ground(canvas: Size, wish: Merging, caps: Caps) -> Image:
    caps.allow(canvas.width, canvas.height)
    ground: Image = Image.black(canvas.width, canvas.height).new_from_image(wish.color)
    return ground.copy(interpretation="srgb")


def _laid(picture: Image, wish: Merging) -> Image:
    """On the background, unless something can be seen through that."""
    if len(wish.color) > 3:
        return opaque(picture)
    return picture.flatten(background=wish.color) if picture.hasalpha() else picture
