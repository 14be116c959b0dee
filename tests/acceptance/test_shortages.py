"""A server whose system calls fail keeps its word; bench/shortage.py tries many more of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.crash import torment
from bench.shortage import scarce
from tests.lacking import Lack

POINTS = (
    Lack("write,pwrite64", "ENOSPC", 2),
    Lack("fsync,fdatasync", "EIO", 1),
    Lack("openat", "EMFILE", 1, lasting=True),
    Lack("splice", "ENOMEM", 1),
)


@pytest.mark.case(113, 114, 124)
async def test_what_fails_at_a_write_a_sync_or_an_open_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    async with torment(tmp_path, 1) as test:
        seen = await scarce(test, POINTS, lambda: ("image", "large"))

    assert seen.wrong == []
    assert seen.failed >= 6
    assert seen.refused > 0
