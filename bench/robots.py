"""What robots do in a second beside the best tool for the same work, in the same run.

    npm ci --prefix bench
    .venv/bin/python -m bench.robots [--rounds 3] [--times 60] [--only /video,resize] [--sandbox bwrap]

Each contest sends the same files several at once: to Sluice as one Assembly, whose results are fetched, and to the
other. Pictures go against sharp behind a small server of Node.js, the rest against bare processes with the same
settings, as many at once as there are cores. `/image/resize` asks sharp for pictures as sharp-edged as those of Sluice,
`/image/resize quick` takes what it makes by itself. Each run has uploads of its own, or all of them the same where a
robot is measured `alone`, without what it costs to take files in. They take turns in each round, and each contest has
a server of its
own, so that one that fails or does not end says so and the others go on. Robots that are not there do no work of their
own (/file/filter, /file/serve, /script/run), or no other tool of this machine does it (/image/facedetect).

The table has medians: runs a second, processor time and bytes for each of them, and the ratios, where more than 1 is
in favour of Sluice. On a machine with other work only processor time means something; what runs in bubblewrap hides it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import os
import signal
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from aiohttp import ClientSession

from bench.contests import CONTESTS, Contest
from bench.materials import make
from bench.overhead import OUT, cpu, upload
from bench.rivals import AT_ONCE, Act, Place, several
from tests.live import ended, live

HEAD = (
    "| robot | Sluice: runs, processor time and bytes of each | the other | ratio by the clock | of processor time "
    "| rounds |\n| --- | --- | --- | --- | --- | --- |"
)
PATIENCE = 4  # times the seconds of a contest, after which it is broken off


async def main() -> int:
    given = arguments()
    OUT.mkdir(exist_ok=True)
    parts, failed = given.only.split(","), 0
    wanted = [contest.of(given.times) for contest in CONTESTS if any(part in contest.name for part in parts)]
    with tempfile.TemporaryDirectory(dir=OUT) as name:
        folder = Path(name)
        await make(folder, {needed for contest in wanted for needed in contest.needs})
        print(HEAD, flush=True)
        for contest in wanted:
            try:
                print(line(contest, await held(contest, folder, given)), flush=True)
            except (Exception, SystemExit) as error:
                print(f"| {contest.name} | {told(error, given)} | | | | |", flush=True)
                failed += 1
    return min(failed, 1)


def arguments() -> Namespace:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rounds", type=int, default=3, help="that are measured, after one that is not")
    asked.add_argument("--seconds", type=float, default=30, help="after which a contest begins no further round")
    asked.add_argument(
        "--times",
        type=int,
        help="that one file goes in, or a robot alone runs, instead of as many as take some seconds",
    )
    asked.add_argument("--only", default="", help="parts of the names of contests, with commas between them")
    asked.add_argument("--sandbox", default="landlock", help="in which tools run")
    return asked.parse_args()


async def held(contest: Contest, folder: Path, given: Namespace) -> list[tuple[Taken, Taken]]:
    """What both took in each round; the server is killed in the end, whatever it does then."""
    level = "bwrap" if contest.isolated else given.sandbox
    settings = {name: value.format(folder=folder) for name, value in contest.settings.items()}
    quiet = contextlib.redirect_stdout(io.StringIO())
    with quiet, tempfile.TemporaryDirectory(dir=folder) as data:
        async with (
            live(Path(data), sandbox=level, **settings) as server,
            contest.peer() as (address, pid),
            ClientSession() as client,
        ):
            place = Place(server, client, folder, address, pid)
            try:
                async with asyncio.timeout(PATIENCE * given.seconds):
                    return await rounds(place, contest, given)
            finally:
                await server.stop(signal.SIGKILL)


async def rounds(place: Place, contest: Contest, given: Namespace) -> list[tuple[Taken, Taken]]:
    batches = contest.batches(place.folder)
    measured: list[tuple[Taken, Taken]] = []
    ends = time.monotonic() + given.seconds
    for number in range(given.rounds + 1):
        if number > 1 and time.monotonic() > ends:
            break
        mine = await taken(place.server.process.pid, lambda: ours(place, contest))
        other = await taken(place.pid, lambda: contest.rival(place, batches))
        measured += [(mine, other)] if number else []
    return measured


def line(contest: Contest, measured: Sequence[tuple[Taken, Taken]]) -> str:
    """A contest as a line of the table."""
    said, count = [contest.name], len(contest.batches(Path()))
    for of in zip(*measured, strict=True):
        speed, cost = median(count / one.wall for one in of), 1000 * median(one.cpu for one in of) / count
        said.append(f"{speed:.2f}/s, {cost:.0f} ms, {of[0].size // count:,} bytes")
    for what in ("wall", "cpu"):
        ratio = median(getattr(other, what) / getattr(mine, what) for mine, other in measured)
        said.append("hidden" if contest.isolated and what == "cpu" else f"{ratio:.2f}")
    return f"| {' | '.join(said)} | {len(measured)} |"


def told(error: BaseException, given: Namespace) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, TimeoutError):
        return f"not done after {PATIENCE * given.seconds:.0f} seconds, and broken off"
    return f"failed: {type(error).__name__}: {error}".replace("\n", " ")


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds on the clock and of processors, and the bytes that came out."""

    wall: float
    cpu: float
    size: int


async def taken(pid: int, act: Act) -> Taken:
    """The processes that an act starts itself count as well, but not its own."""
    began, before, born = time.monotonic(), cpu(pid), children()
    size = await act()
    return Taken(time.monotonic() - began, cpu(pid) - before + children() - born, size)


def children() -> float:
    """Processor seconds of children of this process that have ended."""
    used = os.times()
    return used.children_user + used.children_system


async def ours(place: Place, contest: Contest) -> int:
    """From the creation of the Assembly until every result is fetched; the bytes of the results."""
    sources = contest.uploads(place.folder)
    form = {"params": place.server.params(contest.asked), "num_expected_upload_files": str(len(sources))}
    async with place.client.post(f"{place.server.origin}/assemblies", data=form) as response:
        status = await response.json()
    slots = asyncio.Semaphore(AT_ONCE)
    async with asyncio.TaskGroup() as group:
        last = group.create_task(ended(place.client, status, seconds=600))
        for path in sources:
            group.create_task(upload(place, status, path, slots))
    found = last.result()
    results = [result for results in found.get("results", {}).values() for result in results]
    if "error" in found or not contest.right(len(results)):
        raise RuntimeError(f"{len(results)} results, {found.get('error')}: {found.get('message')}")

    async def fetched(address: str) -> int:
        async with place.client.get(address) as response:
            response.raise_for_status()
            return len(await response.read())

    return await several([partial(fetched, result["ssl_url"]) for result in results], AT_ONCE)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
