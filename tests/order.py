"""Long tests begin first, a share of them in each worker, so that none is still at one when the others have ended."""

import os
from collections.abc import Iterator
from itertools import islice

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """xdist hands each worker an equal part of the list, and moves what is left at last to those that have ended."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    long = [item for item in items if item.get_closest_marker("long")]
    short = iter([item for item in items if not item.get_closest_marker("long")])
    part = -(-len(items) // workers)
    items[:] = [item for n in range(workers) for item in _part(long[n::workers], short, part)]


def _part(long: list[pytest.Item], short: Iterator[pytest.Item], size: int) -> list[pytest.Item]:
    return [*long, *islice(short, size - len(long))]
