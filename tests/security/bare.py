"""Bare: the tools as they come, without our guards, so that an attack that lives is seen to live."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from robots.tools.programs import Programs
from tests.processes import largest_under

OPEN = ("-protocol_whitelist", "file,http,tcp,udp,rtp,crypto,data")
LOOSE = {
    "hls": ("-extension_picky", "0", "-allowed_extensions", "ALL"),
    "ffconcat": ("-safe", "0"),
    "dref": ("-enable_drefs", "1", "-use_absolute_path", "1"),
}
# A second of processor time and a GiB is what an honest small file never needs.
LIMITS = 'ulimit -t {0}; ulimit -v {1}; exec "$@"'
SECONDS, KIBIBYTES = 1, 1 << 20
# pdfium aborts without a word where it gets no memory, like one that is broken: its time is to end before.
ROOM = {"pdfium": 8 * KIBIBYTES}
VIPS = """
import sys, pyvips
pyvips.Image.new_from_file(sys.argv[1], **eval(sys.argv[2])).copy_memory()
"""
PDF = """
import sys, pypdfium2
paper = pypdfium2.PdfDocument(sys.argv[1])
paper[0].render(scale=1)
print(len(paper))
"""
ZIP = """
import sys, zipfile
print("\\n".join(f"{member.filename} {member.file_size}" for member in zipfile.ZipFile(sys.argv[1]).infolist()))
"""
# What somebody has chosen who trusts every document.
TRUSTING = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
CHROMIUM = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--allow-file-access-from-files")


@dataclass(frozen=True, slots=True)
class Ending:
    """How a tool ended, and all that it printed; without a code it did not end at all."""

    code: int | None
    printed: bytes = b""

    @property
    def exhausted(self) -> bool:
        words = (b"out of memory", b"MemoryError", b"Cannot allocate memory", b"failed to allocate")
        return self.code in (-signal.SIGKILL, -signal.SIGXCPU) or any(word in self.printed for word in words)


def argv(tool: str, path: Path, kind: str = "") -> Sequence[str]:
    """The words with which somebody would call a tool who thinks no evil."""
    programs, python, where = Programs(), sys.executable, str(path)
    if tool == "ffmpeg":
        asked = (str(programs.need(tool)), "-nostdin", "-v", "error", *OPEN, *LOOSE.get(kind, ()))
        return (*asked, "-threads", "2", "-i", where, "-f", "null", "-")
    if tool == "ffprobe":
        return (str(programs.need(tool)), "-v", "error", "-show_format", "-show_streams", "-of", "json", where)
    if tool in ("7z list", "7z pour"):
        return (str(programs.need("7zz")), *{"list": ("l", "-slt"), "pour": ("x", "-so")}[tool[3:]], where)
    return {
        "vips": (python, "-c", VIPS, where, "{}"),
        "vips of all pages": (python, "-c", VIPS, where, "{'n': -1}"),
        "pdfium": (python, "-c", PDF, where),
        "pillow": (
            python,
            "-c",
            "import sys, PIL.Image as i; i.MAX_IMAGE_PIXELS = None; i.open(sys.argv[1]).load()",
            where,
        ),
        "zipfile": (python, "-c", ZIP, where),
        "unzip": (python, "-m", "zipfile", "-e", where, str(path.parent / "out")),
        "gs": ("gs", "-dNOSAFER", "-dBATCH", "-dNOPAUSE", "-sDEVICE=nullpage", where),
        "tar": ("tar", "-xpPf", where, "-C", str(path.parent / "out")),
    }[tool]


async def bare(tool: str, path: Path, kind: str = "", patience: float = 20, seconds: int = SECONDS) -> Ending:
    """Runs a tool on a file with no care but limits of time and memory for the machine that tests.

    `patience` is in seconds by the clock, `seconds` are those of a processor.
    """
    (path.parent / "out").mkdir(exist_ok=True)
    words = ("sh", "-c", LIMITS.format(seconds, ROOM.get(tool, KIBIBYTES)), "bare", *argv(tool, path, kind))
    child = await asyncio.create_subprocess_exec(
        *words, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, env={**os.environ, "VIPS_CONCURRENCY": "1"}
    )
    async with _ended(child):
        try:
            async with asyncio.timeout(patience):
                printed, _ = await child.communicate()
        except TimeoutError:
            return Ending(None)
    return Ending(child.returncode, printed)


async def office(paths: Sequence[Path], folder: Path, seconds: int = 20) -> Ending:
    """LibreOffice turns files into papers, one after the other, in a profile as it comes."""
    home = f"-env:UserInstallation=file://{folder}/profile"
    words = (str(shutil.which("soffice")), home, "--headless", "--norestore", "--convert-to", "pdf")
    told = ("sh", "-c", LIMITS.format(seconds, "unlimited"), "bare", *words, "--outdir", str(folder), *map(str, paths))
    child = await asyncio.create_subprocess_exec(
        *told, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, start_new_session=True
    )
    async with _ended(child, leads=True):
        printed, _ = await child.communicate()
    return Ending(child.returncode, printed)


@contextlib.asynccontextmanager
async def opening(path: Path, folder: Path) -> AsyncIterator[Process]:
    """LibreOffice while it has a document open, macros and all; a conversion would run none."""
    (folder / "profile" / "user").mkdir(parents=True)
    (folder / "profile" / "user" / "registrymodifications.xcu").write_text(TRUSTING)
    home = f"-env:UserInstallation=file://{folder}/profile"
    child = await asyncio.create_subprocess_exec(
        str(shutil.which("soffice")), home, "--headless", "--norestore", "--nofirststartwizard", str(path),
        stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True,
    )  # fmt: skip
    async with _ended(child, leads=True):
        yield child


@contextlib.asynccontextmanager
async def browsing(path: Path, folder: Path) -> AsyncIterator[Process]:
    """Chromium while it takes a picture of a page."""
    own = (f"--user-data-dir={folder}/profile", f"--screenshot={folder}/shown.png", f"file://{path}")
    child = await asyncio.create_subprocess_exec(
        str(Programs().need("chromium")), *CHROMIUM, *own, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    async with _ended(child, leads=True):
        yield child


async def grown(child: Process, size: int) -> bool:
    """Whether one of its processes comes to hold so many bytes before it ends."""
    while child.returncode is None:
        if await asyncio.to_thread(largest_under, child.pid) > size:
            return True
        await asyncio.sleep(0.1)
    return False


@contextlib.asynccontextmanager
async def _ended(child: Process, leads: bool = False) -> AsyncIterator[None]:
    """Ends it afterwards; one that `leads` a session, with all that it has started."""
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL) if leads else child.kill()
        await child.wait()
