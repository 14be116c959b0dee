"""What filters make of time."""

import pytest

from robots.tools.flow import Flow
from robots.tools.graph import read
from robots.tools.growth import CHANGES
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
    ("filters", "times"),
    [
        ("yadif yadif=0 yadif=mode=send_frame yadif=2:deint=all yadif=parity=tff:mode=send_frame_nospatial", 1),
        ("yadif=1 yadif=send_field yadif=mode=3 yadif=0:mode=send_field_nospatial yadif=max yadif=mode=0.6", 2),
        ("bwdif=0 bwdif=send_frame:tff bwdif=deint=all:mode=send_frame", 1),
        ("bwdif bwdif=1 bwdif=mode=send_field bwdif=parity=bff", 2),
        ("estdif=frame estdif=0:tff estdif=rslope=2:mode=frame", 1),
        ("estdif estdif=field estdif=mode=1 estdif=interp=0", 2),
        ("w3fdif=simple:frame w3fdif=complex:0:tff w3fdif=mode=frame", 1),
        ("w3fdif w3fdif=0 w3fdif=simple:field w3fdif=mode=1", 2),
        ("separatefields repeatfields tinterlace=interlacex2 tinterlace=mode=6 tinterlace=max", 2),
        ("tinterlace tinterlace=pad tinterlace=2 tinterlace=mode=mergex2", 1),
    ],
)
def test_a_frame_becomes_two_where_each_field_is_one(filters: str, times: float) -> None:
    found = [CHANGES[one.name](one, Flow(16, 16)).dense for each in filters.split() for one in read(each)]

    assert found == [times] * len(filters.split())


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
