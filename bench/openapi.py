"""Sends a server requests that are made up from the description of its API: `python -m bench.openapi 100`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from schemathesis import GenerationMode

from tests.acceptance.openapi import Walk, operations
from tests.acceptance.stock import stock
from tests.inside import client, inside
from tests.receiver import receiver


async def main(examples: int) -> int:
    """So many requests for each operation, and as many that are wrong."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        async with inside(data, cdn_unsigned=True) as app, client(app) as http, receiver() as home:
            known = await stock(http, app.listening, home.url)
            async with http.get("/openapi.json") as reply:
                document = await reply.json()
            walk = Walk(app.listening, known.places)
            for operation in await asyncio.to_thread(lambda: list(operations(document))):
                for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                    await asyncio.to_thread(walk.make_up, operation, mode, examples)
                print(operation.label, *sorted(walk.seen.get(operation.label, ())))
    print(*walk.wrong, sep="\n\n")
    return min(len(walk.wrong), 1)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)))
