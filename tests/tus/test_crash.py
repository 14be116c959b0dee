"""A server that is killed in mid-upload loses nothing, and goes on where it was."""

from __future__ import annotations

import asyncio
import random
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import aiohttp

from tests.tus.site import BYTES, TUS, Journal, running

DATA = random.Random(11).randbytes(2_000_000)
SERVE = """
import asyncio, sys
from pathlib import Path
from tests.tus.site import Journal, running

async def serve():
    async with running(Path(sys.argv[1]), Journal()) as site:
        print(site.url, flush=True)
        await asyncio.Event().wait()

asyncio.run(serve())
"""


async def served(folder: Path) -> tuple[Process, str]:
    """A server in a process of its own, and its URL."""
    root = Path(__file__).parents[2]
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", SERVE, str(folder), stdout=PIPE, cwd=root)
    assert child.stdout is not None
    return child, (await child.stdout.readline()).decode().strip()


async def test_an_upload_survives_a_killed_server(tmp_path: Path) -> None:
    child, url = await served(tmp_path)
    async with aiohttp.ClientSession() as client:
        async with client.post(url, headers={**TUS, "Upload-Length": str(len(DATA))}) as reply:
            id = reply.headers["Location"].rsplit("/", 1)[1]
        async with client.patch(url + id, data=DATA[:500_000], headers={**BYTES, "Upload-Offset": "0"}) as reply:
            assert reply.status == 204

    port = int(url.split(":")[2].split("/")[0])
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"PATCH /files/{id} HTTP/1.1\r\nHost: localhost\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 500000\r\n"
    writer.write(head.encode() + b"Content-Type: application/offset+octet-stream\r\nContent-Length: 1500000\r\n\r\n")
    writer.write(DATA[500_000:1_200_000])
    await writer.drain()
    child.kill()
    await child.wait()
    writer.transport.abort()

    async with running(tmp_path, Journal()) as site:
        offset = await site.offset(site.url + id)
        assert 500_000 <= offset <= 1_200_000
        assert (await site.patch(site.url + id, offset, DATA[offset:])).status == 204
        assert site.path(site.url + id).read_bytes() == DATA
