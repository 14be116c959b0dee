"""What an Assembly costs over the bare tool, on the same bytes in the same run.

    .venv/bin/python -m bench.overhead [--rounds 7] [--many 200]

For one resize and one encode it prints the time from the first byte of the request to the event that says it is
finished, beside the bare tool as a process of its own, and the paired difference. For many resizes it prints how busy
the cores were, and for each sandbox what the start of a tool costs. The machine should have nothing else to do.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from aiohttp import ClientSession

from bench.starts import starts
from robots.tools.programs import Programs
from tests.live import Live, live

RESIZE = {"small": {"robot": "/image/resize", "use": ":original", "width": 1000, "height": 1000}}
OUT = Path(__file__).parent / "out"  # on the disk of the checkout, and ignored by git
UPLOADS = 4  # at once
FFMPEG = {"c:v": "libx264", "b:v": "2500k", "c:a": "aac", "b:a": "128k"}
ENCODE = {"encoded": {"robot": "/video/encode", "use": ":original", "preset": "empty", "ffmpeg": FFMPEG}}
BARE_RESIZE = """
import pyvips, sys
source, target = sys.argv[1:]
image = pyvips.Image.thumbnail(source, 1000, height=1000)
image.jpegsave(target, Q=92, keep="all")
"""
PICTURE = """
import pyvips, sys
noise = pyvips.Image.gaussnoise(4000, 3000, sigma=20).bandjoin([pyvips.Image.gaussnoise(4000, 3000, sigma=20)] * 2)
shape = pyvips.Image.sines(4000, 3000, hfreq=3, vfreq=2) * 90 + 128
(shape + noise).cast("uchar").copy(interpretation="srgb").jpegsave(sys.argv[1], Q=85)
"""


@dataclass(frozen=True, slots=True)
class Setting:
    """The server, a client of it, and the folder of the samples."""

    server: Live
    client: ClientSession
    folder: Path


async def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rounds", type=int, default=7, help="pairs that are measured, after one that is not")
    asked.add_argument("--many", type=int, default=200, help="pictures in the large Assembly")
    given = asked.parse_args()
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=OUT) as name, contextlib.suppress(KeyboardInterrupt):
        folder = Path(name)
        async with live(folder / "data") as server, ClientSession() as client:
            await measure(Setting(server, client, folder), given.rounds, given.many)


async def measure(setting: Setting, rounds: int, many: int) -> None:
    picture, clip = setting.folder / "12mp.jpg", setting.folder / "clip.mp4"
    await run(sys.executable, "-c", PICTURE, picture)
    ffmpeg = Programs().need("ffmpeg")
    await run(ffmpeg, *CLIP, clip)
    print(f"12 MP JPEG of {picture.stat().st_size / 1e6:.1f} MB; 10 s 720p clip of {clip.stat().st_size / 1e6:.1f} MB")
    bare_image = (sys.executable, "-c", BARE_RESIZE, picture, setting.folder / "bare.jpg")
    await pairs("one resize", lambda: assembly(setting, RESIZE, [picture]), lambda: run(*bare_image), rounds)
    bare_clip: tuple[str | Path, ...] = (
        ffmpeg,
        "-y",
        "-loglevel",
        "error",
        "-i",
        clip,
        *BARE_ENCODE,
        setting.folder / "bare.mp4",
    )
    await pairs("one encode", lambda: assembly(setting, ENCODE, [clip]), lambda: run(*bare_clip), max(2, rounds // 2))
    await busy(setting, picture, many)
    await starts(setting.folder, 10 * rounds)


CLIP = (
    *("-y", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=25:duration=10"),
    *("-f", "lavfi", "-i", "sine=duration=10", "-c:v", "libx264", "-preset", "veryfast", "-c:a", "aac", "-shortest"),
)
BARE_ENCODE = [*(part for name, value in FFMPEG.items() for part in (f"-{name}", value)), "-movflags", "+faststart"]


async def pairs(
    name: str, ours: Callable[[], Awaitable[None]], bare: Callable[[], Awaitable[None]], rounds: int
) -> None:
    """A and B in turn, so that a machine that changes its speed changes both."""
    await ours()
    await bare()
    times = [(await clocked(ours), await clocked(bare)) for _ in range(rounds)]
    mine, tool = median(a for a, _ in times), median(b for _, b in times)
    more, ratio = median(a - b for a, b in times), median(a / b for a, b in times)
    print(
        f"{name}: {1000 * mine:.0f} ms, bare {1000 * tool:.0f} ms, "
        f"difference {1000 * more:+.0f} ms, ratio {ratio:.3f}  ({rounds} pairs)"
    )


async def busy(setting: Setting, picture: Path, many: int) -> None:
    """How much of all cores was used from the first byte to the end; a child that was replaced meanwhile counts too."""
    before, began = cores(), time.monotonic()
    await assembly(setting, RESIZE, [picture] * many)
    wall, after = time.monotonic() - began, cores()
    idle, all_of_it = after[0] - before[0], after[1] - before[1]
    print(
        f"{many} resizes in one Assembly: {wall:.1f} s, {many / wall:.1f} a second; "
        f"the cores were busy for {100 * (1 - idle / all_of_it):.0f} % of the time"
    )


def cores() -> tuple[int, int]:
    """The ticks that all cores have been idle, and all of them; what a guest takes is in others of the first eight."""
    spent = [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return spent[3] + spent[4], sum(spent)


async def assembly(setting: Setting, steps: Mapping[str, object], files: list[Path]) -> None:
    """From its creation to its end, with the files sent by tus, each in one request."""
    params = json.dumps({"auth": {"key": setting.server.key}, "steps": steps})
    form = {"params": params, "num_expected_upload_files": str(len(files))}
    async with setting.client.post(f"{setting.server.origin}/assemblies", data=form) as response:
        status = await response.json()
    slots = asyncio.Semaphore(UPLOADS)
    async with setting.client.get(status["update_stream_url"]) as stream, asyncio.TaskGroup() as group:
        for path in files:
            group.create_task(upload(setting, status, path, slots))
        await stream.read()
    async with setting.client.get(status["assembly_ssl_url"]) as response:
        status = await response.json()
    if status.get("ok") != "ASSEMBLY_COMPLETED" or len(next(iter(status["results"].values()))) != len(files):
        raise SystemExit(f"the Assembly failed: {status.get('error')}: {status.get('message')}")


async def upload(setting: Setting, status: Mapping[str, str], path: Path, slots: asyncio.Semaphore) -> None:
    said = {"assembly_url": status["assembly_url"], "filename": path.name, "fieldname": "file"}
    headers = {
        "Tus-Resumable": "1.0.0",
        "Content-Type": "application/offset+octet-stream",
        "Upload-Length": str(path.stat().st_size),
        "Upload-Metadata": ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in said.items()),
    }
    async with slots, setting.client.post(status["tus_url"], data=path.read_bytes(), headers=headers) as response:
        if response.status != 201:
            raise SystemExit(f"the upload failed: {response.status} {await response.text()}")


async def run(*argv: str | Path) -> None:
    process = await asyncio.create_subprocess_exec(*map(str, argv))
    if await process.wait():
        raise SystemExit(f"{argv[0]} failed")


async def clocked(act: Callable[[], Awaitable[None]]) -> float:
    began = time.monotonic()
    await act()
    return time.monotonic() - began


def cpu(pid: int) -> float:
    """Processor seconds of a process and of all its descendants, those that have ended too."""
    total = 0.0
    for entry in [pid, *descendants(pid)]:
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return total


def descendants(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(child) for child in task.read_text().split()]
    return [*found, *(grandchild for child in found for grandchild in descendants(child))]


if __name__ == "__main__":
    asyncio.run(main())
