"""A running tus server, and the journal of its hooks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.tus.site import Journal, Site, running


@pytest.fixture
def journal() -> Journal:
    return Journal()


@pytest.fixture
async def site(tmp_path: Path, journal: Journal) -> AsyncIterator[Site]:
    async with running(tmp_path, journal) as site:
        yield site
