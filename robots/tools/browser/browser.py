"""Browser: makes pictures and PDFs of pages with Chromium, which has no network but the guarded way out."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from robots.base import errors
from robots.base.errors import ImportFailed, RobotError, ToolFailed, ToolMissing
from robots.base.workspace import Workspace
from robots.tools.children import chosen
from robots.tools.egress import Egress
from robots.tools.guard import destination, spoken
from robots.tools.http import HttpClient
from robots.tools.process import Limits, View, run
from robots.tools.programs import Programs
from robots.tools.sandbox.command import ROOT

LIMITS = Limits(wall=120, cpu=180, memory=None, resident=3 << 30, file_size=1 << 30, disk=2 << 30, open_files=4096)
START = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from robots.tools.browser.drive import main; main()"
MEMORY = 256 << 20
LONGEST = 16_384  # pixels; beyond that the browser repeats what it has drawn
MOST = 64_000_000
INLINE = 50 << 20
WAY = "egress"
FORBIDDEN = 403


@dataclass(frozen=True, slots=True)
class Visit:
    """What is wanted of a page: one at `url`, or the file `document` of the type `mime`.

    `title` is that of a document that has none. `paper` is what printing is told; `clear` leaves out the white of the
    browser's own background. `patience` is seconds, `delay` milliseconds.
    """

    format: str
    url: str | None = None
    document: Path | None = None
    mime: str = "text/html"
    title: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    width: int = 1024
    height: int = 768
    fullpage: bool = True
    clear: bool = False
    wait_until: str = "networkidle"
    delay: int = 0
    patience: float = 30
    actions: Sequence[Mapping[str, Any]] = ()
    debug: bool = False
    paper: Mapping[str, Any] = field(default_factory=dict)


class Browser:
    """Each visit has a browser of its own; `pixels` are the most that a picture may have."""

    def __init__(self, programs: Programs, limits: Limits = LIMITS, pixels: int = MOST) -> None:
        self.programs = programs
        self.limits = limits
        self.pixels = min(pixels, MOST)

    async def visit(self, visit: Visit, target: Path, workspace: Workspace) -> dict[str, Any]:
        """Writes the picture or PDF and says its size; warns of all that is not as it was asked."""
        program = self.programs.need("chromium")
        if chosen().level == "landlock":
            raise ToolMissing("Pages can only be shown where bubblewrap works, which it does not on this server.")
        client = workspace.tool(HttpClient)
        egress = Egress(client.guard, client.lookup)
        if visit.url:
            await _allowed(egress, visit.url)
        folder = workspace.fresh("browser")
        await workspace.in_thread(folder.mkdir)
        async with egress.listen(folder, WAY):
            told = await self._driven(visit, folder, program)
        _check(told, egress)
        made = folder / f"made.{visit.format}"
        if not made.is_file() or made.is_symlink() or not made.stat().st_size:
            raise ToolFailed("The browser made nothing of the page.")
        await workspace.in_thread(made.replace, target)
        for sentence in told["warnings"]:
            workspace.warn(sentence)
        if egress.traffic.refused:
            workspace.warn(f"{egress.traffic.refused} requests of the page were refused: {egress.traffic.refusals[0]}")
        return told

    async def _driven(self, visit: Visit, folder: Path, program: Path) -> dict[str, Any]:
        order = {**asdict(visit), "way": WAY, "browser": str(program), "profile": str(folder / "profile")}
        order |= {"target": str(folder / f"made.{visit.format}"), "longest": LONGEST, "most": self.pixels}
        order |= {"document": str(visit.document) if visit.document else None}
        (folder / "order.json").write_text(json.dumps(order), "utf-8")
        reads = (visit.document,) if visit.document else ()
        view = View(folder, reads, temporary=MEMORY, shared=MEMORY, sockets=True, local=True)
        argv = [sys.executable, "-B", "-I", "-S", "-c", START, "order.json"]
        finished = await run(argv, view=view, limits=self.limits)
        try:
            told: dict[str, Any] = json.loads(finished.stdout)
        except ValueError as error:
            raise ToolFailed("The browser could not be started.", stderr="\n".join(finished.tail)) from error
        return told


async def _allowed(egress: Egress, url: str) -> None:
    """What may not be reached is known before a browser is started."""
    place = destination(url)
    dialer = egress.tunnels if place.scheme == "https" else egress.plain
    try:
        await dialer.find(place.raw_host or "", place.port or 80)
    except OSError as error:
        raise ImportFailed(
            f"{spoken(url)} cannot be requested: its host is not known, or not spelled as hosts are."
        ) from error


def _check(told: Mapping[str, Any], egress: Egress) -> None:
    """The way out answers by itself where it lets nobody through, which must not be taken for the page."""
    refused = egress.traffic.refusals
    if refused and (told.get("status") == FORBIDDEN or told.get("kind") == "ImportFailed"):
        raise ImportFailed(refused[0])
    if "error" in told:
        kind: type[RobotError] = getattr(errors, told["kind"], ToolFailed)
        raise kind(told["error"])
