"""A bench with the tools that audio robots use."""

from pathlib import Path

import pytest

from robots.tools.ffmpeg import Ffmpeg
from robots.tools.ffprobe import Ffprobe
from tests.robots.audio.ear import PROGRAMS
from tests.robots.workspace import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    folder = tmp_path / "work"
    folder.mkdir()
    return Bench(folder, Ffmpeg(PROGRAMS), Ffprobe(PROGRAMS))
