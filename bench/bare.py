"""The package tus alone, as a server: what uploads cost before Assemblies come into play.

python -m bench.bare FOLDER on|off      says whether to sync, and prints the port that it listens on.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from aiohttp import web

from tus.handler import Handler
from tus.hooks import Hooks
from tus.lockers.memory import MemoryLocker
from tus.stores.disk import DiskStore


async def serve(folder: Path, sync: bool) -> None:
    store = DiskStore(folder, sync=sync)
    handler = Handler(
        store,
        MemoryLocker(),
        Hooks(),
        max_size=None,
        lifetime=86400.0,
        idle=60.0,
        location=lambda request, id: f"/files/{id}",
    )
    app = web.Application()
    app.add_routes(handler.routes("/files/"))
    runner = web.AppRunner(app, access_log=None, auto_decompress=False, lingering_time=2.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), sys.argv[2] == "on"))
