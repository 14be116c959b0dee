"""A cancel ends all that works for an Assembly, wherever it works."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from pathlib import Path

import pytest

from tests import samples
from tests.customer import Customer, Json
from tests.processes import names_under, programs_under

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.case(112)
async def test_a_warm_child_that_is_busy_is_ended_within_a_second_and_replaced(
    customer: Customer, tmp_path: Path
) -> None:
    slow = {"robot": "/image/resize", "use": ":original", "width": 4000, "height": 4000, "format": "avif", "zoom": True}
    picture = samples.jpeg(tmp_path)
    first = await customer.completed(await customer.create({"slow": {**slow, "width": 9, "height": 9}}, picture))
    children = set(programs_under(customer.server.process.pid, "python"))
    status = await customer.create({"slow": {**slow, "resize_strategy": "stretch"}}, picture)
    await customer.until(status, lambda now: now["running_jobs"])

    before = time.monotonic()
    await customer.cancel(status)
    await customer.until(status, lambda _: children - set(programs_under(customer.server.process.pid, "python")))

    assert time.monotonic() - before < 1
    again = await customer.completed(await customer.create({"slow": {**slow, "width": 9, "height": 9}}, picture))
    assert again["results"]["slow"][0]["md5hash"] == first["results"]["slow"][0]["md5hash"]
    await customer.until(again, lambda _: not any((customer.server.data / "scratch").iterdir()))


@pytest.mark.case(112)
async def test_robots_of_all_kinds_of_work_leave_nothing_when_they_are_cancelled_at_any_moment(
    customer: Customer, tmp_path: Path
) -> None:
    seed = secrets.randbelow(10**6)
    chance = random.Random(seed)
    print(f"seed {seed}")
    film, letter = samples.mp4(tmp_path, seconds=2), samples.docx(tmp_path)
    encode = {"robot": "/video/encode", "use": ":original", "preset": "empty", "width": 1920, "height": 1080}
    convert = {"robot": "/document/convert", "use": ":original", "format": "pdf"}
    slow = {"robot": "/image/resize", "use": ":original", "width": 3000, "height": 3000, "format": "avif", "zoom": True}

    async def stopped(step: Json, file: Path) -> Json:
        status = await customer.create({"step": step}, file)
        await asyncio.sleep(chance.uniform(0, 0.5))
        return await customer.cancel(status)

    given: list[tuple[Json, Path]] = [*[(encode, film)] * 5, *[(convert, letter)] * 2, (slow, samples.jpeg(tmp_path))]
    told = await asyncio.gather(*(stopped(step, file) for step, file in given))
    left = await left_by(customer, 10)
    again = await customer.create({"step": {**encode, "width": 64, "height": 48}}, film)

    assert {status["ok"] for status in told} == {"ASSEMBLY_CANCELED"}
    assert left == []
    assert (await customer.completed(again))["results"]["step"]


async def left_by(customer: Customer, seconds: float) -> list[str]:
    """The programs and folders that jobs have left, when there are some after so long a time."""
    end = time.monotonic() + seconds
    while True:
        names = await asyncio.to_thread(names_under, customer.server.process.pid)
        programs = [name for name in names if not name.startswith(("python", "bwrap"))]
        left = [*programs, *(folder.name for folder in (customer.server.data / "scratch").iterdir())]
        if not left or time.monotonic() > end:
            return left
        await asyncio.sleep(0.05)
