"""Makes pictures and PDFs of web pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from robots.base.errors import BadInput, BadParams
from robots.base.file import File, imported
from robots.base.params import Param, Params
from robots.base.robot import Robot
from robots.base.workspace import Workspace
from robots.tools import filename
from robots.tools.browser.browser import INLINE, LONGEST, Browser, Visit
from robots.tools.browser.paper import typed
from robots.tools.guard import Refused, destination
from robots.tools.headers import header_fault
from robots.tools.plain import letters_of

VIEWPORT = 768
LONGEST_DELAY = 60_000
PAPER = {"printBackground": True, "paperWidth": 8.5, "paperHeight": 11}
Milliseconds = Annotated[float, Field(ge=0, le=60_000)]


class Action(BaseModel):
    """Something that is done to the page before it is shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["click", "fill", "scroll", "wait"] = Field(description="What is done.")
    selector: str = Field("body", max_length=1000, description="The first element that it finds is meant.")
    value: str = Field("", max_length=10_000, description="What `fill` writes.")
    ms: Milliseconds = Field(0, description="How many milliseconds `wait` waits.")
    x: int = Field(0, description="Pixels to the right, for `scroll`.")
    y: int = Field(0, description="Pixels down, for `scroll`.")


class HtmlConvertParams(Params):
    """Which page, and how it is looked at."""

    url: str | None = Param(None, "The address of the page; without it the step needs a file.")
    format: Literal["jpeg", "jpg", "pdf", "png"] = Param("png", "The format of the result.")
    fullpage: bool = Param(True, "Shows the whole page; else only what `width` and `height` leave of it.")
    omit_background: bool = Param(False, "Leaves out the white behind the page, so that a png is transparent there.")
    width: int = Param(1024, "Width of the window in pixels.", ge=1, le=LONGEST)
    height: int | None = Param(
        None, "Height of the window; 768 without it, and as long as the page with `fullpage`.", ge=1, le=LONGEST
    )
    delay: int = Param(0, "Milliseconds to wait after the page has come.", ge=0, le=LONGEST_DELAY)
    headers: dict[str, str] | None = Param(None, "Headers to send to the site of `url`, and to no other.")
    wait_until: Literal["domcontentloaded", "load", "networkidle", "commit"] = Param(
        "networkidle", "How far the page must have come: until nothing has been loaded for half a second, by default."
    )
    timeouts: dict[str, Milliseconds] = Param(
        {}, "Milliseconds; `navigation` is how long the page may take to come.", hidden=True
    )
    actions: list[Action] = Param([], "What is done on the page before it is shown.", hidden=True, max_length=50)
    debuginfo: bool = Param(False, "Tells what the page logged, and what failed on it, as warnings.", hidden=True)

    @field_validator("url")
    @classmethod
    def url_can_be_asked(cls, url: str | None) -> str | None:
        try:
            return str(destination(url)) if url else None
        except Refused as error:
            raise ValueError(error.message) from error

    @field_validator("headers")
    @classmethod
    def headers_can_be_sent(cls, headers: dict[str, str] | None) -> dict[str, str] | None:
        for name, value in (headers or {}).items():
            if fault := header_fault(name, value):
                raise ValueError(fault)
        return headers


class HtmlConvertRobot(Robot[HtmlConvertParams]):
    """Makes a picture or a PDF of a web page, or of a file with one."""

    name = "/html/convert"
    accepts = ("text/html", "application/xhtml+xml")
    inputs = "none"
    tools = ("chromium",)
    isolated = True
    example = {"shot": {"robot": "/html/convert", "url": "https://example.com/", "width": 1280}}

    def work_on(self, files: Sequence[File], workspace: Workspace) -> AsyncIterator[File]:
        return self.run(files[0] if files else None, workspace)

    async def run(self, file: File | None, workspace: Workspace) -> AsyncIterator[File]:
        p = self.params
        if file is None and not p.url:
            raise BadParams("url: a page is needed, either by its url or as a file in `use`.")
        if file and not p.url and file.size > INLINE:
            raise BadInput(f"The page has more than the {INLINE} bytes that are allowed.")
        if p.omit_background and p.format in ("jpg", "jpeg"):
            workspace.warn(f"A {p.format} cannot be transparent: what shows through is black or white.")
        target = workspace.fresh(f"page.{p.format}")
        workspace.progress(0.1)
        made = await workspace.tool(Browser).visit(await self._visit(file, workspace), target, workspace)
        size: dict[str, Any] = {key: made[key] for key in ("width", "height") if key in made}
        yield file.made(target, p.format, **size) if file else self._named(target, size)

    async def _visit(self, file: File | None, workspace: Workspace) -> Visit:
        p = self.params
        document = file.bytes if file and not p.url else None
        letters = await workspace.in_thread(letters_of, document) if document else None
        for sentence in letters.losses if letters else ():
            workspace.warn(sentence)
        return Visit(
            format=p.format,
            url=p.url,
            document=document,
            mime=await workspace.in_thread(typed, document, letters) if document and letters else "",
            title=file.basename if file and document else "",
            headers=p.headers or {},
            width=p.width,
            height=p.height or VIEWPORT,
            fullpage=p.fullpage,
            clear=p.omit_background,
            wait_until=p.wait_until,
            delay=p.delay,
            patience=p.timeouts.get("navigation", 30_000) / 1000,
            actions=[action.model_dump() for action in p.actions],
            debug=p.debuginfo,
            paper=PAPER,
        )

    def _named(self, path: Path, meta: dict[str, Any]) -> File:
        """After the page, or its site."""
        place = destination(self.params.url or "")
        stem = filename.of_path(place.raw_path).rpartition(".")[0] or place.raw_host or "page"
        return imported(path, f"{stem}.{self.params.format}").with_meta(**meta)
