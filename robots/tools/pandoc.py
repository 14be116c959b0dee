"""Pandoc: turns texts with structure into others of their kind."""

from __future__ import annotations

import re
from pathlib import Path

from robots.base.errors import BadInput, ToolFailed
from robots.base.file import File
from robots.base.workspace import Workspace
from robots.tools.filename import safe
from robots.tools.process import Limits, run
from robots.tools.programs import Programs

LIMITS = Limits(wall=120, cpu=120, memory=None, resident=2 << 30, file_size=1 << 30, disk=2 << 30)
NAMES = {"xhtml": "html", "rtx": "rtf", "text": "txt"}
READS = {"txt": "commonmark"}
WRITES = {"txt": "plain", "html": "html5", "xhtml": "html4", "xml": "docbook5"}
PAGES = {"html", "xhtml"}
INCLUDED = re.compile(r"Could not load include file (\S{1,100})")
LEFT_OUT = "Could not fetch resource"  # which no sandbox lets it do
MARKDOWN = {"gfm": "gfm", "commonmark": "commonmark"}


class Pandoc:
    """The program of that name."""

    def __init__(self, programs: Programs, limits: Limits = LIMITS) -> None:
        self.programs = programs
        self.limits = limits

    async def convert(self, file: File, kinds: tuple[str, str], flavour: str, workspace: Workspace) -> Path:
        """The text in the second of the two formats; `flavour` is that of Markdown."""
        kind, wanted = kinds
        target = workspace.fresh(f"text.{wanted}")
        argv: list[str | Path] = [self.programs.need("pandoc"), "--sandbox", "--standalone"]
        argv += [f"--from={_reads(kind, flavour)}", f"--to={_writes(wanted, flavour)}"]
        argv += ["--embed-resources", "--mathml"] if wanted in PAGES else []
        argv += [f"--output={target}", _named(file, workspace)]
        try:
            finished = await run(argv, folder=target.parent, reads=[file.bytes], limits=self.limits)
        except ToolFailed as error:
            raise BadInput("The document is damaged, or not what its name says.", **error.details) from error
        if not target.is_file():
            raise ToolFailed("pandoc made nothing of this document.")
        if wanted not in PAGES and any(LEFT_OUT in line for line in finished.tail):
            workspace.warn("Pictures that the document only refers to were left out.")
        if parts := dict.fromkeys(part for line in finished.tail for part in INCLUDED.findall(line)):
            workspace.warn(f"Parts of the document that it only refers to were left out: {', '.join(parts)}.")
        return target


def _named(file: File, workspace: Workspace) -> Path:
    """The file by its own name, which becomes the title of a page whose document has none."""
    (folder := workspace.fresh("named")).mkdir()
    link = folder / safe(f"{file.basename}.text")
    link.symlink_to(file.bytes)
    return link


def _reads(kind: str, flavour: str) -> str:
    name = NAMES.get(kind, kind)
    return MARKDOWN[flavour] if name == "md" else READS.get(name, name)


def _writes(wanted: str, flavour: str) -> str:
    if wanted == "md":
        return MARKDOWN[flavour]
    return WRITES.get(wanted) or WRITES.get(NAMES.get(wanted, wanted), NAMES.get(wanted, wanted))
