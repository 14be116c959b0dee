"""Servers that are forked from a process that has read the code, which saves a second of work for each."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import Any

import run

ROOT = Path(__file__).parent.parent
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload([__name__])
gc.freeze()  # the forked ones share what has been read


class Forked:
    """A process as asyncio's own, whose parent is the one that it was forked from."""

    def __init__(self, argv: Sequence[str], variables: Mapping[str, str], output: int) -> None:
        self._process = CONTEXT.Process(target=_main, args=(argv, variables, DupFd(output)))
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    @property
    def returncode(self) -> int | None:
        """As of `subprocess`: the number of a signal that ended it is negative."""
        return self._process.exitcode

    def send_signal(self, how: signal.Signals) -> None:
        os.kill(self.pid, how)

    async def wait(self) -> int:
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._process.sentinel, over.set)
        try:
            if self.returncode is None:
                await over.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        assert self.returncode is not None
        return self.returncode


def _main(argv: Sequence[str], variables: Mapping[str, str], output: Any) -> None:
    os.environ.clear()
    os.environ.update(variables)
    os.chdir(ROOT)
    descriptor = output.detach()
    for number in (1, 2):
        os.dup2(descriptor, number)
    os.close(descriptor)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # both are text files here
    sys.exit(run.main(argv))
