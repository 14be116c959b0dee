"""A real server in a process of its own, as a user would start it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from tests import canary
from tests.forked import ROOT, Forked

KEY = "3a1e9f6f0f6a4b1f9d7f4a4be2f0c1d2"
SECRET = canary.AUTH
IN_TESTS = "PYTEST_VERSION" in os.environ  # benchmarks start a server as its user does


@dataclass(frozen=True, slots=True)
class Live:
    """A server that listens; `data` is its folder, `log` all the lines that it has written so far."""

    origin: str
    data: Path
    process: Process | Forked
    key: str = KEY
    secret: str = SECRET
    log: list[str] = field(default_factory=list)

    def params(self, steps: Mapping[str, Any], **more: Any) -> str:
        """The JSON text of `params` for these steps."""
        return json.dumps({"auth": {"key": self.key}, "steps": steps, **more})

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        if self.process.returncode is None:
            self.process.send_signal(how)
        return await self.process.wait()


@contextlib.asynccontextmanager
async def live(data: Path, *flags: str, before: Sequence[str] = (), **settings: str) -> AsyncIterator[Live]:
    """Starts a server on a free port; `settings` are environment variables without their prefix.

    `before` is a command that becomes the server, such as one that takes something from it.
    """
    variables = {f"SLUICE_{name.upper()}": value for name, value in settings.items()}
    keys = {"SLUICE_AUTH_KEY": KEY, "SLUICE_AUTH_SECRET": SECRET, "SLUICE_ALLOW_PRIVATE_NETWORKS": "127.0.0.0/8"}
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "PYTHONUNBUFFERED": "1", **keys, **variables}
    words = ("serve", "--port", "0", "--data", str(data), *flags)
    output, theirs = os.pipe()
    try:
        process: Process | Forked
        if IN_TESTS and not before:
            process = Forked(words, environment, theirs)
        else:
            process = await _begun((*before, sys.executable, "run.py", *words), environment, theirs)
    finally:
        os.close(theirs)
    stream = await _stream(output)
    lines: list[str] = []
    async with asyncio.timeout(60), contextlib.aclosing(_origin(stream, lines)) as found:
        origin = await anext(found, "")
    assert origin, "".join(lines)
    reading = asyncio.ensure_future(_drain(stream, lines))
    server = Live(origin, data, process, log=lines)
    try:
        yield server
    finally:
        await server.stop()
        await reading
        print("".join(lines))
        canary.watch.look("the log of a server", "".join(lines))
        canary.watch.folder(data)


async def _begun(argv: Sequence[str], variables: Mapping[str, str], output: int) -> Process:
    return await asyncio.create_subprocess_exec(*argv, cwd=ROOT, env=variables, stdout=output, stderr=output)


async def _stream(output: int) -> asyncio.StreamReader:
    stream = asyncio.StreamReader()
    pipe = os.fdopen(output, "rb", 0)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stream), pipe)
    return stream


async def _origin(stream: asyncio.StreamReader, lines: list[str]) -> AsyncGenerator[str, None]:
    async for line in stream:
        lines.append(line.decode())
        if match := re.search(r"listens on (\S+)", lines[-1]):
            yield match[1]


async def _drain(stream: asyncio.StreamReader, lines: list[str]) -> None:
    """A full pipe would stop the server."""
    async for line in stream:
        lines.append(line.decode())


async def ended(client: ClientSession, status: Mapping[str, Any], seconds: float = 60.0) -> dict[str, Any]:
    """The last status of an Assembly: its stream closes when it has ended."""
    async with asyncio.timeout(seconds):
        async with client.get(status["update_stream_url"]) as stream:
            await stream.read()
        async with client.get(status["assembly_ssl_url"]) as response:
            last: dict[str, Any] = await response.json()
            return last
