"""How much larger and longer a whole graph may make what it gets."""

import pytest

from robots.tools import growth
from robots.tools.flow import Flow
from robots.tools.graph import read


def grown(graph: str) -> Flow:
    return growth.check(list(read(graph)))


@pytest.mark.parametrize(
    "graph",
    [
        "scale=1280:720:force_original_aspect_ratio=decrease,pad=1280:720:(ow-iw)/2:(oh-ih)/2",
        "pad=width=max(iw\\,ih*(16/9)):height=ow/(16/9):x=(ow-iw)/2:y=(oh-ih)/2",
        "[0:v]scale=320:240[a];[1:v]scale=320:240[b];[a][b]hstack=inputs=2",
        "split[a][b];[b]scale=ih*16/9:-1,crop=h=iw*9/16,gblur=sigma=20[c];[c][a]overlay=(W-w)/2:(H-h)/2",
        "select='not(mod(n,100))',scale=160:-1,tile=10x10",
        "zoompan=z='min(zoom+0.0015,1.5)':d=125:x='iw/2-(iw/zoom/2)':s=1280x720",
        "[0:v][0:a][1:v][1:a]concat=n=2:v=1:a=1[v][a]",
        "yadif=1,fps=50",
        "[0:a]ebur128=video=1:size=hd720[meter]",
        "hue=s=0,eq=contrast=1.2,hqdn3d",
    ],
)
def test_what_people_write_passes(graph: str) -> None:
    assert grown(graph).times <= 125


@pytest.mark.parametrize(
    ("graph", "told"),
    [
        ("scale=30000:30000", "30,000 × 30,000"),
        ("scale=16384:16384", "134,217,728 pixels"),
        ("scale=iw*8:-1,scale=iw*8:-1", "122,880"),
        ("scale=30000-if(eq(iw\\,16)\\,0\\,29000):16", "30,000 × 16"),
        ("scale=iw*(1+n):ih:eval=frame", "scale: what 'n' comes to is not known"),
        ("split[a][b];[a][b]hstack,split[c][d];[c][d]hstack,split[e][f];[e][f]hstack,tile=2x1", "30,720"),
        ("tile=40x40", "76,800"),
        ("zoompan=d=1000000", "1,000 times"),
        ("setpts=100000*PTS", "1,000 times"),
        (",".join(["atempo=0.5"] * 10), "1,000 times"),
        (",".join(["bwdif"] * 10), "1,000 times"),
        (",".join(["tinterlace=pad"] * 5), "1,920 × 17,280"),
        ("[0:a]ebur128=video=1:size=20000x20000", "20,000 × 20,000"),
        ("[0:a]anequalizer=c0 f=200 w=9 g=9:1:9x30000", "30,000"),
        ("split[a][b];[a][b]interleave[c];[c]split[d][e];[d][e]concat=n=600", "1,000 times"),
        ("[b]scale=iw*8:-1[out];[0:v]scale=iw*8:-1[b]", "before the filter that makes it"),
    ],
)
def test_what_grows_too_much_is_told_with_its_filter_and_what_it_would_come_to(graph: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        grown(graph)


def test_what_one_branch_loses_is_not_given_to_another() -> None:
    graph = "[0:v]setpts=0.001*PTS[a];[0:v]setpts=900*PTS[b];[0:v]scale=2:2[c];[0:v]scale=iw*2:-1[d]"

    flow = grown(graph)

    assert (flow.times, flow.width) == (900, 3840)


def test_more_frames_a_second_last_no_longer() -> None:
    assert grown("bwdif,yadif=send_field").seconds(10) == 10


def test_what_keeps_its_frames_leaves_room_for_the_next_filter() -> None:
    assert grown("yadif,zoompan=d=900").times == 900


def test_seconds_add_up_along_a_chain() -> None:
    assert grown("adelay=5s,adelay=7s,atempo=0.5").seconds(10) == 32
