"""A cancel ends all that works for an Assembly, wherever it works."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests import samples
from tests.customer import Customer
from tests.processes import programs_under

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
