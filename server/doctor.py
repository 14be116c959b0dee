"""`run.py doctor`: what is installed on this machine, which robots lack a tool, and what is wrong with the data."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from robots.base.catalog import Catalog
from robots.base.errors import RobotError
from robots.tools.process import Limits, run
from robots.tools.programs import HOW_TO_GET, LIBRARIES, Programs
from server import lost
from server.config import Settings, WrongSetting
from server.database.sqlite import DATABASE
from server.invariants import ELSEWHERE
from server.invariants import examine as examine_folder
from server.keys import are_known, with_keys
from server.master_key import known
from server.sandbox import levels
from server.vault import Vault

OTHERS = {"node": "the page", "npm": "the page"}  # programs that no robot runs
VERSION_FLAG = {"ffmpeg": "-version", "ffprobe": "-version", "7zz": "i", "pdftocairo": "-v"}
VERSION = re.compile(
    r"(?:^(?!7-Zip)|version |Chromium |LibreOffice |pandoc |7-Zip \(z\) |Gifsicle |ClamAV )\D?(\d[^\s/]*)"
)
PATIENCE = Limits(wall=20, memory=None)


@dataclass(frozen=True, slots=True)
class Tool:
    """One line of the table; a tool without a version does not run."""

    name: str
    version: str = ""
    source: str = ""
    path: str = ""


async def doctor(settings: Settings) -> int:
    """Prints the tools, what is lacking, and what is wrong with the data; 1 when there is any such thing."""
    needs = {name: Catalog().get(name).tools for name in Catalog().names()}
    tools = await examine(Programs(settings.programs), tool_names(needs.values()))
    print(table(tools), end="\n\n")
    print("sandbox", *levels(settings), sep="\n  ", end="\n\n")
    lines = complaints(needs, {tool.name for tool in tools if not tool.version})
    print("\n".join(lines) or f"Each of the {len(needs)} robots has the tools that it needs.")
    secret = with_keys(settings).auth_secret if are_known(settings) else None
    return 1 if not is_sound(settings.data, secret, known(settings)) or lines else 0


def is_sound(data: Path, secret: str | None = None, vault: Vault | None = None) -> bool:
    """Says what is wrong in a data folder, if there is one and no server runs on it."""
    if not (data / DATABASE).exists() and not lost.sentence(data):
        return True
    try:
        wrong = examine_folder(data, secret, vault)
    except WrongSetting:
        print(f"\nA server runs on {data}, so it was not examined: stop the server first.")
        return True
    print("", *(wrong or [f"All is well in {data}."]), "", "What a folder at rest does not show:", sep="\n")
    print(*(f"- {sentence}" for sentence in ELSEWHERE), sep="\n")
    return not wrong


def tool_names(needs: Iterable[Sequence[str]]) -> list[str]:
    """Those that we know and those that a robot names, in a steady order."""
    return list(dict.fromkeys([*HOW_TO_GET, *(name for names in needs for name in names)]))


async def examine(programs: Programs, names: Sequence[str]) -> list[Tool]:
    with TemporaryDirectory() as folder:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_examined(programs, name, Path(folder))) for name in names]
    return [task.result() for task in tasks]


def table(tools: Sequence[Tool]) -> str:
    rows = [("tool", "version", "source", "path"), *((t.name, t.version or "-", t.source, t.path) for t in tools)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join("  ".join([*map(str.ljust, row, widths), row[3]]).rstrip() for row in rows)


def complaints(needs: Mapping[str, Sequence[str]], missing: set[str]) -> list[str]:
    """One line for each robot that lacks a tool, and how to get it."""
    return [
        f"{robot} lacks {tool}: {HOW_TO_GET.get(tool, f'install {tool}')}."
        for robot, tools in needs.items()
        for tool in tools
        if tool in missing
    ]


async def _examined(programs: Programs, name: str, folder: Path) -> Tool:
    try:
        return await (_library(name, folder) if name in LIBRARIES else _program(programs, name, folder))
    except RobotError as error:
        return Tool(name, source="broken", path=error.message)


async def _program(programs: Programs, name: str, folder: Path) -> Tool:
    found = programs.where(name)
    if found is None:
        wanted = f"only for {OTHERS[name]}: " if name in OTHERS else ""
        return Tool(name, source="missing", path=f"{wanted}{HOW_TO_GET.get(name, f'install {name}')}")
    ran = await run([found.path, VERSION_FLAG.get(name, "--version")], folder=folder, limits=PATIENCE)
    said = ran.stdout.decode("utf-8", "replace") or "\n".join(ran.tail)
    version = VERSION.search(said.lstrip().partition("\n")[0])
    return Tool(name, version[1] if version else "unknown", found.source, str(found.path))


async def _library(name: str, folder: Path) -> Tool:
    question = f"{LIBRARIES[name]}; print(v, m.__file__, sep='\\n')"
    said = (await run([sys.executable, "-c", question], folder=folder, limits=PATIENCE)).stdout.decode().splitlines()
    return Tool(name, said[0], "bundled", str(Path(said[1]).parent))
