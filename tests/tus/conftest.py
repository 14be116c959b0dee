"""A running tus server, and the journal of its hooks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.tus.site import Journal, Site, running
from tus.pump import Way


@pytest.fixture
def journal() -> Journal:
    return Journal()


@pytest.fixture
def way() -> Way:
    return "splice"


@pytest.fixture
async def site(tmp_path: Path, journal: Journal, way: Way) -> AsyncIterator[Site]:
    async with running(tmp_path, journal, way=way) as site:
        yield site
