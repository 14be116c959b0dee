"""What is sent to a notify_url, verified by the function that the official clients offer for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import samples
from tests.clients.nodejs import run
from tests.customer import Customer
from tests.live import SECRET
from tests.receiver import receiver

pytestmark = pytest.mark.asyncio(loop_scope="module")

SMALL = {"small": {"robot": "/image/resize", "use": ":original", "width": 40, "height": 40}}


async def test_the_official_client_verifies_what_it_is_sent(customer: Customer, tmp_path: Path) -> None:
    picture = samples.png(tmp_path, name="🜁 é.png")
    async with receiver() as home:
        await customer.create(SMALL, picture, notify_url=home.url)
        [sent] = await home.heard()

    pairs = [(sent.text, sent.signature), (sent.text + " ", sent.signature), (sent.text, sent.signature[:-1] + "x")]
    assert await run("verify.mjs", [{"authSecret": SECRET, "deliveries": pairs}]) == [True, False, False]
    assert "🜁 é.png" in sent.text
