"""A Notification survives every end of the server, and of what it tells nothing is lost or told under two names."""

from __future__ import annotations

import contextlib
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientError, ClientSession

from server.doctor import is_sound
from tests.customer import Customer
from tests.live import live
from tests.receiver import receiver

STEPS = {"hashed": {"robot": "/file/hash", "use": ":original"}}


@pytest.mark.case(123)
@pytest.mark.parametrize(
    ("moment", "times"),
    [
        ("W11.after", 1),  # the end was saved, and nothing sent yet
        ("W12.before", 2),  # it was delivered, and nobody has written that down
        ("W12.after", 1),
    ],
)
async def test_a_server_that_is_killed_tells_of_each_end_under_one_id(tmp_path: Path, moment: str, times: int) -> None:
    data, path = tmp_path / "data", f"/assemblies/{uuid.uuid4().hex}"
    async with receiver() as home:
        async with live(data, failpoints=f"{moment}=kill") as first, ClientSession() as http:
            with contextlib.suppress(ClientError, ConnectionError, AssertionError):
                await Customer(first, http).create(STEPS, path=path, notify_url=home.url)
            assert await first.process.wait() == -9, "the failpoint was not passed"

        port = str(urlsplit(first.origin).port)
        async with live(data, "--port", port) as second, ClientSession() as http:
            came = await home.heard(times)
            status = {"assembly_ssl_url": second.origin + path}
            await Customer(second, http).until(status, lambda now: now["notify_status"] == "successful")

    assert len(home.came) == times
    assert {(one.id, one.text, one.is_signed()) for one in came} == {(came[0].id, came[0].text, True)}
    assert is_sound(data)
