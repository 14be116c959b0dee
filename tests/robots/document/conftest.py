"""One warm child for all document tests, and a bench to run robots on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from robots.tools.pool import Pool
from robots.tools.vips import PRELOAD, Images
from tests.robots.workspace import Bench


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def images() -> AsyncIterator[Images]:
    pool = Pool(1, preload=PRELOAD)
    yield Images(pool)
    await pool.close()


@pytest.fixture
def bench(tmp_path: Path, images: Images) -> Bench:
    return Bench(tmp_path, images)
