"""Users may write filters, but none that reads or writes a file."""

import pytest

from robots.tools.filtergraph import check


@pytest.mark.parametrize(
    "graph",
    [
        "scale=320:-2",
        "scale=w=iw/2:h=ih/2,setsar=1",
        "[0:v]split[a][b];[b]hflip[c];[a][c]hstack[out]",
        "drawtext=text='a, b; [c]':x=10:y=h-th-10",
        "highpass=f=200,loudnorm=I=-16:TP=-1.5",
        "eq@bright=brightness=0.1",
        "select='gt(scene,0.4)',setpts=N/FRAME_RATE/TB",
    ],
)
def test_filters_that_only_change_frames_are_allowed(graph: str) -> None:
    assert check(graph) == graph


@pytest.mark.parametrize(
    "graph",
    [
        "movie=/etc/passwd",
        "amovie=x.mp3",
        "null,movie=secret.png[m]",
        "null;[0:v]subtitles=x.srt",
        "ass=x.ass",
        "lut3d=file=x.cube",
        "drawtext=textfile=/etc/passwd",
        "drawtext=text=a:fontfile=/etc/passwd",
        "drawtext=/text=/etc/passwd",
        "drawtext='/text'=etc",
        "drawtext=\\/text=etc",
        "drawtext=text=a:t\\extfile=x",
        "drawtext=text='a':'textfile'=x",
        "curves=psfile=x.acv",
        "frei0r=filter_name=x",
        "sendcmd=f=x",
        "loop=-1:1",
        "'mo'vie=x",
        "scale=1:1,\nmovie=x",
        "firequalizer=dumpfile=x",
        "sws_flags=lanczos;movie=x",
    ],
)
def test_filters_that_touch_files_are_refused(graph: str) -> None:
    with pytest.raises(ValueError, match="filter"):
        check(graph)
