"""Makes a picture that stands for a file of any kind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from robots.base.errors import BadInput, BadParams, RobotError, ToolMissing
from robots.base.fields import ResizeStrategy, Side, VideoColor, rgba
from robots.base.file import File
from robots.base.params import Param, Params
from robots.base.robot import FileRobot
from robots.base.workspace import Workspace
from robots.tools import likeness
from robots.tools.animation import Animation, AnimationFormat, animated
from robots.tools.browser.browser import INLINE, LONGEST, Browser, Visit
from robots.tools.browser.paper import typed
from robots.tools.category import Category, category
from robots.tools.children import chosen
from robots.tools.framing import Framing
from robots.tools.images.backdrop import Backdrop
from robots.tools.images.losses import plain
from robots.tools.images.order import Order
from robots.tools.plain import letters_of
from robots.tools.slimmers.gif import Gifsicle
from robots.tools.slimmers.wish import Wish
from robots.tools.vips import LIBRARIES, Images

PICTURE, ICON = "robots.tools.images.preview:of_picture", "robots.tools.images.preview:of_icon"
SLIM = "robots.tools.slimming:slim"
SLIMMED = {"jpg": "jpeg", "jpeg": "jpeg", "png": "png", "webp": "webp", "apng": "apng"}
WINDOW = 1024  # pixels, the width for which pages are made
PATIENCE = 50.0  # seconds for one strategy, so that there is time for the next

Strategy = Literal["artwork", "clip", "frame", "icon", "image", "page", "render", "waveform"]


class Strategies(BaseModel):
    """What is tried for each category of files, one after another until one succeeds."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    archive: list[Strategy] = Field(["icon"], description="For archives: icon.")
    audio: list[Strategy] = Field(["artwork", "waveform", "icon"], description="For sounds: artwork, waveform, icon.")
    document: list[Strategy] = Field(["page", "icon"], description="For documents: page, icon.")
    image: list[Strategy] = Field(["image", "icon"], description="For images: image, icon.")
    unknown: list[Strategy] = Field(["icon"], description="For all other files: icon.")
    video: list[Strategy] = Field(["artwork", "frame", "icon"], description="For videos: artwork, frame, clip, icon.")
    webpage: list[Strategy] = Field(["render", "icon"], description="For web pages: render, icon.")


