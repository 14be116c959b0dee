"""One warm child for the tests of all robots that need one."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from robots.tools.pool import Pool
from robots.tools.vips import PRELOAD, Images


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def images() -> AsyncIterator[Images]:
    pool = Pool(1, preload=PRELOAD)
    yield Images(pool)
    await pool.close()
