"""Takes disk, descriptors and memory from a running server, one system call after another, and checks what it says.

    .venv/bin/python -m bench.shortage [--points 4] [--seed 7] [--only disk]

A point is a call of each thread and child that fails, and often all later ones with it, while clients upload and order.
What is refused has to be refused with a clear code; what was acknowledged has to be there, and comes to its end when
nothing fails any more. After the points of a kind the server stops in good order, and the doctor looks at the folder.
It needs strace.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from aiohttp import ClientHandlerType, ClientRequest, ClientResponse

from bench.crash import GONE, Torment, torment
from bench.orders import KINDS, Order
from server.invariants import examine
from tests.customer import Customer
from tests.lacking import TRACEABLE, Lack, lacking

BROAD = ("image", "form", "video", "large", "import", "bundle")
ABREAST = 3  # orders at each point
TRIES = 3  # of each client while calls fail
PAUSE = 0.2  # seconds between two of them
PATIENCE = 2.0  # seconds that one of them may take
LATEST = 60.0  # seconds in which all comes to its end when nothing fails any more
STOPPING = 60.0
MOMENTS = (1, 1, 2, 3, 5, 8, 13, 21, 34)  # which calls of a thread fail
SPARE = 8  # descriptors that may be more after a shortage: connections, and children who start
WRITES, COPIES = "write,pwrite64,writev", "splice,copy_file_range,sendfile"
LACKS = {
    "disk": (WRITES, "ENOSPC"),
    "names": ("rename,renameat,renameat2,link,linkat,mkdir,mkdirat", "ENOSPC"),
    "new files": ("openat", "ENOSPC"),
    "descriptions": ("ftruncate,fallocate,setxattr,fsetxattr", "ENOSPC"),
    "copies": (COPIES, "ENOSPC"),
    "bad disk": ("fsync,fdatasync,sync_file_range", "EIO"),
    "bad writes": (WRITES, "EIO"),
    "bad reads": ("pread64", "EIO"),
    "bad copies": (COPIES, "EIO"),
    "descriptors": ("openat,dup,pipe2,socketpair,eventfd2,memfd_create", "EMFILE"),
    "sockets": ("socket", "EMFILE"),
    "connections": ("accept4", "EMFILE"),
    "crowd": ("accept4", "ENFILE"),
    "memory": ("mmap,brk,mremap", "ENOMEM"),
    "processes": ("clone,clone3,fork,vfork", "EAGAIN"),
    "memory of the system": ("accept4,splice", "ENOMEM"),
    "watches": ("epoll_ctl", "ENOMEM"),
}
CLEAR = (
    "left; try again later",  # what there is too little of
    "ERR_STORAGE_FULL",
    "log says what",  # a disk that fails is nobody else's business
    "log of this server says how",
    "could not be started",
    "may need too much memory",
    "died",
    "is damaged",  # a tool cannot tell a disk that fails from a file that does
    "has ended and takes no more uploads",  # its end has to say why, which is looked at
)
DEADLY = "ENOMEM"  # libraries without memory may end their process; the next life goes on


@dataclass
class Scarcity:
    """The points of one life of the server.

    `failed` counts the calls that did, `refused` how often a client had to try again.
    """

    test: Torment
    customer: Customer
    failed: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)
    point: str = "before any shortage"

    @property
    def alive(self) -> bool:
        return self.customer.server.process.returncode is None

    async def begin(self, kinds: Sequence[str]) -> None:
        """The children have started, and everything goes well."""
        await asyncio.gather(*map(self.end, self.orders(kinds)))

    async def suffer(self, lack: Lack, kinds: Sequence[str]) -> list[Order]:
        """The orders, as far as they got."""
        self.point, before = str(lack), self._open()
        orders = self.orders(kinds)
        async with lacking(self.customer.server.process.pid, lack, self.test.folder / "calls") as seen:
            self.refused += sum(await asyncio.gather(*map(self._tried, orders)))
        self.failed += len(seen())
        if self.alive:
            await asyncio.gather(*map(self.end, orders))
            if (after := self._open()) > before + SPARE:
                self.tell(f"{after} files are open, and {before} were")
        elif lack.error != DEADLY:
            self.tell(f"the server has ended with {self.customer.server.process.returncode}")
        return orders

    def orders(self, kinds: Sequence[str]) -> list[Order]:
        test = self.test
        return [Order(KINDS[kind], test.media, test.site, test.home) for kind in kinds]

    async def end(self, order: Order) -> None:
        """Nothing fails any more: an Assembly goes on, or its end says why it does not and the next one goes well."""
        try:
            async with asyncio.timeout(LATEST):
                if await self._failed(order):
                    [order] = self.orders([name for name, kind in KINDS.items() if kind is order.kind])
                await order.go_on(self.customer)
                self.test.done.append(order)
        except (AssertionError, KeyError, *GONE) as error:
            self.tell(f"afterwards: {error!r}")

    async def judge(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        """Looks at every reply that says no."""
        response = await handler(request)
        if response.status >= 400:
            text = await response.text()
            inside = ("Traceback", 'File "', str(self.test.folder))
            if any(word in text for word in inside) or not (text or request.method == "HEAD"):
                self.tell(f"a reply of {response.status}: {text}")
        return response

    def tell(self, sentence: str) -> None:
        self.wrong.append(f"{self.point}: {sentence[:600]}")

    async def _tried(self, order: Order) -> int:
        """How often something came in between, as it may."""
        for attempt in range(TRIES):
            try:
                async with asyncio.timeout(PATIENCE):
                    await order.go_on(self.customer)
                return attempt
            except (KeyError, *GONE):  # an end without `ok`, which is looked at later, or no answer
                pass
            except AssertionError as error:
                if not clear(str(error)):
                    self.tell(f"unclear: {error}")
            await asyncio.sleep(PAUSE)
        return TRIES

    async def _failed(self, order: Order) -> bool:
        over = await self.customer.status(order.status) if order.status and not order.last else {}
        if "error" in over and not clear(str(over)):
            self.tell(f"an end that does not say why: {over['error']} {over.get('message')}")
        return "error" in over

    def _open(self) -> int:
        return len(os.listdir(f"/proc/{self.customer.server.process.pid}/fd")) if self.alive else 0


def clear(text: str) -> bool:
    """Whether it says what there is too little of, or at least whose fault it is."""
    return any(words in text for words in CLEAR)


@asynccontextmanager
async def life(test: Torment) -> AsyncIterator[Scarcity]:
    """One server from start to stop."""
    async with test.server(*TRACEABLE) as customer:
        scarcity = Scarcity(test, customer)
        with patch.object(customer.http, "_middlewares", (scarcity.judge,)):
            yield scarcity
        if scarcity.alive:
            await _stopped(scarcity)


async def scarce(test: Torment, lacks: Sequence[Lack], kinds: Callable[[], Sequence[str]]) -> Scarcity:
    """Some points, the next life if one of them was deadly, and the doctor."""
    orders: list[Order] = []
    async with life(test) as scarcity:
        await scarcity.begin(kinds())
        for lack in lacks:
            if scarcity.alive:
                orders = await scarcity.suffer(lack, kinds())
        died = not scarcity.alive
    if died:
        async with life(test) as next_one:
            await asyncio.gather(*map(next_one.end, orders))
        scarcity.wrong += next_one.wrong
    scarcity.wrong += await asyncio.to_thread(examine, test.folder / "data")
    return scarcity


async def _stopped(scarcity: Scarcity) -> None:
    try:
        async with asyncio.timeout(STOPPING):
            code = await scarcity.customer.server.stop()
    except TimeoutError:
        scarcity.tell("afterwards it does not stop")
        code = await scarcity.customer.server.stop(signal.SIGKILL)
    if code:
        scarcity.tell(f"it stopped with {code}")


async def sweep(test: Torment, points: int, kinds: Sequence[str]) -> list[str]:
    """What should not be, of all kinds of shortage."""
    wrong: list[str] = []
    for kind in kinds:
        draw = random.Random(f"{test.random.random()}")
        moments = [(draw.choice(MOMENTS), draw.random() < 0.5) for _ in range(points)]
        lacks = [Lack(*LACKS[kind], number, lasting) for number, lasting in moments]
        seen = await scarce(test, lacks, lambda draw=draw: draw.sample(BROAD, ABREAST))  # type: ignore[misc]
        told = f"{seen.failed} calls failed, {seen.refused} tries were refused, {len(seen.wrong)} faults"
        print(f"{kind}: {told}", *seen.wrong, sep="\n  ", flush=True)
        wrong += seen.wrong
    return wrong


async def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--points", type=int, default=4, help="moments of each kind")
    asked.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="the same seed, the same moments")
    asked.add_argument("--only", choices=LACKS, help="one kind alone")
    given = asked.parse_args()
    if not shutil.which("strace"):
        sys.exit("This needs strace.")
    print(f"seed {given.seed}")
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        async with torment(Path(name), given.seed) as test:
            return 1 if await sweep(test, given.points, [given.only] if given.only else list(LACKS)) else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
