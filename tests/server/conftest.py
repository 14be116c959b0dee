"""A Store on a real database, for all tests of the server that need no more than that."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.database.sqlite import SqliteStore


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "test.db")
    await opened.open()
    yield opened
    await opened.close()
