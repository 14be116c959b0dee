"""What uploads cost beside the most used tus server of Node.js, in the same run.

    npm ci --prefix bench
    .venv/bin/python -m bench.upload [--rounds 5] [--folder /dev/shm] [--only one-gib,small] [--no-whole]

It needs a C compiler, for a load generator in Python would measure itself. The servers take turns in each round: the
whole of Sluice, with an Assembly that takes every upload in, and the package tus alone, each once as it is and once
without waiting for the disk; and @tus/server, which never waits for it. Printed are medians, and medians of the ratios
within each round: of the clock, and of the processor seconds, which other programs of the machine hardly change. The
load takes its share of the same cores. The whole server goes on when the last upload is answered, so what it needs
until each file is looked into and worked on is told as well. A server of Node.js that has only seen large files is up
to twice as fast with them as one in use, so large and small ones take turns too.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import json
import shutil
import sys
import tempfile
from asyncio.subprocess import PIPE
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from aiohttp import ClientSession

from bench.overhead import cpu, descendants, run
from tests.live import live

HERE = Path(__file__).parent
OUT = HERE / "out"  # on the disk of the checkout, and ignored by git
KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
ANCHOR = "@tus/server"
STEPS = {"hashed": {"robot": "/file/hash", "use": ":original"}}


@dataclass(frozen=True, slots=True)
class Scenario:
    """Files of one size, in requests of `piece` bytes: 0 is one for each file, -1 the one that creates it.

    `goals` are the least ratios to the anchor: in memory, on a disk, and on one with syncing.
    """

    files: int
    size: int
    piece: int
    connections: int
    goals: tuple[float, float, float]

    @property
    def arguments(self) -> list[str]:
        return [str(number) for number in (self.files, self.size, self.piece, self.connections)]


SCENARIOS = {
    "one-gib": Scenario(1, GIB, 0, 1, (3.0, 3.0, 2.0)),
    "pieces-of-5-mib": Scenario(1, GIB, 5 * MIB, 1, (5.0, 5.0, 2.0)),
    "hundred-at-once": Scenario(100, 10 * MIB, 0, 100, (2.6, 2.6, 2.0)),
    "small": Scenario(2000, 10 * KIB, 0, 16, (3.0, 1.8, 1.0)),
    "small-one-by-one": Scenario(2000, 10 * KIB, 0, 1, (3.0, 1.8, 1.0)),
    "small-64-at-once": Scenario(2000, 10 * KIB, 0, 64, (3.0, 1.8, 1.0)),
    "small-with-creation": Scenario(2000, 10 * KIB, -1, 16, (3.0, 1.8, 1.0)),
}
HEADS = "heads-beside-six"  # in ms, at most 9 at the 99th percentile


@dataclass(frozen=True, slots=True)
class Server:
    """One that listens on this machine; its uploads lie in `folder`, and files that it has taken over in `kept`."""

    name: str
    port: int
    path: str
    pid: int
    folder: Path
    origin: str | None = None
    kept: Path | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """What one scenario took: seconds of the clock and of processors, and MiB of memory at the most and before.

    `settled` are the processor seconds until nothing was left to do.
    """

    seconds: float
    cpu: float
    settled: float
    memory: float
    growth: float


async def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rounds", type=int, default=5, help="after one that is not counted")
    asked.add_argument("--folder", type=Path, default=OUT, help="where uploads go; /dev/shm is memory")
    asked.add_argument("--only", default=",".join([*SCENARIOS, HEADS]), help="names of scenarios, with commas between")
    asked.add_argument("--no-whole", action="store_true", help="leaves the whole server out")
    given = asked.parse_args()
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None or not (HERE / "node_modules").is_dir():
        raise SystemExit("This needs a C compiler, and `npm ci --prefix bench`.")
    given.folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        load = Path(name) / "load"
        await run(compiler, "-O2", "-pthread", "-o", load, HERE / "load.c")
        async with contextlib.AsyncExitStack() as stack:
            servers = [await stack.enter_async_context(server) for server in _servers(Path(name), not given.no_whole)]
            names = given.only.split(",")
            await compare(load, servers, [name for name in names if name != HEADS], given.rounds)
            if HEADS in names:
                await heads(load, servers, given.rounds)


def _servers(folder: Path, whole: bool) -> list[contextlib.AbstractAsyncContextManager[Server]]:
    bare, anchor = (sys.executable, "-m", "bench.bare"), ("node", str(HERE / "anchor.mjs"))
    return [
        printing(ANCHOR, folder / "anchor", *anchor),
        printing("tus", folder / "tus", *bare, after=("on",)),
        printing("tus, no fsync", folder / "quick", *bare, after=("off",)),
        *([sluice("Sluice", folder / "whole"), sluice("Sluice, no fsync", folder / "hasty", fsync="off")] * whole),
    ]


@contextlib.asynccontextmanager
async def printing(name: str, folder: Path, *command: str, after: tuple[str, ...] = ()) -> AsyncIterator[Server]:
    """A server that prints its port."""
    folder.mkdir()
    process = await asyncio.create_subprocess_exec(*command, str(folder), *after, stdout=PIPE)
    assert process.stdout is not None
    try:
        yield Server(name, int(await process.stdout.readline()), "/files/", process.pid, folder)
    finally:
        process.terminate()
        await process.wait()


@contextlib.asynccontextmanager
async def sluice(name: str, folder: Path, **settings: str) -> AsyncIterator[Server]:
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(live(folder, **settings))
        port = int(server.origin.rpartition(":")[2])
        place = (port, "/resumable/files/", server.process.pid, folder / "uploads", server.origin, folder / "files")
        yield Server(name, *place)
        with contextlib.redirect_stdout(io.StringIO()):
            await stack.aclose()  # which prints the log of the server


async def compare(load: Path, servers: list[Server], names: list[str], rounds: int) -> None:
    """All scenarios in each round, for a server in use has seen large files and small ones."""
    runs: dict[str, dict[str, list[Run]]] = {name: {server.name: [] for server in servers} for name in names}
    for number in range(rounds + 1):
        for name in names:
            for server in servers if number % 2 else reversed(servers):
                measured = await measure(load, server, SCENARIOS[name])
                if number:
                    runs[name][server.name].append(measured)
    for name in names:
        report(name, runs[name])


def report(name: str, runs: dict[str, list[Run]]) -> None:
    scenario = SCENARIOS[name]
    gibs = scenario.files * scenario.size / GIB
    print(f"\n{name}: {scenario.files} files of {scenario.size / MIB:.3g} MiB, {scenario.connections} at once")
    for server, mine in runs.items():
        pairs = list(zip(runs[ANCHOR], mine, strict=True))
        ratios = sorted(anchor.seconds / run.seconds for anchor, run in pairs)
        work = median(anchor.cpu / run.cpu for anchor, run in pairs)
        seconds = median(run.seconds for run in mine)
        print(
            f"  {server:16} {median(ratios):5.2f} x ({ratios[0]:.2f} to {ratios[-1]:.2f}), {work:.2f} x by processor"
            f"  {gibs * 1024 / seconds:7.0f} MiB/s  {scenario.files / seconds:6.0f} files/s"
            f"  {median(run.cpu for run in mine) / gibs:7.2f} CPU s/GiB"
            f"  {1000 * median(run.cpu for run in mine) / scenario.files:6.2f} CPU ms/file,"
            f" {1000 * median(run.settled for run in mine) / scenario.files:.2f} when settled"
            f"  {median(run.memory for run in mine):5.0f} MiB, grown by {max(run.growth for run in mine):.0f}"
        )
    print("  goals: {:g} x in memory, {:g} x on a disk, {:g} x when synced".format(*scenario.goals), flush=True)


async def measure(load: Path, server: Server, scenario: Scenario) -> Run:
    async with assembly(server) as metadata:
        before, used = memory(server.pid, "VmRSS"), cpu(server.pid)
        Path(f"/proc/{server.pid}/clear_refs").write_text("5")
        printed = await output(load, "upload", str(server.port), server.path, metadata, *scenario.arguments)
        spent, peak = cpu(server.pid) - used, memory(server.pid, "VmHWM")
        await rest(server)
        return Run(float(printed), spent, cpu(server.pid) - used, peak, peak - before)


async def heads(load: Path, servers: list[Server], rounds: int) -> None:
    """How long a client that asks for its offset waits while six others upload as fast as they can."""
    print(f"\n{HEADS}: ms at the median and at the 99th percentile")
    for server in servers:
        found = []
        for _ in range(rounds):
            async with assembly(server) as metadata, asyncio.TaskGroup() as group:
                place = (str(server.port), server.path, metadata)
                group.create_task(output(load, "upload", *place, "6", str(GIB), "0", "6"))
                found.append([float(part) for part in (await output(load, "head", *place, "2")).split()])
        middle, last = (median(part) for part in zip(*found, strict=True))
        print(f"  {server.name:16} {middle:6.2f} {last:7.2f}", flush=True)
    print("  goal: 9 at the 99th percentile")


@contextlib.asynccontextmanager
async def assembly(server: Server) -> AsyncIterator[str]:
    """The metadata that uploads need; afterwards there is room again, and the server has nothing left to do."""
    if server.origin is None:
        yield "filename bG9hZC5iaW4="
    else:
        async with live_assembly(server.origin) as url:
            yield f"filename bG9hZC5iaW4=,assembly_url {b64encode(url.encode()).decode()}"
    await rest(server)
    for file in server.folder.iterdir():
        file.unlink()
    for kept in server.kept.iterdir() if server.kept else ():
        shutil.rmtree(kept)  # they are second names of the uploads, which would fill the disk from run to run


async def rest(server: Server) -> None:
    """Waits until a server has nothing left to do, and not only no share of a busy machine."""
    used, quiet = cpu(server.pid), 0
    while quiet < 5:
        await asyncio.sleep(0.3)
        now = cpu(server.pid)
        quiet = quiet + 1 if now <= used + 0.02 else 0
        used = now


@contextlib.asynccontextmanager
async def live_assembly(origin: str) -> AsyncIterator[str]:
    """An Assembly that waits for more files than come; one that failed meanwhile has measured nothing."""
    params = json.dumps({"auth": {"key": "3a1e9f6f0f6a4b1f9d7f4a4be2f0c1d2"}, "steps": STEPS})
    form = {"params": params, "num_expected_upload_files": "100000"}
    async with ClientSession() as client:
        async with client.post(f"{origin}/assemblies", data=form) as response:
            status = await response.json()
        yield status["assembly_url"]
        async with client.get(status["assembly_ssl_url"]) as response:
            told = await response.json()
        if told.get("ok") != "ASSEMBLY_UPLOADING":
            raise SystemExit(f"the Assembly failed: {told.get('error')}: {told.get('message')}")
        async with client.delete(status["assembly_ssl_url"]) as response:
            await response.read()


async def output(*command: str | Path) -> str:
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    printed, _ = await process.communicate()
    if process.returncode:
        raise SystemExit(f"the load generator failed: {' '.join(map(str, command[1:4]))} …")
    return printed.decode()


def memory(pid: int, field: str) -> float:
    """MiB of a server and its children: /proc/PID/status says what each field is."""
    found = 0
    for entry in [pid, *descendants(pid)]:
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{entry}/status").read_text().splitlines()
            found += sum(int(line.split()[1]) for line in lines if line.startswith(field))
    return found / 1024


if __name__ == "__main__":
    asyncio.run(main())
