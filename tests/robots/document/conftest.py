"""A bench to run document robots on."""

from __future__ import annotations

from pathlib import Path

import pytest

from robots.tools.vips import Images
from tests.robots.workspace import Bench


@pytest.fixture
def bench(tmp_path: Path, images: Images) -> Bench:
    return Bench(tmp_path, images)
