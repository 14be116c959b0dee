"""One server in the process of the tests of a file, for those that leave it as it was."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from tests.inside import inside
from tests.security.attacker import Attacker


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def attacker(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Attacker]:
    folder = tmp_path_factory.mktemp("attacked")
    async with inside(folder / "data", max_early_size=300_000) as app, ClientSession() as http:
        yield Attacker(app, http)
