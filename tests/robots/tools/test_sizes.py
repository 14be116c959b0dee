"""What filters make of the width and height of frames."""

import pytest

from robots.tools.flow import Flow
from robots.tools.graph import read
from robots.tools.sizes import SIZES


@pytest.mark.parametrize(
    ("filter", "width", "height"),
    [
        ("scale=320:240", 320, 240),
        ("scale=w=iw/2:h=-2", 960, 540),
        ("scale=-1:720", 1280, 720),
        ("scale=-1:-1", 1920, 1080),
        ("scale='if(gt(a,16/9),1280,-2)':'if(gt(a,16/9),-2,720)'", 1280, 720),
        ("scale=100:ow*2", 100, 200),
        ("scale=oh:50", 50, 50),
        ("scale=1280x720", 1280, 720),
        ("scale=hd720", 7680, 4800),
        ("scale=w=10:w=90:h=9", 90, 9),
        ("scale=90:s=10x10", 90, 1080),
        ("scale=100:100:force_original_aspect_ratio=increase", 178, 100),
        ("zscale=s=640x480", 640, 480),
        ("pad=iw+20:ih+10:10:5", 1940, 1090),
        ("pad=aspect=2", 2160, 1080),
        ("rotate=PI/4:ow=rotw(PI/4):oh=ow", 2203, 2203),
        ("crop=100:50", 100, 50),
        ("crop=w=n:h=2", 1920, 1080),
        ("transpose=1", 1080, 1920),
        ("v360=e:flat:w=300:h=200", 3840, 3840),
        ("tile=2x3:padding=10:margin=4", 3868, 3278),
        ("hstack=inputs=3", 5760, 1080),
        ("vstack", 1920, 2160),
        ("xstack=inputs=2:layout=0_0|w0_9", 3849, 2169),
        ("xbr=3", 5760, 3240),
        ("super2xsai", 3840, 2160),
        ("tinterlace", 1920, 2160),
        ("tinterlace=mode=pad", 1920, 2160),
        ("tinterlace=7", 1920, 2160),
        ("tinterlace=max", 1920, 2160),
        ("tinterlace=drop_odd", 1920, 1080),
        ("tinterlace=mode=interlacex2", 1920, 1080),
    ],
)
def test_a_filter_makes_frames_of_this_size_at_most(filter: str, width: float, height: float) -> None:
    [one] = read(filter)

    made = SIZES[one.name](one, Flow(1920, 1080))

    assert (made.width, made.height) == pytest.approx((width, height), abs=1)
