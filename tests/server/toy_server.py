"""A server that only listens and has one child, run as a program: what `serve` does with a server, without the rest."""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

from robots.tools.children import end, spawn
from robots.tools.ends import Child
from robots.tools.process import Limits, View
from server.config import WrongSetting, read
from server.serve import serve

SLOW = "slow"


@dataclass
class Toy:
    origin: str
    server: asyncio.Server
    child: Child

    async def stop(self, grace: float) -> None:
        print(f"stopping within {grace:g} seconds", flush=True)
        if SLOW in sys.argv:
            await asyncio.Event().wait()
        self.server.close()
        await end(self.child)
        print("stopped", flush=True)


async def start(settings: object) -> Toy:
    host, port, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    server = await asyncio.start_server(lambda reader, writer: writer.close(), host, port)
    # Both the child and its own child hold the pipe open for as long as they live.
    child = await spawn(["sh", "-c", "exec 3> alive; sleep 600 & echo; wait"], View(folder), Limits())
    assert child.stdout is not None
    await child.stdout.readline()
    return Toy(f"http://{host}:{server.sockets[0].getsockname()[1]}", server, child)


if __name__ == "__main__":
    try:
        asyncio.run(serve(read({"data": sys.argv[3], "host": sys.argv[1], "port": sys.argv[2]}), start))
    except WrongSetting as error:
        sys.exit(str(error))
