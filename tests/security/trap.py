"""Trap: the canary, watched: every opening of its file and every call to its address is noted."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import struct
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.badfiles.bad import Canary

TOKEN = "canary-7d1f0c52-never-to-be-told"
# One for each ending that a tool may insist on.
ENDINGS = "txt ts m3u8 key mp4 wav mxf png svg css jpg"
OPENED, MADE, WRITTEN = 0x20, 0x100, 0x2
EVENT = struct.Struct("iIII")


@dataclass
class Trap:
    """`calls` are the first lines that somebody sent to the listener."""

    canary: Canary
    inotify: int
    calls: list[str] = field(default_factory=list)

    def opened(self) -> list[str]:
        """The names under which the secret was opened since the last time of asking, and what was made beside it."""
        found: list[str] = []
        with contextlib.suppress(BlockingIOError):
            while events := os.read(self.inotify, 1 << 16):
                at = 0
                while at < len(events):
                    _, _, _, length = EVENT.unpack_from(events, at)
                    at += EVENT.size + length
                    found.append(events[at - length : at].rstrip(b"\0").decode())
        return [name for name in found if name]

    async def _answer(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.calls.append("")
        number = len(self.calls) - 1
        with contextlib.suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(2):
                self.calls[number] = (await reader.readline()).decode("latin-1").strip()
                body = TOKEN.encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body)
                )
                await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def trap(folder: Path, host: str = "127.0.0.1") -> AsyncIterator[Trap]:
    folder.mkdir(parents=True)
    first, *others = (folder / f"secret.{ending}" for ending in ENDINGS.split())
    first.write_text(f"{TOKEN}\n" * 20)
    for name in others:
        name.hardlink_to(first)
    libc = ctypes.CDLL(None, use_errno=True)
    inotify = libc.inotify_init1(os.O_NONBLOCK)
    assert libc.inotify_add_watch(inotify, os.fsencode(folder), OPENED | MADE | WRITTEN) >= 0
    laid = Trap(Canary(folder, "", TOKEN), inotify)
    listener = await asyncio.start_server(laid._answer, host, 0)
    port = listener.sockets[0].getsockname()[1]
    laid.canary = Canary(folder, f"http://{host}:{port}", TOKEN)
    try:
        yield laid
    finally:
        listener.close()
        os.close(inotify)
