"""Kills the server again and again under mixed load, and checks after each time that it has kept its word.

    .venv/bin/python -m bench.crash [--kills 200] [--seed 7] [--sweep 40 [--calls rename send]]

A round is some Assemblies of all kinds, a kill at a random moment, another one while the server recovers, and a third
start in which everything has to come to its end; then the doctor looks at the folder. With --sweep the kernel kills
the server just before its first, second ... fsync, rename and send instead; that needs strace.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import secrets
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Coroutine, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from aiohttp import ClientError, ClientSession, web

from bench.orders import KINDS, Order, media
from server.invariants import examine
from tests.customer import Customer
from tests.live import live
from tests.processes import programs_under
from tests.receiver import Receiver, receiver
from tests.web import always, site

ORDERS = 5  # of one round
LONGEST = 1.5  # seconds until a kill
AGAIN = 3  # orders of earlier rounds that are looked at again
GONE = (ClientError, ConnectionError, TimeoutError)
FEW = {"image_children": "1", "video_jobs": "1", "stop_grace": "0.1s"}
CALLS = {"fsync": "fsync,fdatasync", "rename": "rename,renameat,renameat2,link,linkat", "send": "sendto,sendmsg"}


@dataclass
class Torment:
    """One data folder and one port, through the lives and deaths of many servers."""

    folder: Path
    random: random.Random
    site: str
    home: Receiver
    port: int = 0
    kills: int = 0
    done: list[Order] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.media = media(self.folder / "media")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]

    async def round(self) -> None:
        names = self.random.choices(list(KINDS), k=ORDERS)
        orders = [self._order(name) for name in names]
        for longest in (LONGEST, LONGEST / 2):
            await self._killed(orders, self.random.uniform(0, longest))
        await self.end(orders)

    def _order(self, kind: str) -> Order:
        return Order(KINDS[kind], self.media, self.site, self.home)

    async def end(self, orders: list[Order]) -> None:
        """Everything comes to its end, and nothing is left behind."""
        async with self.server() as customer:
            earlier = self.random.sample(self.done, min(AGAIN, len(self.done)))
            await asyncio.gather(*(self._told(order.go_on(customer)) for order in orders))
            await asyncio.gather(*(self._told(order.check(customer)) for order in earlier))
        self.done += [order for order in orders if order.last]
        self.wrong += await asyncio.to_thread(examine, self.folder / "data")

    async def _killed(self, orders: Iterable[Order], after: float) -> None:
        async with self.server() as customer:
            working = [asyncio.ensure_future(order.go_on(customer)) for order in orders]
            await asyncio.wait(working, timeout=after)
            customer.server.process.send_signal(signal.SIGKILL)
            await customer.server.process.wait()
            self.kills += 1
            for outcome in await asyncio.gather(*working, return_exceptions=True):
                if isinstance(outcome, Exception) and not isinstance(outcome, GONE):
                    self.wrong.append(f"before a kill: {outcome!r}")

    async def _told(self, check: Coroutine[Any, Any, None]) -> None:
        try:
            await check
        except (AssertionError, *GONE) as error:
            self.wrong.append(f"after a kill: {error!r}")

    @contextlib.asynccontextmanager
    async def server(self, *before: str) -> AsyncIterator[Customer]:
        began = time.monotonic()
        flags = ("--port", str(self.port))
        with contextlib.redirect_stdout(None):
            async with live(self.folder / "data", *flags, before=before, **FEW) as server, ClientSession() as http:
                self.starts.append(time.monotonic() - began)
                yield Customer(server, http)

    async def swept(self, calls: str, number: int) -> bool:
        """A life that ends just before one system call; False when there were not so many of them."""
        orders = [self._order(name) for name in ("form", "image", "video")]
        inject = ("-e", f"trace={calls}", "-e", f"inject={calls}:signal=SIGKILL:when={number}")
        killed = True
        with contextlib.suppress(AssertionError):  # it may not even have come to listen
            async with self.server("strace", "-f", "-qq", "-o", "/dev/null", *inject) as customer:
                outcomes = await asyncio.gather(*(order.go_on(customer) for order in orders), return_exceptions=True)
                killed = any(isinstance(outcome, GONE) for outcome in outcomes)
                for process in programs_under(customer.server.process.pid, "python"):
                    os.kill(process, signal.SIGKILL)  # strace hands no signal on
                await customer.server.process.wait()
        self.kills += killed
        await self.end(orders)
        return killed


@contextlib.asynccontextmanager
async def torment(folder: Path, seed: int) -> AsyncIterator[Torment]:
    async with site(always(lambda: web.Response(body=b"imported"))) as origin, receiver() as home:
        yield Torment(folder, random.Random(seed), origin, home)


async def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--kills", type=int, default=200, help="how often")
    asked.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="the same seed, the same moments")
    asked.add_argument("--sweep", type=int, default=0, help="how many calls of each kind are the last ones")
    asked.add_argument("--calls", nargs="+", choices=CALLS, default=[*CALLS], help="which kinds of calls are swept")
    given = asked.parse_args()
    if given.sweep and not shutil.which("strace"):
        sys.exit("The sweep needs strace.")
    print(f"seed {given.seed}")
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        async with torment(Path(name), given.seed) as test:
            await (sweep(test, given.calls, given.sweep) if given.sweep else storm(test, given.kills))
            print(summary(test), *test.wrong, sep="\n")
            return 1 if test.wrong else 0


async def storm(test: Torment, kills: int) -> None:
    while test.kills < kills:
        await test.round()
        print(f"\r{test.kills} kills, {len(test.done)} Assemblies, {len(test.wrong)} faults", end="", flush=True)
    print()


async def sweep(test: Torment, kinds: Iterable[str], most: int) -> None:
    for name in kinds:
        number = 1
        while number <= most and await test.swept(CALLS[name], number):
            number += 1
        print(f"killed before each of the first {number - 1} calls of {name}; {len(test.wrong)} faults", flush=True)


def summary(test: Torment) -> str:
    starts = f"a start took {median(test.starts):.2f} s, at most {max(test.starts):.2f} s"
    return f"{test.kills} kills, {len(test.done)} Assemblies that ended right, {len(test.wrong)} faults; {starts}"


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
