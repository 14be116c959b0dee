"""What robots are compared with: sharp behind a small server, and tools as bare processes of their own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.overhead import Setting
from robots.tools.programs import Programs

HERE = Path(__file__).parent
AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Place(Setting):
    """Where a contest is held; `sharp` is the address of the other server, `pid` its process, 0 where there is none."""

    sharp: str
    pid: int


Act = Callable[[], Awaitable[int]]
# A server that does the work: its address and its process.
Peer = Callable[[], AbstractAsyncContextManager[tuple[str, int]]]
Batches = Sequence[Sequence[Path]]
# Does the work on the files of each batch, and says how many bytes came out.
Rival = Callable[[Place, Batches], Awaitable[int]]
# The command line for some files, whose results go into a folder.
Words = Callable[[Sequence[Path], Path], Sequence[str | Path]]


def by_sharp(path: str) -> Rival:
    async def act(place: Place, batches: Batches) -> int:
        async def one(source: Path) -> int:
            async with place.client.post(f"{place.sharp}{path}", data=source.read_bytes()) as response:
                response.raise_for_status()
                return len(await response.read())

        return await several([partial(one, source) for source, *_ in batches], AT_ONCE)

    return act


def by_process(words: Words) -> Rival:
    """A process for each batch, as many at once as there are cores."""

    async def act(place: Place, batches: Batches) -> int:
        acts = [partial(made, words, batch, place.folder / f"bare-{number}") for number, batch in enumerate(batches)]
        return await several(acts, os.cpu_count() or 1)

    return act


async def made(words: Words, sources: Sequence[Path], folder: Path) -> int:
    """The bytes that a process puts into a folder, which is gone afterwards; it dies with who waits for it."""
    folder.mkdir()
    try:
        name, *arguments = map(str, words(sources, folder))
        program = sys.executable if name == "python" else Programs().need(name)
        process = await asyncio.create_subprocess_exec(program, *arguments, stdout=PIPE, stderr=PIPE)
        try:
            said, wrong = await process.communicate()
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        if process.returncode:
            raise RuntimeError(f"{name}: {wrong.decode(errors='replace').strip()[-300:]}")
        return len(said) + sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    finally:
        shutil.rmtree(folder)


@contextlib.asynccontextmanager
async def sharp() -> AsyncIterator[tuple[str, int]]:
    """The address of the other server, and its process."""
    process = await asyncio.create_subprocess_exec("node", str(HERE / "sharp.mjs"), stdout=PIPE)
    assert process.stdout is not None
    try:
        port = (await process.stdout.readline()).decode().strip()
        if not port:
            raise RuntimeError("sharp does not start: npm ci --prefix bench")
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@contextlib.asynccontextmanager
async def nobody() -> AsyncIterator[tuple[str, int]]:
    """Where bare processes do the work."""
    yield "", 0


async def several(acts: Sequence[Act], at_once: int) -> int:
    """The sum of what they return, with no more than so many at the same time."""
    slots = asyncio.Semaphore(at_once)

    async def one(act: Act) -> int:
        async with slots:
            return await act()

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(act)) for act in acts]
    return sum(task.result() for task in tasks)