class FilePreviewParams(Params):
    """How previews look. Colours are rrggbb or rrggbbaa, where an alpha of 00 is transparent."""

    format: Literal["avif", "gif", "jpeg", "jpg", "png", "webp"] = Param("png", "The format of all but clips.")
    width: Side = Param(300, "Width in pixels.")
    height: Side = Param(200, "Height in pixels.")
    resize_strategy: ResizeStrategy = Param("pad", "How the picture fits into width and height.")
    background: VideoColor = Param("#ffffffff", "The colour behind it.")
    zoom: bool = Param(True, "Whether smaller pictures are enlarged; clips always are.")
    strategy: Strategies = Param(
        Strategies(),
        "What is tried for each category of files, one after another until one succeeds: an object with lists for "
        "archive, audio, document, image, unknown, video and webpage.",
    )
    artwork_outer_color: VideoColor | None = Param(
        None, "The colour at the corners behind an artwork; with artwork_center_color it makes a gradient."
    )
    artwork_center_color: VideoColor | None = Param(None, "The colour in the middle behind an artwork.")
    waveform_center_color: VideoColor = Param("#000000ff", "The colour of a waveform at its middle.")
    waveform_outer_color: VideoColor = Param("#000000ff", "The colour of a waveform at its edges.")
    waveform_height: int = Param(100, "Height of a waveform, before it is made to fit.", ge=1, le=5000)
    waveform_width: int = Param(300, "Width of a waveform, likewise.", ge=1, le=5000)
    icon_style: Literal["square", "with-text"] = Param(
        "with-text", "An icon with a text under it, or the square of the icon alone."
    )
    icon_text_color: VideoColor = Param("#a2a2a2", "The colour of that text.")
    icon_text_font: str = Param("Roboto", "A font of this server; others are replaced by the one that comes along.")
    icon_text_content: Literal["extension", "none"] = Param(
        "extension", "What the text is; with none its place stays empty."
    )
    optimize: bool = Param(True, "Whether the file is made smaller in the end.")
    optimize_priority: Literal["compression-ratio", "conversion-speed"] = Param(
        "conversion-speed", "Whether it shall be as small as can be, or ready sooner."
    )
    optimize_progressive: bool = Param(False, "Lets browsers show a coarse picture first.")
    clip_format: AnimationFormat = Param("webp", "The format of clips.")
    clip_offset: float = Param(1, "The second at which a clip begins.", ge=0)
    clip_duration: float = Param(5, "How many seconds a clip lasts; one of 0 is none.", ge=0)
    clip_framerate: int = Param(5, "How many frames a second a clip has.", ge=1, le=60)
    clip_loop: bool = Param(True, "Whether a clip starts again when it is over.")

    @property
    def order(self) -> Order:
        return Order(
            format=self.format,
            width=self.width,
            height=self.height,
            resize_strategy=self.resize_strategy,
            zoom=self.zoom,
            progressive=self.optimize and self.optimize_progressive,
        )

    def backdrop(self, strategy: str) -> Backdrop:
        """A gradient of which only one colour is given ends in the background."""
        center, outer = self.artwork_center_color, self.artwork_outer_color
        if strategy != "artwork" or not (center or outer):
            return Backdrop(self.background)
        return Backdrop(self.background, center or self.background, outer or self.background)

    @property
    def framing(self) -> Framing:
        """The same for frames that move."""
        return Framing(
            strategy=self.resize_strategy,
            box=(self.width, self.height),
            background=self.background,
            even=False,
            clear=rgba(self.background)[3] < 255 and self.animation.clears,
        )

    @property
    def animation(self) -> Animation:
        return Animation(self.clip_format, self.clip_offset, self.clip_duration, self.clip_framerate, self.clip_loop)

    @property
    def look(self) -> dict[str, Any]:
        """What the drawing of a waveform needs."""
        return {
            "width": self.waveform_width,
            "height": self.waveform_height,
            "smooth": True,
            "background": "#00000000",
            "center": self.waveform_center_color,
            "outer": self.waveform_outer_color,
        }


