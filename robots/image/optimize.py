"""Makes the files of images smaller without a change that can be seen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from robots.base.errors import BadInput, ToolFailed
from robots.base.file import File
from robots.base.params import Param, Params
from robots.base.robot import FileRobot
from robots.base.workspace import Workspace
from robots.tools.images.kinds import kind_of
from robots.tools.slimmers.gif import Gifsicle
from robots.tools.slimmers.wish import Wish
from robots.tools.vips import LIBRARIES, Images

KINDS = {"jpeg", "png", "apng", "gif", "webp", "svg"}
PIXELS = ("average_color", "has_transparency")
SLIM, MEND = "robots.tools.slimming:slim", "robots.tools.slimming:mend"


class ImageOptimizeParams(Params):
    """What an image may cost and lose."""

    priority: Literal["compression-ratio", "conversion-speed"] = Param(
        "conversion-speed", "Whether the file shall be as small as can be, or ready sooner."
    )
    progressive: bool = Param(
        False, "Lets browsers show a coarse image first, even where that takes more bytes; JPEGs do so anyway."
    )
    preserve_meta_data: bool = Param(
        True, "Keeps EXIF, comments and the like. The colour profile, and how the camera was held, stay in any case."
    )
    fix_breaking_images: bool = Param(
        True, "Writes what can be read of a broken image as a whole one, instead of ending the Assembly."
    )
    lossy: bool = Param(
        False, "Lets a PNG have 256 colours where that is smaller; gradients may show it. Other formats stay exact."
    )


class ImageOptimizeRobot(FileRobot[ImageOptimizeParams]):
    """Makes the file of a JPEG, PNG, GIF, WebP or SVG smaller; other images are passed on as they are."""

    name = "/image/optimize"
    accepts = ("image", "image/svg+xml")
    work = "image"
    tools = (*LIBRARIES, "gifsicle")
    example = {"optimized": {"robot": "/image/optimize", "use": ":original", "progressive": True}}

    async def run(self, file: File, workspace: Workspace) -> AsyncIterator[File]:
        kind = await workspace.in_thread(kind_of, file.bytes)
        if kind not in KINDS:
            yield file
            return
        target = workspace.fresh(file.name)
        try:
            await self._slim(file.bytes, target, kind, workspace)
        except (BadInput, ToolFailed):
            if not self.params.fix_breaking_images or kind == "svg":
                raise
            yield await self._mended(file, kind, workspace)
            return
        yield self._better(file, target, workspace)

    async def _slim(self, source: Path, target: Path, kind: str, workspace: Workspace) -> None:
        p = self.params
        wish = Wish(p.priority == "conversion-speed", p.progressive, p.preserve_meta_data, p.lossy)
        if kind == "gif":
            await workspace.tool(Gifsicle).slim(source, target, wish)
            return
        images = workspace.tool(Images)
        given = {"source": source, "target": target, "kind": kind, "wish": asdict(wish), "pixels": images.pixels}
        for sentence in await images.call(SLIM, **given):
            workspace.warn(sentence)

    async def _mended(self, file: File, kind: str, workspace: Workspace) -> File:
        images, whole = workspace.tool(Images), workspace.fresh(file.name)
        await images.call(MEND, source=file.bytes, target=whole, kind=kind, pixels=images.pixels)
        workspace.warn("The image is broken; what could be read of it was written as a whole one.")
        target = workspace.fresh(file.name)
        await self._slim(whole, target, kind, workspace)
        return file.made(min((whole, target), key=lambda path: path.stat().st_size))

    def _better(self, file: File, target: Path, workspace: Workspace) -> File:
        """The file made, unless the given one is smaller and has nothing that was to go."""
        if not target.exists():
            return file
        before, after = file.bytes.stat().st_size, target.stat().st_size
        # What pixels show is known of the given file, and no decoding can tell more of the same pixels.
        seen = {} if self.params.lossy else {key: file.meta[key] for key in PIXELS if key in file.meta}
        if after < before or not self.params.preserve_meta_data:
            return file.made(target, **seen)
        if not self.params.progressive or after == before:
            return file
        workspace.warn(f"An image that is shown coarse first takes more bytes here: {after} instead of {before}.")
        return file.made(target, **seen)
