"""A server that is killed at random moments under mixed load keeps its word; bench/crash.py does so for hours."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from bench.crash import storm, torment


@pytest.mark.long
@pytest.mark.case(112, 124)
async def test_eight_kills_lose_nothing_and_leave_nothing_behind(tmp_path: Path) -> None:
    seed = secrets.randbelow(10**6)
    print(f"seed {seed}")

    async with torment(tmp_path, seed) as test:
        await storm(test, kills=8)

    assert test.wrong == []
    assert len(test.done) == 20
