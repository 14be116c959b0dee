"""How many clients one process bears.

    .venv/bin/python -m bench.load [--uploads 1000] [--watchers 2000] [--running 250] [--stored 10000]

Idle uploads and watchers, and the server's memory with them; creations a second; the time of a status poll beside
Assemblies that take small uploads, and beside as many that resize photos; and how soon a killed server is ready again
with many Assemblies in its database.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sqlite3
import tempfile
import time
import uuid
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from io import BytesIO
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from aiohttp import ClientSession, ClientTimeout, TCPConnector

from tests import samples
from tests.live import Live, live

STEPS = {"hashed": {"robot": "/file/hash", "use": ":original"}}
OUT = Path(__file__).parent / "out"  # on the disk of the checkout, and ignored by git
RESIZES = {"wide": {"robot": "/image/resize", "use": ":original", "width": 1920}}
PHOTO = (4000, 3000)
TUS = {"Tus-Resumable": "1.0.0"}
AT_ONCE = 50


async def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, count in (("uploads", 1000), ("watchers", 2000), ("running", 250), ("stored", 10_000)):
        asked.add_argument(f"--{name}", type=int, default=count)
    given = asked.parse_args()
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=OUT) as name:
        folder = Path(name)
        async with live(folder / "idle") as server, client() as session:
            await idle(server, session, given.uploads, given.watchers)
        async with live(folder / "busy") as server, client() as session:
            await creations(server, session)
            await polls(server, session, given.running)
            await polls_beside_photos(server, session, given.running, samples.jpeg(folder, *PHOTO).read_bytes())
        await recovery(folder / "stored", given.stored)


@asynccontextmanager
async def client() -> AsyncIterator[ClientSession]:
    async with ClientSession(connector=TCPConnector(limit=0), timeout=ClientTimeout(None)) as session:
        yield session


async def idle(server: Live, session: ClientSession, uploads: int, watchers: int) -> None:
    """Uploads that were begun and left, and watchers of their Assembly."""
    before = memory(server.process.pid)
    status = await created(server, session, uploads)
    said = f"assembly_url {b64encode(status['assembly_url'].encode()).decode()},filename YQ=="
    headers = {**TUS, "Upload-Length": "1000000", "Upload-Metadata": said}
    await together(uploads, lambda: session.post(status["tus_url"], headers=headers))
    async with AsyncExitStack() as stack:
        for _ in range(watchers):
            await stack.enter_async_context(session.get(status["update_stream_url"]))
        after = memory(server.process.pid)
        print(f"{uploads} idle uploads and {watchers} watchers: {after:.0f} MiB, {before:.0f} before them")


async def creations(server: Live, session: ClientSession, count: int = 1000) -> None:
    began = time.monotonic()
    await together(count, lambda: session.post(f"{server.origin}/assemblies", data=form(server, 1)))
    print(f"{count / (time.monotonic() - began):.0f} creations a second, {AT_ONCE} at once")


async def polls(server: Live, session: ClientSession, running: int) -> None:
    """Each of many Assemblies is asked for in its turn while all of them wait for uploads that trickle in."""
    statuses = [await created(server, session, 2) for _ in range(running)]
    async with asyncio.TaskGroup() as group:
        group.create_task(trickle(session, statuses))
        times = [await poll(session, status) for _ in range(4) for status in statuses]
    tell(f"status polls beside {running} Assemblies that take uploads", times)


async def polls_beside_photos(server: Live, session: ClientSession, running: int, photo: bytes) -> None:
    """Those that there are are asked for in turn while their pictures, and those that come, want the processor."""
    data = {"params": json.dumps({"auth": {"key": server.key}, "steps": RESIZES})}
    url = f"{server.origin}/assemblies"
    statuses: list[dict[str, Any]] = []

    async def create() -> None:
        async with session.post(url, data={**data, "photo": BytesIO(photo)}) as response:
            statuses.append(await response.json())

    times: list[float] = []
    async with asyncio.TaskGroup() as group:
        sent = [group.create_task(create()) for _ in range(running)]
        while not all(task.done() for task in sent):
            await asyncio.sleep(0.01)
            times += [await poll(session, status) for status in tuple(statuses)]
    tell(f"status polls beside {running} Assemblies that resize photos", times)


async def poll(session: ClientSession, status: dict[str, Any]) -> float:
    began = time.monotonic()
    await status_of(session, status)
    return time.monotonic() - began


async def status_of(session: ClientSession, status: dict[str, Any]) -> dict[str, Any]:
    async with session.get(status["assembly_ssl_url"]) as response:
        found: dict[str, Any] = await response.json()
        return found


def tell(what: str, times: list[float]) -> None:
    p99 = quantiles(times, n=100)[98]
    print(f"{what}: median {1000 * median(times):.1f} ms, p99 {1000 * p99:.1f} ms, {len(times)} of them", flush=True)


async def trickle(session: ClientSession, statuses: list[dict[str, Any]]) -> None:
    for status in statuses:
        said = f"assembly_url {b64encode(status['assembly_url'].encode()).decode()},filename YQ=="
        headers = {**TUS, "Upload-Length": "10000", "Upload-Metadata": said}
        async with session.post(status["tus_url"], headers=headers, data=b"x" * 10_000) as response:
            await response.read()


async def recovery(data: Path, stored: int) -> None:
    """A server is killed, its database filled up with ended Assemblies, and started again."""
    async with live(data) as server, client() as session:
        await created(server, session, 1)
        await server.stop(signal.SIGKILL)
    fill(data / "sluice.db", stored)
    began = time.monotonic()
    async with live(data):
        print(f"ready {time.monotonic() - began:.2f} s after a crash, with {stored} Assemblies stored")


def fill(path: Path, count: int) -> None:
    """Copies of the one Assembly that is there, as if they had ended."""
    with sqlite3.connect(path) as database:
        database.row_factory = sqlite3.Row
        row = dict(database.execute("SELECT * FROM assemblies").fetchone())
        ended = {**row, "state": "completed", "finished": row["created"]}
        names = ", ".join(ended)
        rows = [{**ended, "id": uuid.uuid4().hex} for _ in range(count)]
        database.executemany(f"INSERT INTO assemblies ({names}) VALUES ({', '.join(f':{n}' for n in ended)})", rows)
    database.close()


async def together(count: int, act: Any) -> None:
    slots = asyncio.Semaphore(AT_ONCE)

    async def one() -> None:
        async with slots, act() as response:
            if response.status >= 400:
                raise SystemExit(f"{response.status}: {await response.text()}")
            await response.read()

    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(one())


async def created(server: Live, session: ClientSession, uploads: int) -> dict[str, Any]:
    async with session.post(f"{server.origin}/assemblies", data=form(server, uploads)) as response:
        status: dict[str, Any] = await response.json()
        return status


def form(server: Live, uploads: int) -> dict[str, str]:
    params = json.dumps({"auth": {"key": server.key}, "steps": STEPS})
    return {"params": params, "num_expected_upload_files": str(uploads)}


def memory(pid: int) -> float:
    """Resident MiB of the server's own process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    asyncio.run(main())
