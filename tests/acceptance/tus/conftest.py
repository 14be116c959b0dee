"""One server for all tests of the protocol that leave it as it was, and a client that speaks to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.acceptance.tus.client import LARGEST, Client, client_of_new_server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Client]:
    data = tmp_path_factory.mktemp("server") / "data"
    async with client_of_new_server(data, max_upload_size=str(LARGEST)) as client:
        yield client


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def started(client: Client) -> str:
    """An upload of 1000 bytes that has got 5, for tests that must not change it."""
    upload = await client.create(1000)
    assert (await client.patch(upload, 0, b"12345")).status == 204
    return upload
