"""No reply says yes before what it says yes to is safe from a power cut: the system calls of a real server tell."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests import samples
from tests.ackorder import STRACE, Trace
from tests.customer import TUS, Customer
from tests.live import live

STEPS = {
    "small": {"robot": "/image/resize", "use": ":original", "width": 40},
    "hashed": {"robot": "/file/hash", "use": ["small", ":original"]},
    "unpacked": {"robot": "/file/decompress", "use": ":original", "turbo": False},
}
BYTES = {**TUS, "Content-Type": "application/offset+octet-stream"}


async def morning(customer: Customer, folder: Path) -> None:
    """What clients do: forms, and uploads in pieces, with a checksum, without a length, and taken back."""
    photo, large = samples.jpeg(folder, 80, 60), folder / "large.bin"
    large.write_bytes(bytes(range(256)) * 2000)
    whole = large.read_bytes()
    status = await customer.completed(await customer.create(STEPS, photo, samples.txt(folder), samples.archive(folder)))
    assert len(status["results"]["unpacked"]) == 2
    status = await customer.announce(STEPS, uploads=2)
    async with customer.start(status, large) as response:
        url = response.headers["Location"]
    await customer.send(url, whole[:300_000])
    async with customer.http.head(url, headers=TUS) as response:
        assert response.headers["Upload-Offset"] == "300000"
    checksum = f"sha1 {b64encode(hashlib.sha1(whole[300_000:]).digest()).decode()}"
    headers = {**BYTES, "Upload-Offset": "300000", "Upload-Checksum": checksum}
    async with customer.http.patch(url, headers=headers, data=whole[300_000:]) as response:
        assert response.status == 204
    async with customer.start(status, large) as response:
        unwanted = response.headers["Location"]
    async with customer.http.delete(unwanted, headers=TUS) as response:
        assert response.status == 204
    await customer.upload(status, photo)
    last = await customer.completed(status)
    assert await customer.fetch(last["results"]["hashed"][0])


async def traced(folder: Path, **settings: str) -> Trace:
    log, data = folder / "calls", folder / "data"
    few = {"image_children": "1", "stop_grace": "0.1s", **settings}
    async with live(data, before=(*STRACE, str(log)), **few) as server, ClientSession() as http:
        await morning(Customer(server, http), folder)
    return Trace(data).read(log)


@pytest.mark.case(124)
async def test_nothing_is_acknowledged_before_it_is_durable(tmp_path: Path) -> None:
    trace = await traced(tmp_path)

    assert trace.early == []
    assert trace.replies >= 14


async def test_a_server_that_does_not_sync_is_found_out(tmp_path: Path) -> None:
    trace = await traced(tmp_path, fsync="off")

    assert any("PATCH /resumable/files/" in line and "before uploads/" in line for line in trace.early)
