"""Who guesses secrets gains nothing by a server that is killed."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession, encode_basic_auth

from server.doctor import is_sound
from tests.live import KEY, Live, live


async def guess(server: Live) -> tuple[int, str]:
    wrong = {"Authorization": encode_basic_auth(KEY, "a guess")}
    async with (
        ClientSession() as http,
        http.post(f"{server.origin}/token", headers=wrong, data={"grant_type": "client_credentials"}) as reply,
    ):
        return reply.status, (await reply.json())["error"]


@pytest.mark.case(35, 93)
@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("W16.before", (401, "TOKEN_INVALID_CREDENTIALS")),  # what was counted in the last second is lost
        ("W16.after", (429, "RATE_LIMIT_REACHED")),
    ],
)
async def test_a_server_that_is_killed_forgets_the_guesses_of_a_second_at_most(
    tmp_path: Path, moment: str, told: tuple[int, str]
) -> None:
    data = tmp_path / "data"
    async with live(data, max_failed_logins="1", failpoints=f"{moment}=kill") as first:
        with contextlib.suppress(ClientError, ConnectionError):
            assert (await guess(first))[0] == 401
        async with asyncio.timeout(20):
            assert await first.process.wait() == -9, "the failpoint was not passed"

    async with live(data, max_failed_logins="1") as second:
        assert await guess(second) == told
        assert (await guess(second))[0] == 429
    assert is_sound(data)
