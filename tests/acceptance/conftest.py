"""One server for the tests of a file."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.customer import Customer, customer_of_new_server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def customer(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Customer]:
    async with customer_of_new_server(tmp_path_factory.mktemp("server") / "data") as customer:
        yield customer
