"""Ghostscript: prints PostScript as PDF, and PDF as PostScript."""

from __future__ import annotations

from pathlib import Path

from robots.base.errors import BadInput, ToolFailed
from robots.base.workspace import Workspace
from robots.tools.process import Limits, run
from robots.tools.programs import Programs

LIMITS = Limits(wall=120, cpu=60, memory=2 << 30, resident=1 << 30, file_size=1 << 30, disk=2 << 30)
DEVICES = {"pdf": "pdfwrite", "ps": "ps2write", "eps": "eps2write"}
# PostScript is a language of programs: these may read what Ghostscript brings along, and change nothing but the result.
SAFE = ("-dSAFER", "-dBATCH", "-dNOPAUSE", "-dPDFSTOPONERROR")
PAGE = "page-%d.eps"


class Ghostscript:
    """The program of that name."""

    def __init__(self, programs: Programs, limits: Limits = LIMITS) -> None:
        self.programs = programs
        self.limits = limits

    @property
    def is_here(self) -> bool:
        return self.programs.find("gs") is not None

    async def page(self, source: Path, kind: str, workspace: Workspace) -> Path:
        """A PDF of the first page."""
        return await self.convert(source, kind, "pdf", workspace, last=1)

    async def convert(
        self, source: Path, kind: str, wanted: str, workspace: Workspace, *, last: int | None = None
    ) -> Path:
        """The document as pdf, ps or eps; of the last each is one page, as large as what is on it.

        `last` is the number of the page after which it ends, if it is not to be printed whole.
        """
        program, folder = self.programs.need("gs"), workspace.fresh("printed")
        folder.mkdir()
        one = wanted == "eps"
        last = 2 if one else last
        made = folder / (PAGE % 1 if one else f"printed.{wanted}")
        argv: list[str | Path] = [program, *SAFE, f"-sDEVICE={DEVICES[wanted]}"]
        argv += [f"-sOutputFile={PAGE if one else made.name}"]
        argv += [f"-dLastPage={last}"] if last else []
        argv += ["-dEPSCrop"] if kind == "eps" else []
        try:
            finished = await run([*argv, "-f", source], folder=folder, limits=self.limits)
        except ToolFailed as error:
            raise BadInput("The document is damaged, or not what its name says.", **error.details) from error
        if not made.is_file() or made.is_symlink() or not made.stat().st_size:
            raise BadInput("Ghostscript found no page in this document.", stderr="\n".join(finished.tail))
        if one and (folder / PAGE.replace("%d", "2")).exists():
            workspace.warn("Only the first page was kept, for an eps holds one.")
        return made
