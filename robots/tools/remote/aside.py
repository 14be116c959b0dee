"""A loop in a thread of its own, for what would hold the server's: cryptography in small pieces, long lists."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Self, TypeVar

T = TypeVar("T")


class Aside:
    """What runs here may take its time, and may read and write files as it likes."""

    def __init__(self) -> None:
        self._here = asyncio.get_running_loop()
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self._loop = self._runner.get_loop()
        self._over, self._ended = asyncio.Event(), asyncio.Event()

    async def __aenter__(self) -> Self:
        threading.Thread(target=self._live, daemon=True, name="aside").start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        await self._ended.wait()

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What the work gives. It is over when this ends, even by a cancel."""
        begun: list[asyncio.Task[T]] = []
        ended = asyncio.Event()

        def begin() -> None:
            begun.append(self._loop.create_task(work))
            begun[0].add_done_callback(lambda _: self._call(ended.set))

        self._loop.call_soon_threadsafe(begin)
        try:
            await ended.wait()
        except asyncio.CancelledError:
            self._loop.call_soon_threadsafe(lambda: begun[0].cancel())
            await ended.wait()
            raise
        return begun[0].result()

    def telling(self, tell: Callable[[float], None]) -> Callable[[float], None]:
        """What may be called here, and calls `tell` where this was made."""
        return lambda value: self._call(lambda: tell(value))

    def _live(self) -> None:
        try:
            with self._runner:
                self._runner.run(self._over.wait())
        finally:
            self._call(self._ended.set)

    def _call(self, act: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # the server's loop has ended, and nobody waits
            self._here.call_soon_threadsafe(act)
