"""Turns documents of one format into another."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from pydantic import field_validator, model_validator

from robots.base.article import an
from robots.base.errors import BadInput, BadParams, RobotError
from robots.base.file import File
from robots.base.params import Param, Params
from robots.base.robot import FileRobot
from robots.base.workspace import Workspace
from robots.tools.browser.browser import INLINE, Browser, Visit
from robots.tools.browser.paper import NUMBERS, PAPERS, margins, typed
from robots.tools.conversions import LETTERED, PACKED, SOURCES, UNPICTURED, Engine, Hop, kind, route
from robots.tools.ghostscript import Ghostscript
from robots.tools.images.losses import plain
from robots.tools.images.order import Order
from robots.tools.libreoffice import LibreOffice
from robots.tools.pandoc import Pandoc
from robots.tools.plain import UTF_8, Letters, letters_of, rewritten
from robots.tools.poppler import Poppler
from robots.tools.vips import Images

TEXTS = "robots.tools.texts"
COUNT, EXAMINE = "robots.tools.images.sheets:count", "robots.tools.drawing:examine"
ENCLOSE, APART = "robots.tools.images.enclosure:enclose", "robots.tools.images.comparison:apart"
PRINTED = {"eps", "pdf"}  # in which a drawing could be one
MOST_BYTES = 500 << 20

Format = Literal[
    "ai", "csv", "doc", "docx", "eps", "gif", "html", "jpeg", "jpg", "latex", "md", "oda", "odd", "odt", "ott", "pdf",
    "png", "pot", "pps", "ppt", "pptx", "ppz", "ps", "rtf", "rtx", "srt", "svg", "text", "txt", "vtt", "xhtml", "xla",
    "xls", "xlsx", "xml",
]  # fmt: skip


class DocumentConvertParams(Params):
    """Which format is wanted, and how Markdown and pages are to look in it."""

    format: Format = Param(
        ...,
        "The format of the result; not every document can become every other, and none an oda, odd or ppz. "
        "An svg is made of pictures and of drawings: ai, eps, gif, jpg, png and ps.",
    )
    markdown_format: Literal["commonmark", "gfm"] = Param(
        "gfm", "Which Markdown is read and written: that of GitHub, with tables, or the plain one."
    )
    markdown_theme: Literal["bare", "github"] = Param(
        "github", "How Markdown looks as HTML and PDF: as on GitHub, or as the browser shows it."
    )
    pdf_margin: str = Param(
        "6.25mm,6.25mm,14.11mm,6.25mm",
        "Margins of a PDF made of HTML or Markdown: top, right, bottom and left, in mm, cm, in or px.",
    )
    pdf_print_background: bool = Param(True, "Whether backgrounds of HTML are printed.")
    pdf_format: Literal[
        "A0", "A1", "A2", "A3", "A4", "A5", "A6", "Ledger", "Legal", "Letter", "Tabloid"
    ] = Param("Letter", "The paper of a PDF made of HTML or Markdown.")  # fmt: skip
    pdf_display_header_footer: bool = Param(False, "Whether the pages of such a PDF have a header and a footer.")
    pdf_header_template: str | None = Param(
        None,
        "HTML of the header; elements of the classes date, title, url, pageNumber and totalPages are filled in.",
        max_length=100_000,
    )
    pdf_footer_template: str | None = Param(None, "HTML of the footer, likewise.", max_length=100_000)

    @field_validator("pdf_margin")
    @classmethod
    def margins_are_lengths(cls, given: str) -> str:
        margins(given)
        return given

    @model_validator(mode="after")
    def _leaves_room(self) -> DocumentConvertParams:
        top, right, bottom, left = margins(self.pdf_margin)
        width, height = PAPERS[self.pdf_format]
        if top + bottom >= height or left + right >= width:
            raise ValueError(f"pdf_margin leaves nothing of the pages of {self.pdf_format}")
        return self

    @property
    def paper(self) -> dict[str, Any]:
        """The same as the browser wants it."""
        top, right, bottom, left = margins(self.pdf_margin)
        width, height = PAPERS[self.pdf_format]
        edges = {"marginTop": top, "marginRight": right, "marginBottom": bottom, "marginLeft": left}
        size = {"paperWidth": width, "paperHeight": height, "printBackground": self.pdf_print_background, **edges}
        if not self.pdf_display_header_footer:
            return size
        header = {"headerTemplate": self.pdf_header_template} if self.pdf_header_template else {}
        return {**size, "displayHeaderFooter": True, **header, "footerTemplate": self.pdf_footer_template or NUMBERS}


class DocumentConvertRobot(FileRobot[DocumentConvertParams]):
    """Converts documents: office files, Markdown, HTML, LaTeX, PostScript, subtitles and pictures.

    An oda or an odd can become nothing, for no program of today reads them; and no document becomes an oda, odd or ppz.
    Drawings stay drawings in an svg, and pictures their pixels. An xml is DocBook.
    """

    name = "/document/convert"
    accepts = tuple(sorted(SOURCES))
    tools = ("soffice", "chromium", "pandoc", "gs", "pdftocairo")
    isolated = True
    example = {"converted": {"robot": "/document/convert", "use": ":original", "format": "pdf"}}

    @classmethod
    def takes(cls, file: File) -> bool:
        return bool(kind(file))

    async def run(self, file: File, workspace: Workspace) -> AsyncIterator[File]:
        source, wanted = kind(file) or file.ext, self.params.format
        hops = route(source, wanted)
        if not hops:
            told = f"{an(source or 'file of this type').capitalize()} cannot become {an(wanted)}."
            raise BadParams(told, self.error("UNSUPPORTED_CONVERSION"))
        if file.size > MOST_BYTES:
            raise BadInput(f"The document has more than the {MOST_BYTES} bytes that are allowed.")
        given = await self._legible(file, hops[0][0], workspace) if source in LETTERED else file
        for number, hop in enumerate(hops):
            workspace.progress((number + 0.1) / len(hops))
            given = replace(given, path=await self._done(given, source, hop, workspace))
            source = hop[1]
        workspace.progress(1)
        yield file.made(given.bytes, wanted)

    async def _legible(self, file: File, reader: Engine, workspace: Workspace) -> File:
        """The same in UTF-8; only a browser knows those other letters that a page can be in."""
        letters = await workspace.in_thread(letters_of, file.bytes)
        for sentence in letters.losses:
            workspace.warn(sentence)
        if letters == Letters(UTF_8) or (reader == "browser" and not letters.encoding.startswith("utf")):
            return file
        target = workspace.fresh("letters.txt")
        await workspace.in_thread(rewritten, file.bytes, target, letters)
        return replace(file, path=target)

    async def _done(self, given: File, source: str, hop: Hop, workspace: Workspace) -> Path:
        """One step of the way."""
        (engine, wanted), path = hop, given.bytes
        if source in PACKED:
            held = await self._call("examine", workspace, source=path)
            if wanted == "csv" and held["sheets"] > 1:
                workspace.warn(f"Only the first of {held['sheets']} sheets was kept, for a csv holds one.")
            if wanted in UNPICTURED and held["pictures"]:
                workspace.warn(f"The pictures of the document were left behind, for {wanted} files hold none.")
        if engine == "pandoc":
            return await workspace.tool(Pandoc).convert(given, (source, wanted), self.params.markdown_format, workspace)
        if engine == "office":
            return await self._by_office(path, source, wanted, workspace)
        if engine == "ghostscript":
            return await self._by_ghostscript(path, source, wanted, workspace)
        if engine == "poppler":
            return await self._by_poppler(path, workspace)
        if engine == "picture":
            return await self._as_picture(path, source, wanted, workspace)
        target = workspace.fresh(f"document.{wanted}")
        if engine == "browser":
            await self._printed(given, target, workspace)
        elif engine == "subtitles":
            await self._call("subtitles", workspace, source=path, target=target, wanted=wanted)
        else:
            look = {"flavour": self.params.markdown_format, "theme": self.params.markdown_theme}
            await self._call("markdown", workspace, source=path, target=target, **look)
        return target

    async def _by_office(self, path: Path, source: str, wanted: str, workspace: Workspace) -> Path:
        office = workspace.tool(LibreOffice)
        if office.is_here or (source, wanted) != ("docx", "pdf"):
            return await office.convert(path, source, wanted, workspace)
        target = workspace.fresh("document.pdf")
        await self._call("print_docx", workspace, source=path, target=target)
        workspace.warn("The document was printed without LibreOffice, and may look a little different.")
        return target

    async def _by_ghostscript(self, path: Path, source: str, wanted: str, workspace: Workspace) -> Path:
        ghostscript = workspace.tool(Ghostscript)
        if ghostscript.is_here or source != "ai" or wanted == "ps":
            return await ghostscript.convert(path, source, wanted, workspace)
        workspace.warn("The drawing is made of pixels now, for there is no Ghostscript on this server.")
        return await self._as_picture(path, source, wanted, workspace)

    async def _by_poppler(self, path: Path, workspace: Workspace) -> Path:
        images, poppler = workspace.tool(Images), workspace.tool(Poppler)
        if not poppler.is_here:
            workspace.warn("The drawing is made of pixels now, for there is no Poppler on this server.")
            return await self._enclosed(path, workspace)
        if (count := await images.call(COUNT, source=path)) > 1:
            workspace.warn(f"Only the first of {count} pages was kept, for an svg holds one.")
        made = await poppler.draw(path, workspace)
        if (await images.call(EXAMINE, source=made))["letters"]:
            workspace.warn("The letters of the drawing are outlines now, and no text any more.")
        await self._compared(path, made, workspace)
        return made

    async def _compared(self, page: Path, drawing: Path, workspace: Workspace) -> None:
        """Some gradients and masks come out wrong, and nobody says so; but it shows."""
        images = workspace.tool(Images)
        try:
            caps = {"pixels": images.pixels, "frames": images.frames}
            apart = await images.call(APART, page=page, drawing=drawing, **caps)
        except RobotError:
            workspace.warn("The svg could not be drawn here, so that nobody knows whether it looks like the drawing.")
            return
        if apart:
            workspace.warn("Parts of the svg look different from the drawing, so compare the two before you use it.")

    async def _enclosed(self, path: Path, workspace: Workspace) -> Path:
        images, target = workspace.tool(Images), workspace.fresh("document.svg")
        made = await images.call(ENCLOSE, source=path, target=target, pixels=images.pixels, frames=images.frames)
        for sentence in made["losses"]:
            workspace.warn(plain(sentence))
        return target

    async def _as_picture(self, path: Path, source: str, wanted: str, workspace: Workspace) -> Path:
        if wanted == "svg":
            return await self._enclosed(path, workspace)
        if source == "svg" and wanted in PRINTED:
            workspace.warn("The drawing is made of pixels now, which do not get finer when it is enlarged.")
        target = workspace.fresh(f"document.{wanted}")
        made = await workspace.tool(Images).resize(path, target, Order(format=wanted, flatten=False), source)
        for sentence in made.losses:
            workspace.warn(plain(sentence))
        return target

    async def _printed(self, given: File, target: Path, workspace: Workspace) -> None:
        if (path := given.bytes).stat().st_size > INLINE:
            raise BadInput(f"The page has more than the {INLINE} bytes that are allowed.")
        mime = await workspace.in_thread(typed, path, await workspace.in_thread(letters_of, path))
        visit = Visit(format="pdf", document=path, mime=mime, title=given.basename, paper=self.params.paper)
        await workspace.tool(Browser).visit(visit, target, workspace)

    async def _call(self, function: str, workspace: Workspace, **arguments: Any) -> Any:
        return await workspace.tool(Images).call(f"{TEXTS}:{function}", **arguments)
