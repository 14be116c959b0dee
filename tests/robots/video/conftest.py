"""What the tests of video robots work with."""

from pathlib import Path

import pytest

from robots.base.file import File
from robots.tools.ffmpeg import Ffmpeg
from robots.tools.programs import Programs
from tests import samples
from tests.robots.video.screen import PROBE, video_at
from tests.robots.workspace import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A bench with ffmpeg and ffprobe on it."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    return Bench(folder, Ffmpeg(Programs()), PROBE)


@pytest.fixture
def clip(tmp_path: Path) -> File:
    """Two seconds of 160x120 at 10 frames a second, with a tone."""
    return video_at(samples.mp4(tmp_path))