class FilePreviewRobot(FileRobot[FilePreviewParams]):
    """Makes a preview picture of any file: its artwork, a frame, a page, a waveform, or an icon with its extension."""

    name = "/file/preview"
    work = "image"
    starts_early = True
    tools = LIBRARIES
    example = {"preview": {"robot": "/file/preview", "use": ":original", "width": 300, "height": 200}}

    async def run(self, file: File, workspace: Workspace) -> AsyncIterator[File]:
        kind = category(file)
        failure: RobotError | None = None
        strategies: Sequence[Strategy] = getattr(self.params.strategy, kind)
        for strategy in strategies:
            try:
                async with asyncio.timeout(PATIENCE):
                    made = await self._made(strategy, kind, file, workspace)
            except TimeoutError:
                failure = BadInput(f"It took longer than {PATIENCE:g} seconds.")
            except BadParams:
                raise
            except RobotError as error:
                failure = error
            else:
                if made:
                    yield await self._slimmed(made, workspace)
                    return
                continue
            workspace.warn(f"{file.name} has no {strategy} as its preview: {failure.message}")
        raise failure or BadInput(f"None of the strategies for {kind} files found anything to show.")

    async def _made(self, strategy: Strategy, kind: Category, file: File, workspace: Workspace) -> File | None:
        """The preview; None if the file has nothing of that kind."""
        if strategy == "icon":
            return await self._icon(kind, file, workspace)
        if strategy == "clip":
            made = await animated(file.bytes, self.params.animation, self.params.framing, workspace)
            if self.params.framing.clear != (rgba(self.params.background)[3] < 255):
                workspace.warn(f"The background of the clip is opaque, for its {self.params.clip_format} has no alpha.")
            return file.made(made, self.params.clip_format)
        picture = await self._picture(strategy, file, workspace)
        return await self._fitted(picture, strategy, file, workspace) if picture else None

    async def _picture(self, strategy: Strategy, file: File, workspace: Workspace) -> Path | None:
        """A picture of any size and format."""
        match strategy:
            case "artwork":
                return await likeness.artwork(file.bytes, workspace)
            case "waveform":
                return await likeness.waveform(file.bytes, self.params.look, workspace)
            case "frame":
                return await likeness.frame(file.bytes, workspace)
            case "page":
                return await likeness.page(file, workspace)
            case "render":
                return await self._rendered(file, workspace)
        return file.bytes

    async def _rendered(self, file: File, workspace: Workspace) -> Path:
        """As much of the top of a page as fits into the preview."""
        if chosen().level != "bwrap":
            raise ToolMissing("Pages can only be shown where bubblewrap works, which they do not on this server.")
        if file.bytes.stat().st_size > INLINE:
            raise BadInput(f"The page has more than the {INLINE} bytes that are allowed.")
        height = min(LONGEST, max(1, WINDOW * self.params.height // self.params.width))
        letters, target = await workspace.in_thread(letters_of, file.bytes), workspace.fresh("page.png")
        mime = await workspace.in_thread(typed, file.bytes, letters)
        visit = Visit("png", document=file.bytes, mime=mime, width=WINDOW, height=height, fullpage=False, patience=20)
        await workspace.tool(Browser).visit(visit, target, workspace)
        return target

    async def _fitted(self, picture: Path, strategy: Strategy, file: File, workspace: Workspace) -> File:
        given = {"source": picture, "backdrop": asdict(self.params.backdrop(strategy))}
        return await self._drawn(PICTURE, given, file, workspace)

    async def _icon(self, kind: Category, file: File, workspace: Workspace) -> File:
        p = self.params
        text = file.ext.upper() if p.icon_text_content == "extension" else ""
        label = {"text": text, "font": p.icon_text_font, "color": p.icon_text_color}
        given = {"category": kind, "label": label if p.icon_style == "with-text" else None}
        return await self._drawn(ICON, {**given, "backdrop": asdict(p.backdrop("icon"))}, file, workspace)

    async def _drawn(self, function: str, given: dict[str, Any], file: File, workspace: Workspace) -> File:
        images, target = workspace.tool(Images), workspace.fresh(f"preview.{self.params.format}")
        caps = {"pixels": images.pixels, "frames": images.frames}
        order = self.params.order.model_dump(mode="json")
        done = await images.call(function, target=target, order=order, **given, **caps)
        for sentence in done["losses"]:
            workspace.warn(plain(sentence))
        return file.made(target, self.params.format, **done["size"])

    async def _slimmed(self, made: File, workspace: Workspace) -> File:
        """The smaller file, if there is one; what cannot be made smaller is a preview all the same."""
        p, target = self.params, workspace.fresh(made.name)
        wish = Wish(p.optimize_priority == "conversion-speed", p.optimize_progressive, keeps_notes=False)
        workspace.progress(0.9)
        try:
            if not p.optimize or not await slimmed(made, target, wish, workspace):
                return made
        except RobotError as error:
            workspace.warn(f"The preview was not optimized: {error.message}")
            return made
        smaller = target.exists() and target.stat().st_size < made.bytes.stat().st_size
        return made.made(target, **made.meta) if smaller or (p.optimize_progressive and target.exists()) else made


async def slimmed(made: File, target: Path, wish: Wish, workspace: Workspace) -> bool:
    """Whether there is a tool for its format."""
    if made.ext == "gif":
        await workspace.tool(Gifsicle).slim(made.bytes, target, wish)
        return True
    if made.ext not in SLIMMED:
        return False
    images = workspace.tool(Images)
    given = {"source": made.bytes, "target": target, "kind": SLIMMED[made.ext], "pixels": images.pixels}
    await images.call(SLIM, **given, wish=asdict(wish))
    return True
