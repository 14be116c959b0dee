"""Warm children: Python processes that keep their libraries loaded and do one piece of work after another."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import struct
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from compileall import compile_dir
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import orjson

from robots.base import errors
from robots.base.errors import BadParams, RobotError, ToolDied, ToolStalled, ToolTimeout
from robots.tools.children import abandon, chosen, start
from robots.tools.ends import gone
from robots.tools.sandbox.command import Sandbox
from robots.tools.sandbox.handles import Handles
from robots.tools.sandbox.limits import Limits
from robots.tools.sandbox.view import View
from robots.tools.seats import Seats

ROOT = Path(__file__).parent.parent.parent
log = logging.getLogger(__name__)
CHILD = "robots.tools.child"
READY = {"function": "robots.tools.child:ready", "arguments": {}}
PATIENCE = 1.0  # seconds after which a call is slow; a further child takes about as long to start
DIED = "The process that worked on this file died; it may need too much memory."
STARTING = 60.0  # seconds in which a child has its libraries loaded, even on a machine that has no time
# Large pictures take and give back so much memory that a fifth of the time went into getting it from the system anew.
KEEP_MEMORY = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_TRIM_THRESHOLD_": str(128 << 20),
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
}
VIPS = {"VIPS_CONCURRENCY": "1", "VIPS_WARNING": "0", "VIPS_BLOCK_UNTRUSTED": "1"}
ENVIRONMENT = {"PATH": "", "LANG": "C.UTF-8", **VIPS, **KEEP_MEMORY}
HEADER = struct.Struct(">I")


class Pool:
    """A bounded number of children that run functions named "module:function" with JSON in and out.

    While calls are slow there are more children, up to twice as many, for those who would have to wait for them, and
    two more for those who have none. They go when no call is slow any more, and none waits.
    A child is replaced after `recycle` calls, when a call is cancelled, and when it dies. It works for many jobs, and
    what it can see is settled before the first: so `view` is wider than that of a tool, which sees the files of its job
    alone. To hand each file over open would be narrower, but the libraries want paths to write to.
    """

    def __init__(
        self,
        size: int,
        preload: Sequence[str] = (),
        limits: Limits | None = None,
        recycle: int = 2000,
        *,
        view: View | None = None,
        sandbox: Sandbox | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self.size = size
        self.preload = tuple(preload)
        self.limits = limits or Limits(wall=120, cpu=3600, memory=4 << 30)
        self.recycle = recycle
        self.view = view or View(writes=(Path(gettempdir()),))  # which is found by writing
        self.sandbox = sandbox
        self._seats = Seats(size, patience)
        self._idle: list[Worker] = []
        self._alive: set[Worker] = set()
        self._ending: set[asyncio.Future[None]] = set()

    async def warm(self) -> None:
        """Starts the children before the first call needs them.

        They may not write beside the source, so what Python compiles for them is made here.
        """
        await asyncio.to_thread(compile_dir, ROOT / "robots", quiet=2)
        while len(self._alive) < self.size:
            self._idle.append(await self._start())

    async def call(self, function: str, wall: float | None = None, **arguments: Any) -> Any:
        """Runs a function in a child; its RobotError is raised here. `wall` is the most seconds that it may take."""
        try:
            async with self._borrow() as worker:
                return await self._asked(worker, wall, {"function": function, "arguments": arguments})
        finally:
            if self._seats.empty:  # one that was called off while it waited, or twice, has left that to the last
                await self._shrink()

    async def _asked(self, worker: Worker, wall: float | None, request: dict[str, Any]) -> Any:
        try:
            if not worker.calls:  # what it loads at first is no part of this call's time
                await worker.begin()
            async with asyncio.timeout(wall or self.limits.wall):
                worker.calls += 1
                return await worker.ask(request)
        except TimeoutError as error:
            raise ToolTimeout("Processing took too long and was stopped.") from error

    async def close(self) -> None:
        """Ends all children, and waits for those too whose end nobody waits for any more."""
        await asyncio.gather(*map(self._end, list(self._alive)), *self._ending)

    @contextlib.asynccontextmanager
    async def _borrow(self) -> AsyncIterator[Worker]:
        async with self._seats.seat() as seat:
            worker = await self._healthy()
            keep = False
            try:
                yield worker
                keep = worker.calls < self.recycle
            except RobotError as error:
                # A dead child is known by its closed pipe before the loop has heard of its end.
                keep = worker.healthy and not isinstance(error, ToolTimeout | ToolDied)
                raise
            finally:
                if keep:
                    self._idle.append(worker)
                else:
                    await self._end(worker)
                if self._seats.calm(seat):
                    await self._shrink()

    async def _shrink(self) -> None:
        """Ends idle ones if there are too many. While calls are slow they stay, or each would be started anew."""
        while self._idle and len(self._alive) > self.size:
            await self._end(self._idle.pop(0))

    async def _healthy(self) -> Worker:
        while self._idle:
            worker = self._idle.pop()
            if worker.healthy:
                return worker
            await self._end(worker)
        return await self._start()

    async def _end(self, worker: Worker) -> None:
        """Goes on when it is cancelled: what is left of a child belongs to the loop."""
        self._alive.discard(worker)
        ending = asyncio.ensure_future(worker.stop())
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)
        await asyncio.shield(ending)

    async def _start(self) -> Worker:
        sandbox, home = self.sandbox or chosen(), next(iter(self.view.writable), "/tmp")
        env = {**ENVIRONMENT, "HOME": home, "TMPDIR": home}
        argv = [sys.executable, "-m", CHILD, *self.preload]
        with Handles(sandbox.level) as handles:
            words = sandbox.worker(argv, self.view, self.limits, handles.passed)
            child = await start(words, ROOT, sandbox, handles, env=env, stdin=PIPE, stderr=DEVNULL)
        worker = Worker(child)
        self._alive.add(worker)
        return worker


class Worker:
    """One child and the pipe to it."""

    def __init__(self, child: Process) -> None:
        self.child = child
        self.calls = 0

    @property
    def healthy(self) -> bool:
        return self.child.returncode is None

    async def begin(self) -> None:
        """Waits until it has loaded its libraries. What it dies of by then may leave others with its pipes open."""
        ready, ended = asyncio.ensure_future(self.ask(READY)), asyncio.ensure_future(gone(self.child))
        try:
            await asyncio.wait((ready, ended), timeout=STARTING, return_when=asyncio.FIRST_COMPLETED)
            if not ready.done():
                raise ToolDied(DIED) if ended.done() else ToolStalled("The process for this file did not get ready.")
            await ready
        finally:
            ready.cancel()
            ended.cancel()
            await asyncio.wait((ready, ended))

    async def ask(self, request: dict[str, Any]) -> Any:
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        try:
            body = orjson.dumps(request, default=str)
        except TypeError as error:
            if "Integer" not in str(error):  # it says in words what it cannot write
                raise
            raise BadParams("A number among the parameters is larger than can be counted with.") from error
        try:
            self.child.stdin.write(HEADER.pack(len(body)) + body)
            await self.child.stdin.drain()
            (length,) = HEADER.unpack(await self.child.stdout.readexactly(HEADER.size))
            answer = orjson.loads(await self.child.stdout.readexactly(length))
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise ToolDied(DIED) from error
        if "error" in answer:
            raise _raised(answer["error"])
        return answer["result"]

    async def stop(self) -> None:
        await abandon(self.child)


def _raised(told: dict[str, Any]) -> RobotError:
    """The child's error as the same kind here; what nobody foresaw is worth a line in the log."""
    if cause := told.get("cause"):
        log.warning("a child could not do its work: %s", cause)
    kind = getattr(errors, told["kind"], ToolDied)
    error: RobotError = kind(told["message"], told["code"], **told["details"])
    return error
