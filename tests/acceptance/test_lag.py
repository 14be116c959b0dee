"""Nothing that clients do at the same time holds up the event loop, by the server's own figures."""

from __future__ import annotations

import asyncio
import time
from io import BytesIO
from pathlib import Path

import pytest

from tests import samples
from tests.customer import Customer, Json, customer_of_new_server

P99, WORST = 0.05, 0.25
LONG = 12.0  # seconds that bring two hundred figures: of few the 99th in a hundred is the worst of all
TRIES = 3  # the machine may be busy with other things, and then all takes longer
HASHED = {"hashed": {"robot": "/file/hash", "use": ":original", "algorithm": "md5"}}
SMALL = {"small": {"robot": "/image/resize", "use": ":original", "width": 60, "result": True}}
MEGABYTE = bytes(range(250)) * 4000


async def send_large_params(customer: Customer) -> None:
    """5 MB that are well formed, as strings, numbers, lists and objects."""
    rows = [{"name": f"row {number}", "numbers": [number, 1.5, True], "inner": {"a": "b"}} for number in range(70_000)]
    head = '--x\r\nContent-Disposition: form-data; name="params"\r\n\r\n'
    body = f"{head}{customer.server.params(HASHED, fields={'rows': rows})}\r\n--x--\r\n".encode()
    assert len(body) > 5_000_000
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(len(body))}
    async with customer.http.post(f"{customer.server.origin}/assemblies", data=BytesIO(body), headers=headers) as reply:
        assert "more than 20000 values" in await reply.text()


async def send_many_fields(customer: Customer, path: Path) -> None:
    await customer.create(HASHED, path, form={f"field{number}": "x" * 2000 for number in range(900)})


async def upload(customer: Customer, folder: Path) -> None:
    path = folder / "large.bin"
    path.write_bytes(MEGABYTE * 40)
    status = await customer.announce(HASHED)
    async with customer.start(status, path) as reply:
        url = reply.headers["Location"]
    for number in range(40):
        await customer.send(url, MEGABYTE, number * len(MEGABYTE))
    await customer.completed(status)


async def run_many_jobs(customer: Customer, photo: Path) -> None:
    ends = time.monotonic() + LONG

    async def one_after_the_other() -> None:
        while time.monotonic() < ends:
            await customer.completed(await customer.create(SMALL, photo))

    async with asyncio.TaskGroup() as group:
        for _ in range(8):
            group.create_task(one_after_the_other())


async def poll(customer: Customer, status: Json) -> None:
    while True:
        await customer.status(status)
        await asyncio.sleep(0.01)


async def under_load(folder: Path) -> dict[str, float]:
    folder.mkdir()
    photo = samples.jpeg(folder, 400, 300)
    async with customer_of_new_server(folder / "data", max_params_size="12MB") as customer:
        polled = await customer.announce(HASHED)
        async with asyncio.TaskGroup() as group:
            polling = group.create_task(poll(customer, polled))
            async with asyncio.TaskGroup() as work:
                work.create_task(run_many_jobs(customer, photo))
                work.create_task(upload(customer, folder))
                work.create_task(send_many_fields(customer, photo))
                work.create_task(send_large_params(customer))
            polling.cancel()
        return await customer.lag()


@pytest.mark.long
@pytest.mark.case(119)
async def test_the_loop_is_never_held_up_for_long(tmp_path: Path) -> None:
    tries: list[dict[str, float]] = []
    while len(tries) < TRIES and not (tries and tries[-1]["0.99"] < P99 and tries[-1]["1"] < WORST):
        tries.append(await under_load(tmp_path / str(len(tries))))

    assert tries[-1]["0.99"] < P99, tries
    assert tries[-1]["1"] < WORST, tries
