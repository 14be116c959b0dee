"""Clients behind a proxy that lets only POST through say in a header what they mean."""

from __future__ import annotations

import pytest

from tests.acceptance.tus.client import BYTES, FILES, Client, told
from tests.customer import TUS

pytestmark = pytest.mark.asyncio(loop_scope="session")


def meaning(method: str) -> dict[str, str]:
    return {"X-HTTP-Method-Override": method}


async def test_a_post_can_mean_a_patch(client: Client) -> None:
    upload = await client.create(10)

    reply = await client.ask("POST", upload, {**BYTES, "Upload-Offset": "0", **meaning("PATCH")}, b"0123456789")

    assert (reply.status, reply.headers["Upload-Offset"]) == (204, "10")
    assert await client.finished(upload) == b"0123456789"


async def test_a_post_can_mean_a_head(client: Client) -> None:
    upload = await client.create(10)
    await client.patch(upload, 0, b"01234")

    reply = await client.ask("POST", upload, {**TUS, **meaning("HEAD")})

    assert (reply.status in (200, 204), reply.headers["Upload-Offset"]) == (True, "5")
    assert (reply.headers["Upload-Length"], reply.body) == ("10", b"")


async def test_a_post_can_mean_a_delete(client: Client) -> None:
    upload = await client.create(10)

    reply = await client.ask("POST", upload, {**TUS, **meaning("DELETE")})

    assert (reply.status, (await client.head(upload)).status) == (204, 404)


@pytest.mark.case(28, 42)
async def test_what_is_meant_is_checked_like_what_is_said(client: Client, started: str) -> None:
    wrong = {"Upload-Offset": "7"}, {"Upload-Offset": "+5"}, {"Content-Type": "text/plain"}, {"Tus-Resumable": "0.1"}

    replies = [
        await client.ask("POST", started, {**BYTES, "Upload-Offset": "5", **meaning("PATCH"), **one}, b"x")
        for one in wrong
    ]

    assert [reply.status for reply in replies] == [409, 400, 415, 412]
    assert await client.offset(started) == 5


@pytest.mark.case(28, 42)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PATCH", "OPTIONS", "PUT"])
async def test_only_a_post_can_mean_something_else(client: Client, started: str, method: str) -> None:
    await client.ask(method, started, {**BYTES, "Upload-Offset": "7", **meaning("DELETE")})

    assert await client.offset(started) == 5


@pytest.mark.parametrize("meant", ["GET", "PUT", "CONNECT", "", "PATCH, DELETE", "DELETE\t", "delete "])
async def test_another_meaning_changes_nothing(client: Client, started: str, meant: str) -> None:
    reply = await client.ask("POST", started, {**BYTES, "Upload-Offset": "7", **meaning(meant)})

    assert 400 <= reply.status < 500 or meant.strip().upper() == "DELETE"


async def test_a_creation_stays_a_creation(client: Client) -> None:
    metadata = told(await client.announce())
    headers = {**TUS, "Upload-Length": "5", "Upload-Metadata": metadata, **meaning("POST")}

    assert (await client.ask("POST", FILES, headers)).status == 201
