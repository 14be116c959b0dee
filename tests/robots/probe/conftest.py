"""A prober with a real warm child, shared by the tests of one module."""

from collections.abc import AsyncIterator

import pytest_asyncio

from robots.probe.probe import PRELOAD, Prober
from robots.tools.ffprobe import Ffprobe
from robots.tools.pool import Pool
from robots.tools.programs import Programs


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def prober() -> AsyncIterator[Prober]:
    pool = Pool(1, PRELOAD)
    yield Prober(pool, Ffprobe(Programs()))
    await pool.close()
