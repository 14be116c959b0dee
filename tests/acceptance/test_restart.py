"""A server that stops in the middle of everything goes on by itself when it is started again."""

from __future__ import annotations

import signal
from hashlib import md5
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession

from tests import samples
from tests.customer import TUS, Customer
from tests.live import live
from tests.processes import programs_under

STEPS = {
    "encoded": {"robot": "/video/encode", "use": ":original", "preset": "ipad-high"},
    "hashed": {"robot": "/file/hash", "use": ":original", "algorithm": "md5"},
}


@pytest.mark.long
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
async def test_an_encode_and_an_upload_survive(tmp_path: Path, how: signal.Signals) -> None:
    video, note = samples.mp4(tmp_path, seconds=3, audio=False), samples.txt(tmp_path, "word " * 50_000)
    content, half = note.read_bytes(), 120_000

    async with ClientSession() as http, live(tmp_path / "data", stop_grace="0.1s") as server:
        first = Customer(server, http)
        status = await first.announce(STEPS, 2)
        async with first.start(status, note) as response:
            url = response.headers["Location"]
        await first.send(url, content[:half])
        await first.upload(status, video)
        await first.until(status, lambda _: programs_under(server.process.pid, "ffmpeg"))
        before = await first.status(status)
        await server.stop(how)

    port = str(urlsplit(server.origin).port)
    async with ClientSession() as http, live(tmp_path / "data", "--port", port) as server:
        second = Customer(server, http)
        encoded = await second.until(status, lambda now: "encoded" in now["results"], 60)
        async with http.head(url, headers=TUS) as response:
            assert int(response.headers["Upload-Offset"]) == half
        await second.send(url, content[half:], offset=half)
        over = await second.completed(status)

    assert "encoded:::original" in before["running_jobs"]
    assert (encoded["ok"], encoded["bytes_received"]) == ("ASSEMBLY_UPLOADING", half + video.stat().st_size)
    assert over["results"]["encoded"][0]["meta"]["width"] == 1024
    assert {file["meta"]["hash"] for file in over["results"]["hashed"]} == {
        md5(video.read_bytes()).hexdigest(),
        md5(content).hexdigest(),
    }


async def test_what_was_over_stays_as_it_was(tmp_path: Path) -> None:
    async with ClientSession() as http:
        async with live(tmp_path / "data") as server:
            first = Customer(server, http)
            over = await first.completed(await first.create(STEPS, samples.txt(tmp_path)))
            await server.stop(signal.SIGKILL)
        port = str(urlsplit(server.origin).port)
        async with live(tmp_path / "data", "--port", port) as server:
            second = Customer(server, http)

            assert await second.status(over) == over
            assert await second.fetch(over["results"]["hashed"][0]) == b"Hello World\n"
