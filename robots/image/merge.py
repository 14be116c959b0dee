"""Merges several images into one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Literal

from robots.base.errors import BadInput, ToolFailed
from robots.base.fields import Color
from robots.base.file import File
from robots.base.params import Param, Params
from robots.base.robot import BundleRobot
from robots.base.workspace import Workspace
from robots.tools.vips import LIBRARIES, Images

MERGE = "robots.tools.images.merge:merge"


class ImageMergeParams(Params):
    """How images shall lie beside each other."""

    format: Literal["jpg", "png", "webp"] = Param("png", "The format of the result.")
    direction: Literal["horizontal", "vertical", "grid"] = Param(
        "horizontal", "Side by side, one below the other, or in rows and columns; an effect has its own order."
    )
    effect: Literal["mosaic", "polaroid-stack"] | None = Param(
        None, "A collage instead: rows without holes, or instant photos in a heap."
    )
    border: int = Param(
        0, "Pixels between the images; in a mosaic also round them, and in a heap between it and the edge.", le=25000
    )
    background: Color = Param("#fff", "What shows between the images, and where they are transparent.")
    width: int | None = Param(
        None, "Width of the result in pixels; 1200 for an effect, else as wide as the images are.", gt=0, le=25000
    )
    height: int | None = Param(
        None, "Height of the result in pixels; what the width makes of it if not given.", gt=0, le=25000
    )
    columns: int | None = Param(
        None, "Columns of a grid; as many as rows, or as they need, if not given.", ge=1, le=25000
    )
    rows: int | None = Param(None, "Rows of a grid; if they are too few for the images there are more.", ge=1, le=25000)
    cell_width: int | None = Param(None, "Width of a cell of a grid, into which images are fitted.", ge=1, le=25000)
    cell_height: int | None = Param(None, "Height of a cell; likewise.", ge=1, le=25000)
    seed: int | None = Param(None, "The same number makes the same collage again.")
    shuffle: bool = Param(False, "Lays the images of a collage in any order.")
    coverage: float = Param(1.5, "How many times the photos of a heap would cover it.", ge=0.5, le=3)
    quality: int = Param(100, "From 1 to 100; for a PNG how hard it is compressed.", ge=1, le=100)
    adaptive_filtering: bool = Param(False, "Tries harder to make a PNG small.")
    sort_by: Literal["auto", "basename", "import_order"] = Param(
        "basename", "The order of the files; tags such as `as: image_2` count more than names."
    )


class ImageMergeRobot(BundleRobot[ImageMergeParams]):
    """Merges several images into one: a row, a column, a grid, a mosaic or a heap of instant photos."""

    name = "/image/merge"
    accepts = ("image", "image/svg+xml")
    work = "image"
    tools = LIBRARIES
    example = {"merged": {"robot": "/image/merge", "use": {"steps": [":original"], "bundle_steps": True}, "border": 5}}

    async def run(self, files: Sequence[File], workspace: Workspace) -> AsyncIterator[File]:
        images, wish = workspace.tool(Images), self.params
        target = workspace.fresh(f"merged.{wish.format}")
        sources = [file.bytes for file in files]
        given = wish.model_dump(exclude={"sort_by"})
        try:
            made = await images.call(MERGE, sources=sources, target=target, wish=given, pixels=images.pixels)
        except (BadInput, ToolFailed) as error:
            raise type(error)(error.message, self.error("FAILURE"), **error.details) from error
        for sentence in made["losses"]:
            workspace.warn(sentence)
        seen = {"average_color": made["average"], "has_transparency": False} if made["average"] else {}
        yield files[0].made(target, wish.format, width=made["width"], height=made["height"], **seen)
