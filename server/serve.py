"""Starts the server, says how to use it, and stops it when a signal asks."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import os
import resource
import signal
import socket
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Protocol

from robots.tools.children import end_all
from server import banner, log
from server.config import Settings, WrongSetting
from server.keys import are_known, with_keys

OURS = 0o077  # what the server writes is for its own user
CANNOT_LISTEN = {errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES}


class Running(Protocol):
    """A server that listens."""

    @property
    def origin(self) -> str:
        """The address under which clients reach it."""

    async def stop(self, grace: float) -> None:
        """Lets requests and jobs end within so many seconds, then ends them."""


async def serve(settings: Settings, start: Callable[[Settings], Awaitable[Running]]) -> None:
    """Runs the server until it is told to stop; told twice, it ends at once."""
    os.umask(OURS)
    log.setup(settings.log_level, settings.log_format)
    first = not are_known(settings)
    settings = with_keys(settings)
    _allow_many_connections()
    asked = _listen_for_signals()
    try:
        running = await start(settings)
        gc.freeze()  # what a start has made stays: to look through it for garbage again and again slows all requests
    except OSError as error:
        if error.errno in CANNOT_LISTEN or isinstance(error, socket.gaierror):
            raise WrongSetting(_cannot_listen(settings, error)) from error
        raise
    try:
        print(banner.text(settings, running.origin, datetime.now(UTC), first=first), flush=True)
        await asked.wait()
    finally:
        await running.stop(settings.stop_grace)


def _allow_many_connections() -> None:
    """Each watcher and each upload is an open file; systems let a program raise the usual 1,024 by itself."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # a Mac says "infinity" and means less
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _listen_for_signals() -> asyncio.Event:
    asked = asyncio.Event()

    def ask() -> None:
        if asked.is_set():
            end_all()
            os._exit(130)
        print("\nStopping; once more ends it at once.", flush=True)
        asked.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ask)
    return asked


def _cannot_listen(settings: Settings, error: OSError) -> str:
    place = f"{settings.host}:{settings.port}"
    if error.errno == errno.EADDRINUSE:
        return f"{place} is taken by another program: choose another --port (0 takes a free one)."
    why = error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
    return f"The server cannot listen on {place}: {why}."
