"""What filters make of time."""

import pytest

from robots.tools.flow import Flow
from robots.tools.graph import read
from robots.tools.paces import PACES


@pytest.mark.parametrize(
    ("filter", "seconds"),
    [
        ("setpts=2.0*PTS", 20),
        ("setpts=0.5*PTS", 10),
        ("setpts=N/FRAME_RATE/TB", 10),
        ("asetpts=N/SR/TB", 10),
        ("setpts=PTS-STARTPTS", 10),
        ("settb=1/1000", 10),
        ("atempo=2.0", 10),
        ("atempo=0.5", 20),
        ("rubberband=pitch=2:tempo=0.1", 100),
        ("asetrate=44100*1.25", 10),
        ("asetrate=r=4800", 100),
        ("aresample=async=1:first_pts=0", 10),
        ("aformat=sample_rates=44100|48000:channel_layouts=stereo", 10),
        ("adelay=1000|2500", 12.5),
        ("adelay=3s:all=1", 13),
        ("adelay=16000S", 12),
        ("concat=n=3:v=1", 30),
        ("interleave", 20),
        ("xfade=duration=1:offset=4", 20),
        ("zoompan=z=1.1:d=25*5:s=1280x720", 1250),
        ("untile=2x2", 40),
        ("telecine", 50),
        ("fps=30000/1001", 10),
        ("fps=source_fps/2", 10),
        ("minterpolate=fps=120:mi_mode=mci", 10),
    ],
)
def test_ten_seconds_become_so_many_at_most(filter: str, seconds: float) -> None:
    [one] = read(filter)

    assert PACES[one.name](one, Flow(16, 16)).seconds(10) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "filter",
    [
        *("fps=1e6", "fps=source_fps*100", "framerate=fps=500", "minterpolate=fps=1000", "zoompan=fps=999", "settb=10"),
        *("asetrate=0", "asetrate=1e9", "aresample=1000000000", "aresample=osr=999999", "aformat=r=48000|9999999"),
        *("setpts=PTS+PREV_OUTPTS", "zoompan=d=on"),
    ],
)
def test_a_pace_that_no_film_needs_is_refused(filter: str) -> None:
    [one] = read(filter)

    with pytest.raises(ValueError, match=r"allowed|at most|not known beforehand"):
        PACES[one.name](one, Flow(16, 16))
