"""What robots do in a second beside the best tool for the same work, in the same run.

    npm ci --prefix bench
    .venv/bin/python -m bench.robots [--rounds 3] [--files 60] [--only resize,optimize] [--sandbox bwrap]

Each contest sends the same files several at once: to Sluice as one Assembly, whose results are fetched, and to the
other. Images go against sharp behind a small server of Node.js, sounds and videos against ffmpeg as bare processes with
the same settings, as many at once as there are cores; a concat makes one of all its files. `resize` asks sharp for
pictures as sharp-edged as those of Sluice, `resize-quick` takes what it makes by itself. They take turns in each
round. The table has medians: results a second, processor time and bytes for each of them, and the ratios, where more
than 1 is in favour of Sluice. On a machine with other work only processor time means something.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
import tempfile
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median

from aiohttp import ClientSession

from bench.overhead import OUT, PICTURE, RESIZE, Setting, cpu, run, upload
from robots.tools.programs import Programs
from tests.live import ended, live

HERE = Path(__file__).parent
AT_ONCE = 8
GRAPHIC = """
import pyvips, sys
plain = pyvips.Image.sines(1600, 1200, hfreq=2, vfreq=1) * 60 + 128
lines = pyvips.Image.text("Sluice " * 400, width=1500, dpi=150).embed(50, 50, 1600, 1200)
(plain.bandjoin([plain * 0.8, lines])).cast("uchar").copy(interpretation="srgb").pngsave(sys.argv[1], compression=3)
"""
OPTIMIZE = {"small": {"robot": "/image/optimize", "use": ":original"}}
SECONDS = 30  # of each clip
CLIP = (
    *("-y", "-loglevel", "error", "-f", "lavfi", "-i", f"testsrc2=size=1280x720:rate=25:duration={SECONDS}"),
    *("-f", "lavfi", "-i", f"sine=duration={SECONDS}", "-c:v", "libx264", "-preset", "veryfast", "-g", "50"),
    *("-c:a", "aac", "-shortest"),
)
FFMPEG = {"c:v": "libx264", "preset": "veryfast", "b:v": "2500k", "c:a": "aac", "b:a": "128k"}
BARE_ENCODE = tuple(part for name, value in FFMPEG.items() for part in (f"-{name}", value))
ENCODE = {"encoded": {"robot": "/video/encode", "use": ":original", "preset": "empty", "ffmpeg": FFMPEG}}
THUMBS = {"frames": {"robot": "/video/thumbs", "use": ":original", "count": 4}}
FRAME = ("-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-q:v", "2")
MP3 = {"c:a": "libmp3lame", "b:a": "192k", "f": "mp3"}
SOUND = {"encoded": {"robot": "/audio/encode", "use": ":original", "preset": "empty", "ffmpeg": MP3}}
BARE_SOUND = ("-c:a", "libmp3lame", "-b:a", "192k")
NOISE = ("-y", "-loglevel", "error", "-f", "lavfi", "-i", "anoisesrc=duration=120:color=pink:seed=1", "-ac", "2")
CONCAT = {
    "joined": {
        **{"robot": "/video/concat", "use": {"steps": [":original"], "bundle_steps": True}, "preset": "empty"},
        **{"ffmpeg": FFMPEG, "video_fade_seconds": 0, "audio_fade_seconds": 0},
    }
}
HEAD = (
    "| robot | Sluice: files, processor time and bytes of each | the other | ratio by the clock | of processor time |\n"
    "| --- | --- | --- | --- | --- |"
)
Act = Callable[[], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Place(Setting):
    """Where a contest is held; `sharp` is the address of the other server, `pid` its process."""

    sharp: str
    pid: int


@dataclass(frozen=True, slots=True)
class Contest:
    """So many files through the steps of an Assembly, and through what it is compared with.

    `made` is how many results there are of each file; 0 says that all become one.
    """

    name: str
    steps: Mapping[str, object]
    source: str
    count: int
    rival: Callable[[Place, Path, int], Awaitable[int]]
    made: int = 1

    @property
    def results(self) -> int:
        return self.made * self.count or 1


def by_sharp(path: str) -> Callable[[Place, Path, int], Awaitable[int]]:
    async def act(place: Place, source: Path, count: int) -> int:
        async def one() -> int:
            async with place.client.post(f"{place.sharp}{path}", data=source.read_bytes()) as response:
                response.raise_for_status()
                return len(await response.read())

        return await several([one] * count, AT_ONCE)

    return act


def by_ffmpeg(*arguments: str) -> Callable[[Place, Path, int], Awaitable[int]]:
    """The last argument is the ending of what it writes."""
    *options, ending = arguments

    async def act(place: Place, source: Path, count: int) -> int:
        async def one(number: int) -> int:
            target = place.folder / f"bare-{number}.{ending}"
            await run(Programs().need("ffmpeg"), "-y", "-loglevel", "error", "-i", source, *options, target)
            return target.stat().st_size

        return await several([partial(one, number) for number in range(count)], os.cpu_count() or 1)

    return act


def by_seeking(seconds: Sequence[float]) -> Callable[[Place, Path, int], Awaitable[int]]:
    """One process takes the frames of a video at these times."""

    async def act(place: Place, source: Path, count: int) -> int:
        async def one(number: int) -> int:
            targets = [place.folder / f"frame-{number}-{index}.jpg" for index in range(len(seconds))]
            inputs: list[str | Path] = [part for at in seconds for part in ("-ss", f"{at}", "-i", source)]
            outputs: list[str | Path] = [
                part
                for index, target in enumerate(targets)
                for part in ("-map", f"{index}:v:0", "-frames:v", "1", *FRAME, "-update", "1", target)
            ]
            await run(Programs().need("ffmpeg"), "-y", "-loglevel", "error", *inputs, *outputs)
            return sum(target.stat().st_size for target in targets)

        return await several([partial(one, number) for number in range(count)], os.cpu_count() or 1)

    return act


async def by_concat_filter(place: Place, source: Path, count: int) -> int:
    """One process joins all of them."""
    target, inputs = place.folder / "joined.mp4", [part for _ in range(count) for part in ("-i", source)]
    pairs = "".join(f"[{number}:v:0][{number}:a:0]" for number in range(count))
    graph = f"{pairs}concat=n={count}:v=1:a=1[v][a]"
    told: list[str | Path] = ["-filter_complex", graph, "-map", "[v]", "-map", "[a]", *BARE_ENCODE, target]
    await run(Programs().need("ffmpeg"), "-y", "-loglevel", "error", *inputs, *told)
    return target.stat().st_size


CONTESTS = (
    Contest("resize", RESIZE, "12mp.jpg", 40, by_sharp("/resize")),
    Contest("resize-quick", RESIZE, "12mp.jpg", 40, by_sharp("/resize-quick")),
    Contest("optimize", OPTIMIZE, "graphic.png", 20, by_sharp("/optimize")),
    Contest("encode", ENCODE, "clip.mp4", 2, by_ffmpeg(*BARE_ENCODE, "mp4")),
    Contest("thumbs", THUMBS, "clip.mp4", 10, by_seeking((6, 12, 18, 24)), 4),
    Contest("sound", SOUND, "sound.wav", 4, by_ffmpeg(*BARE_SOUND, "mp3")),
    Contest("concat", CONCAT, "clip.mp4", 2, by_concat_filter, 0),
)


async def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rounds", type=int, default=3, help="that are measured, after one that is not")
    asked.add_argument("--files", type=int, help="in each round, instead of as many as take some seconds")
    asked.add_argument("--only", default="", help="names of contests, with commas between them")
    asked.add_argument("--sandbox", default="landlock", help="in which tools run; bwrap hides their processor time")
    given = asked.parse_args()
    OUT.mkdir(exist_ok=True)
    wanted = [contest for contest in CONTESTS if not given.only or contest.name in given.only.split(",")]
    with tempfile.TemporaryDirectory(dir=OUT) as name, contextlib.suppress(KeyboardInterrupt):
        folder = Path(name)
        await samples(folder)
        async with (
            live(folder / "data", sandbox=given.sandbox) as server,
            sharp() as (rival, pid),
            ClientSession() as client,
        ):
            place = Place(server, client, folder, rival, pid)
            print(HEAD, flush=True)
            for contest in wanted:
                await hold(place, replace(contest, count=given.files or contest.count), given.rounds)


async def samples(folder: Path) -> None:
    await run(sys.executable, "-c", PICTURE, folder / "12mp.jpg")
    await run(sys.executable, "-c", GRAPHIC, folder / "graphic.png")
    await run(Programs().need("ffmpeg"), *CLIP, folder / "clip.mp4")
    await run(Programs().need("ffmpeg"), *NOISE, folder / "sound.wav")


@contextlib.asynccontextmanager
async def sharp() -> AsyncIterator[tuple[str, int]]:
    process = await asyncio.create_subprocess_exec("node", str(HERE / "sharp.mjs"), stdout=PIPE)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(await process.stdout.readline())}", process.pid
    finally:
        process.kill()
        await process.wait()


async def hold(place: Place, contest: Contest, rounds: int) -> None:
    source, count = place.folder / contest.source, contest.count
    measured: list[tuple[Taken, Taken]] = []
    for number in range(rounds + 1):
        mine = await taken(place.server.process.pid, lambda: ours(place, contest, source))
        other = await taken(place.pid, lambda: contest.rival(place, source, count))
        measured += [(mine, other)] if number else []
    print(line(contest.name, count, measured), flush=True)


def line(name: str, count: int, measured: Sequence[tuple[Taken, Taken]]) -> str:
    """A contest as a line of the table."""
    told = [name]
    for of in zip(*measured, strict=True):
        speed, cost = median(count / one.wall for one in of), 1000 * median(one.cpu for one in of) / count
        told.append(f"{speed:.2f}/s, {cost:.0f} ms, {of[0].size // count:,} bytes")
    for what in ("wall", "cpu"):
        told.append(f"{median(getattr(other, what) / getattr(mine, what) for mine, other in measured):.2f}")
    return f"| {' | '.join(told)} |"


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


async def ours(place: Place, contest: Contest, source: Path) -> int:
    """From the creation of the Assembly until every result is fetched; the bytes of the results."""
    steps, files = contest.steps, [source] * contest.count
    form = {"params": place.server.params(steps), "num_expected_upload_files": str(len(files))}
    async with place.client.post(f"{place.server.origin}/assemblies", data=form) as response:
        status = await response.json()
    slots = asyncio.Semaphore(AT_ONCE)
    async with asyncio.TaskGroup() as group:
        last = group.create_task(ended(place.client, status, seconds=600))
        for path in files:
            group.create_task(upload(place, status, path, slots))
    (results,) = last.result()["results"].values()
    assert len(results) == contest.results, last.result().get("error")

    async def fetched(address: str) -> int:
        async with place.client.get(address) as response:
            response.raise_for_status()
            return len(await response.read())

    return await several([partial(fetched, result["ssl_url"]) for result in results], AT_ONCE)


async def several(acts: Sequence[Act], at_once: int) -> int:
    """The sum of what they return, with no more than so many at the same time."""
    slots = asyncio.Semaphore(at_once)

    async def one(act: Act) -> int:
        async with slots:
            return await act()

    return sum(await asyncio.gather(*(one(act) for act in acts)))


if __name__ == "__main__":
    asyncio.run(main())
