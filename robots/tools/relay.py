"""Runs a command that has no network, beside a port on which it finds the proxy at a Unix socket.

It is run by itself, in the sandbox, as `python relay.py SOCKET PORT COMMAND…`, and knows only the standard library.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys

PIECE = 64 << 10


async def relay(place: str, port: int, command: list[str]) -> int:
    """The exit code of the command; while it runs, each connection to the port leads to the socket."""
    server = await door(place, port)
    child = await asyncio.create_subprocess_exec(*command)
    code = await child.wait()
    server.close()
    return code if code >= 0 else 128 - code


async def door(place: str, port: int) -> asyncio.Server:
    """From now on each connection to the port leads to the socket; of 0 the system makes a free one."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError), contextlib.closing(writer):
            onward, back = await asyncio.open_unix_connection(place)
            with contextlib.closing(back):
                await asyncio.gather(_copy(reader, back), _copy(onward, writer))

    return await asyncio.start_server(connected, "127.0.0.1", port)


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while piece := await source.read(PIECE):
        target.write(piece)
        await target.drain()
    target.write_eof()


if __name__ == "__main__":
    sys.exit(asyncio.run(relay(sys.argv[1], int(sys.argv[2]), sys.argv[3:])))
