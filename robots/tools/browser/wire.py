"""Speaks with a browser over two pipes: numbered calls, and events in between."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

READS, WRITES = 3, 4  # the open files at which a browser listens and answers
HIGH = 20  # above all numbers that are in use
LONGEST = 1 << 30
Json = dict[str, Any]


class Gone(Exception):
    """The browser ended, or its page did."""


class Said(Exception):
    """The browser refused a call."""


class Wire:
    """Calls go to the one page that is attached. `on_event` hears all else that it says."""

    def __init__(self, on_event: Callable[[str, Json], None]) -> None:
        self.on_event = on_event
        self.session: str | None = None
        self._numbers = count(1)
        self._waiting: dict[int, asyncio.Future[Json]] = {}
        self._ended = False

    async def start(self, argv: Sequence[str]) -> asyncio.subprocess.Process:
        theirs, ours = _pipe()
        answers, tells = _pipe()

        def hand_over() -> None:
            os.dup2(theirs, READS)
            os.dup2(tells, WRITES)

        browser = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=2,
            close_fds=False,
            preexec_fn=hand_over,
        )
        os.close(theirs)
        os.close(tells)
        loop = asyncio.get_running_loop()
        self._reader = asyncio.StreamReader(limit=LONGEST)
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(self._reader), os.fdopen(answers, "rb", 0))
        transport, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, os.fdopen(ours, "wb", 0))
        self._writer = asyncio.StreamWriter(transport, protocol, None, loop)
        return browser

    async def listen(self) -> None:
        """Until the browser ends."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                self._hear(json.loads((await self._reader.readuntil(b"\0"))[:-1]))
        self.end()

    def end(self) -> None:
        """All who wait are told that nothing comes any more."""
        self._ended = True
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(Gone())

    async def call(self, method: str, **params: Any) -> Json:
        if self._ended:
            raise Gone
        number = next(self._numbers)
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        self.tell(method, number=number, **params)
        try:
            return await answer
        finally:
            del self._waiting[number]

    def tell(self, method: str, number: int | None = None, **params: Any) -> None:
        """A call whose answer nobody waits for."""
        told = {"id": number or next(self._numbers), "method": method, "params": params}
        if self.session:
            told["sessionId"] = self.session
        self._writer.write(json.dumps(told).encode() + b"\0")

    def _hear(self, told: Json) -> None:
        if "id" not in told:
            self.on_event(told["method"], told.get("params", {}))
            return
        waiting = self._waiting.get(told["id"])
        if waiting is None or waiting.done():
            return
        if "error" in told:
            waiting.set_exception(Said(told["error"].get("message", "")))
        else:
            waiting.set_result(told["result"])


def _pipe() -> tuple[int, int]:
    """Both ends at high numbers, so that they do not stand in each other's way."""
    ends = os.pipe()
    high = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, HIGH) for end in ends)
    for end in ends:
        os.close(end)
    return high[0], high[1]
