"""LibreOffice: turns office documents into other ones, in a profile of its own that runs no macros."""

from __future__ import annotations

import shutil
from pathlib import Path

from robots.base.errors import BadInput, ToolMissing
from robots.base.workspace import Workspace
from robots.tools import plain, tables
from robots.tools.children import chosen
from robots.tools.conversions import SHEETS, SLIDES
from robots.tools.process import Limits, View, run
from robots.tools.programs import Programs

LIMITS = Limits(wall=180, cpu=180, memory=3 << 30, resident=2 << 30, file_size=1 << 30, disk=2 << 30, open_files=1024)
MEMORY = 256 << 20
# How the format of a result is named to it; and how texts without a mark are to be read.
WRITES = {
    "csv": "csv:Text - txt - csv (StarCalc):44,34,76,1",
    "doc": "doc:MS Word 97",
    "docx": "docx:MS Word 2007 XML",
    "html": "html:HTML (StarCalc)",
    "odt": "odt:writer8",
    "ott": "ott:writer8_template",
    "pdf": "pdf",
    "pot": "pot:MS PowerPoint 97 Vorlage",
    "pps": "pps:MS PowerPoint 97 AutoPlay",
    "ppt": "ppt:MS PowerPoint 97",
    "pptx": "pptx:Impress MS PowerPoint 2007 XML",
    "rtf": "rtf:Rich Text Format",
    "rtx": "rtx:Rich Text Format",
    "text": "text:Text (encoded):UTF8",
    "txt": "txt:Text (encoded):UTF8",
    "xla": "xla:MS Excel 97",
    "xls": "xls:MS Excel 97",
    "xlsx": "xlsx:Calc MS Excel 2007 XML",
}
READS = {
    "txt": "Text (encoded):UTF8",
    "text": "Text (encoded):UTF8",
    "xml": "Text (encoded):UTF8",
    "csv": "Text - txt - csv (StarCalc):{},34,76,1",
}
FIRST = '{"PageRange":{"type":"string","value":"1"}}'
SAME = {"rtx": "rtf", "text": "txt", "xml": "txt", "ppz": "ppt", "xla": "xls"}  # what is read under another name
SWITCHES = ("--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck", "--nofirststartwizard")
SECURITY = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>1</value></prop></item>
</oor:items>
"""


class LibreOffice:
    """The program of that name, started anew for each document."""

    def __init__(self, programs: Programs, limits: Limits = LIMITS) -> None:
        self.programs = programs
        self.limits = limits

    @property
    def is_here(self) -> bool:
        return self.programs.find("soffice") is not None

    async def page(self, source: Path, kind: str, workspace: Workspace) -> Path:
        """A PDF of the first page, slide or sheet."""
        program = "impress" if kind in SLIDES | {"odp", "ppz"} else "calc" if kind in SHEETS | {"ods"} else "writer"
        return await self.convert(source, kind, "pdf", workspace, writes=f"pdf:{program}_pdf_Export:{FIRST}")

    async def convert(
        self, source: Path, kind: str, wanted: str, workspace: Workspace, *, writes: str | None = None
    ) -> Path:
        """The document in the wanted format; `writes` names it to the program, if it is not to be as usual."""
        program = self.programs.need("soffice")
        if chosen().level == "landlock":
            raise ToolMissing("LibreOffice runs only where bubblewrap works, which it does not on this server.")
        folder = workspace.fresh("office")
        given = folder / f"document.{SAME.get(kind, kind)}"
        reads = await workspace.in_thread(_prepared, folder, source, given, kind)
        argv: list[str | Path] = [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", *SWITCHES, *reads]
        argv += ["--convert-to", writes or WRITES[wanted], "--outdir", str(folder / "made"), str(given)]
        view = View(folder, temporary=MEMORY, sockets=True)
        finished = await run(argv, view=view, limits=self.limits)
        made = folder / "made" / f"document.{wanted}"
        if not made.is_file() or made.is_symlink() or not made.stat().st_size:
            raise BadInput("LibreOffice could not read this document.", stderr="\n".join(finished.tail))
        return made


def _prepared(folder: Path, source: Path, given: Path, kind: str) -> list[str]:
    """What a profile says before the program has ever run, and the document under a name that it knows.

    Gives the options that say how a text is to be read.
    """
    (folder / "profile" / "user").mkdir(parents=True)
    (folder / "profile" / "user" / "registrymodifications.xcu").write_text(SECURITY, "utf-8")
    (folder / "made").mkdir()
    if kind not in READS:
        shutil.copyfile(source, given)
        return []
    plain.rewritten(source, given, plain.letters_of(source))
    return [f"--infilter={READS[kind].format(ord(tables.separator(given)))}"]
