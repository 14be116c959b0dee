"""Makes pictures of the pages of a PDF."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from robots.base.errors import BadInput, BadParams, RobotError, ToolFailed
from robots.base.fields import Color, ResizeStrategy
from robots.base.file import File
from robots.base.params import Param, Params
from robots.base.robot import FileRobot
from robots.base.workspace import Workspace
from robots.tools.images.order import Order
from robots.tools.vips import LIBRARIES, Images, Made

COUNT, ANIMATE = "robots.tools.images.sheets:count", "robots.tools.images.sheets:animate"
MANY = 5  # documents with more pages are worth more than one child
AT_ONCE = 4
NO_DELAY = 10  # hundredths of a second, which browsers take when a GIF tells none
QUICK = 10  # the quality of a PNG that is only a step on the way

Colorspace = Literal[
    "CMY", "CMYK", "Gray", "HCL", "HCLp", "HSB", "HSI", "HSL", "HSV", "HWB", "Jzazbz", "Lab", "LCHab", "LCHuv", "LMS",
    "Log", "Luv", "OHTA", "OkLab", "OkLCH", "Rec601YCbCr", "Rec709YCbCr", "RGB", "scRGB", "sRGB", "Transparent",
    "Undefined", "xyY", "XYZ", "YCbCr", "YCC", "YDbDr", "YIQ", "YPbPr", "YUV",
]  # fmt: skip


def _capital(value: Any) -> Any:
    return value.capitalize() if isinstance(value, str) else value


class DocumentThumbsParams(Params):
    """Which pages, and how they shall look."""

    page: int | None = Param(None, "The one page to take, counted from 1; all of them without it.", ge=1)
    page_range: Annotated[str, Field(pattern=r"^\d{1,9}-\d{1,9}$")] | None = Param(
        None, "The pages to take instead, such as 2-5; those that the document does not have are left out."
    )
    format: Literal["gif", "jpeg", "jpg", "png"] = Param(
        "png", "The format of the pictures; a gif shows all pages one after another."
    )
    delay: int = Param(NO_DELAY, "Hundredths of a second for which a gif shows each page.", ge=0, le=65_535)
    width: int | None = Param(None, "Width in pixels; that of the page without it.", ge=1, le=5000)
    height: int | None = Param(None, "Height in pixels; that of the page without it.", ge=1, le=5000)
    resize_strategy: ResizeStrategy | Literal["none"] = Param(
        "pad", "How the page fits into width and height; none leaves it as it is."
    )
    background: Color = Param("#FFFFFF", "The colour of the paper, and of what is added by padding.")
    alpha: Annotated[Literal["Remove", "Set"] | None, BeforeValidator(_capital)] = Param(
        None, "Set leaves the paper transparent, in formats that know it; Remove never does."
    )
    density: Annotated[str, Field(pattern=r"^\d{1,4}(x\d{1,4})?$")] | None = Param(
        None, "Dots per inch at which pages are drawn, as one number or as width x height; 150 without it."
    )
    antialiasing: bool = Param(False, "Softens the edges of letters and lines as they are drawn.")
    colorspace: Colorspace | None = Param(None, "The colour space of the pictures, where their format can hold it.")
    trim_whitespace: bool = Param(True, "Cuts off the empty margins of the pages.")
    pdf_use_cropbox: bool = Param(True, "Shows the part of a page that is meant to be seen, not all of its paper.")
    turbo: bool = Param(True, "Hands on each picture as soon as it is made, and draws several pages at once.")
    stack: Literal["ghostscript", "vips", "pdfium", "imagemagick"] | None = Param(None, "Accepted and without effect.")
    imagemagick_stack: Annotated[str, Field(pattern=r"^v?[23](\.\d+)?(\.\d+)?$")] = Param(
        "v3", "Accepted and without effect."
    )

    @field_validator("page_range")
    @classmethod
    def pages_are_in_order(cls, given: str | None) -> str | None:
        first, last = map(int, (given or "1-1").split("-"))
        if not 1 <= first <= last:
            raise ValueError("must name pages from 1 on, the lower number first")
        return given

    @field_validator("density")
    @classmethod
    def density_is_some(cls, given: str | None) -> str | None:
        if given and not all(map(int, given.split("x"))):
            raise ValueError("must be at least 1")
        return given

    @model_validator(mode="after")
    def pages_are_named_once(self) -> DocumentThumbsParams:
        if self.page is not None and self.page_range is not None:
            raise ValueError("page and page_range: only one of them can be given")
        return self


class DocumentThumbsRobot(FileRobot[DocumentThumbsParams]):
    """Makes a picture of each page of a PDF, or one animated GIF of them all."""

    name = "/document/thumbs"
    accepts = ("pdf", "application/pdf")
    work = "image"
    tools = LIBRARIES
    example = {"thumbs": {"robot": "/document/thumbs", "use": ":original", "width": 200, "trim_whitespace": False}}

    async def run(self, file: File, workspace: Workspace) -> AsyncIterator[File]:
        try:
            async for made in self._run(file, workspace):
                yield made
        except (BadInput, ToolFailed) as error:
            raise type(error)(error.message, self.error("INVALID_INPUT"), **error.details) from error

    async def _run(self, file: File, workspace: Workspace) -> AsyncIterator[File]:
        images = workspace.tool(Images)
        numbers = self._chosen(await images.call(COUNT, source=file.bytes), images.frames)
        if self.params.format == "gif":
            yield await self._animated(file, numbers, workspace)
            return
        drawn: list[File] = []
        for batch in self._batches(numbers):
            for path, made in await self._drawn(file, batch, workspace):
                shown = {"width": made.width, "height": made.height, "thumb_index": len(drawn)}
                drawn.append(file.made(path, made.ext, **shown))
                if self.params.turbo:
                    yield drawn[-1]
            workspace.progress(len(drawn) / len(numbers))
        for result in [] if self.params.turbo else drawn:
            yield result

    def _chosen(self, count: int, most: int) -> range:
        """The numbers of the pages, from 1."""
        p = self.params
        if p.page is not None and p.page > count:
            raise BadParams(f"page: there is no page {p.page}, the document has {count}.")
        first, last = (p.page, p.page) if p.page else map(int, (p.page_range or f"1-{count}").split("-"))
        wanted = range(first, min(last, count) + 1)
        if not wanted:
            raise BadParams(f"page_range: there is no page {first}, the document has {count}.")
        if len(wanted) > most:
            raise BadInput(f"The document has {len(wanted)} pages to draw, more than the {most} that are allowed.")
        return wanted

    def _batches(self, numbers: range) -> list[range]:
        """What is drawn at once."""
        size = AT_ONCE if self.params.turbo and len(numbers) > MANY else 1
        return [numbers[at : at + size] for at in range(0, len(numbers), size)]

    async def _animated(self, file: File, numbers: range, workspace: Workspace) -> File:
        """Pages become files on the way, so that a long document needs no more memory than a short one."""
        images, sources = workspace.tool(Images), []
        for batch in self._batches(numbers):
            sources += [path for path, _ in await self._drawn(file, batch, workspace)]
            workspace.progress(len(sources) / (len(numbers) + 1))
        told = {"background": self.params.background, "delay": 10 * self.params.delay}
        caps = {"pixels": images.pixels, "frames": images.frames}
        target = workspace.fresh("pages.gif")
        made = await images.call(ANIMATE, sources=sources, target=target, **told, **caps)
        for sentence in made["losses"]:
            workspace.warn(sentence)
        return file.made(target, "gif", width=made["width"], height=made["height"], thumb_index=0)

    async def _drawn(self, file: File, batch: Sequence[int], workspace: Workspace) -> list[tuple[Path, Made]]:
        images = workspace.tool(Images)
        targets = [workspace.fresh(f"page.{self.params.format}") for _ in batch]
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(_made(images, file.bytes, target, self._order(number)))
                for number, target in zip(batch, targets, strict=True)
            ]
        outcomes = [task.result() for task in tasks]
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome
        done = [outcome for outcome in outcomes if isinstance(outcome, Made)]
        for sentence in (loss for made in done for loss in made.losses):
            workspace.warn(sentence)
        return list(zip(targets, done, strict=True))

    def _order(self, number: int) -> Order:
        p, sized = self.params, self.params.resize_strategy != "none"
        across, _, down = (p.density or "").partition("x")
        return Order(
            format="png" if p.format == "gif" else p.format,
            quality=QUICK if p.format == "gif" else Order().quality,
            frame=number,
            width=p.width if sized else None,
            height=p.height if sized else None,
            resize_strategy=p.resize_strategy if p.resize_strategy != "none" else "fit",
            background=p.background,
            flatten=p.alpha != "Set",
            alpha=p.alpha,
            density=(float(across), float(down or across)) if p.density else None,
            smooth=p.antialiasing,
            cropbox=p.pdf_use_cropbox,
            colorspace=p.colorspace,
            trim_whitespace=p.trim_whitespace,
        )


async def _made(images: Images, source: Path, target: Path, order: Order) -> Made | RobotError:
    """A failure is handed on as it is: a task group would wrap it in an exception group."""
    try:
        return await images.resize(source, target, order, "pdf")
    except RobotError as error:
        return error
