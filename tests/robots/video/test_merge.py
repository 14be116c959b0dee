"""/video/merge: videos, images and sounds are seen and heard together."""

from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from PIL import Image

from robots.base.errors import BadInput
from robots.base.file import File
from robots.base.geometry import Size
from robots.base.params import Invalid
from robots.tools.ffmpeg import Ffmpeg
from robots.tools.http import HttpClient
from robots.tools.vips import Images
from robots.video.merge import VideoMergeRobot
from tests import samples
from tests.robots.audio.ear import loudness, samples_of, sound_at, tone
from tests.robots.video.screen import PROBE, PROGRAMS, RED, footage, like, pixel, plain
from tests.robots.workspace import Bench, file_at, run
from tests.web import site

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUICK = {"preset": "ultrafast", "threads": 1}
GREEN, BLUE, BLACK = (0, 255, 0), (0, 0, 255), (0, 0, 0)
OWN, OTHER = 440, 1500


@pytest.fixture
def bench(tmp_path: Path, images: Images) -> Bench:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return Bench(folder, Ffmpeg(PROGRAMS), PROBE, images)


def image(folder: Path, color: tuple[int, ...], name: str = "image.png", size: tuple[int, int] = (160, 120)) -> File:
    path = folder / name
    Image.new("RGBA" if len(color) == 4 else "RGB", size, color).save(path)
    return file_at(path, type="image", mime="image/png")


def sound(folder: Path, seconds: float = 3) -> File:
    return sound_at(samples.sound(folder, "wav", seconds=seconds, frequency=OTHER, name="song.wav"))


async def merged(bench: Bench, *files: File, **params: Any) -> File:
    params = {**params, "ffmpeg": {**QUICK, **params.get("ffmpeg", {})}}
    [made] = await run(VideoMergeRobot, params, files, bench)
    return made


async def lasts(file: File) -> float:
    return (await footage(file)).duration or 0


async def test_images_alone_are_shown_at_the_framerate(bench: Bench, tmp_path: Path) -> None:
    three = [image(tmp_path, color, f"{n}.png") for n, color in enumerate((RED, GREEN, BLUE))]
    made = await merged(bench, *three, framerate="2", ffmpeg_stack="v7", sort_by="auto", turbo=True)
    seen = await footage(made)

    assert (made.name, seen.size, seen.rate, len(seen.audio)) == ("0.mp4", Size(160, 120), 25, 0)
    assert seen.duration == pytest.approx(1.5, abs=0.1)
    assert [like(pixel(made, 80, 60, at), color) for at, color in ((0.2, RED), (0.7, GREEN), (1.2, BLUE))] == [True] * 3
    assert bench.warnings == []
    assert bench.reached[-1] == pytest.approx(1, abs=0.1)


async def test_without_a_framerate_each_image_takes_five_seconds(bench: Bench, tmp_path: Path) -> None:
    assert await lasts(await merged(bench, image(tmp_path, RED))) == pytest.approx(5, abs=0.1)


async def test_image_durations_set_the_sum_and_duration_overrides_it(bench: Bench, tmp_path: Path) -> None:
    two = [image(tmp_path, RED, "1.png"), image(tmp_path, GREEN, "2.png")]
    made = await merged(bench, *two, sound(tmp_path), image_durations=[0.4, 1.2])
    longer = await merged(bench, *two, image_durations=[0.4, 0.6], duration=2)

    assert await lasts(made) == pytest.approx(1.6, abs=0.1)
    assert like(pixel(made, 80, 60, 0.6), GREEN)
    assert await lasts(longer) == pytest.approx(2, abs=0.1)
    assert like(pixel(longer, 80, 60, 1.8), GREEN)


async def test_images_beside_a_sound_last_as_long_as_the_sound(bench: Bench, tmp_path: Path) -> None:
    """Both steps of the usual example take all uploads, so each file comes under both tags."""
    two, song = [image(tmp_path, RED, "1.png"), image(tmp_path, GREEN, "2.png")], sound(tmp_path)
    tagged = [replace(file, tag=tag) for file in (*two, song) for tag in ("image", "audio")]
    made = await merged(bench, *tagged, framerate=1)

    assert await lasts(made) == pytest.approx(3, abs=0.1)
    assert like(pixel(made, 80, 60, 2.5), GREEN)
    assert tone(samples_of(made), OTHER, 2.5) > 0.05


async def test_looped_images_begin_again(bench: Bench, tmp_path: Path) -> None:
    two = [image(tmp_path, RED, "1.png"), image(tmp_path, GREEN, "2.png")]
    made = await merged(bench, *two, sound(tmp_path), framerate=2, loop=True)

    assert await lasts(made) == pytest.approx(3, abs=0.1)
    assert [like(pixel(made, 80, 60, at), color) for at, color in ((1.2, RED), (1.8, GREEN), (2.2, RED))] == [True] * 3


async def test_a_sound_is_mixed_with_that_of_the_video_unless_replace_audio(bench: Bench, tmp_path: Path) -> None:
    clip = plain(tmp_path, "red", 2)
    both = samples_of(await merged(bench, clip, sound(tmp_path)))
    other = samples_of(await merged(bench, clip, sound(tmp_path), replace_audio=True))

    assert (tone(both, OWN, 1) > 0.02, tone(both, OTHER, 1) > 0.02) == (True, True)
    assert (tone(other, OWN, 1) > 0.02, tone(other, OTHER, 1) > 0.02) == (False, True)
    assert tone(other, OTHER, 1) == pytest.approx(2 * tone(both, OTHER, 1), rel=0.2)


async def test_the_longest_gives_the_length_and_the_last_frame_stays(bench: Bench, tmp_path: Path) -> None:
    made = await merged(bench, plain(tmp_path, "red", 1), sound(tmp_path))
    shorter = await merged(bench, plain(tmp_path, "red", 1), sound(tmp_path), duration=0.5)

    assert await lasts(made) == pytest.approx(3, abs=0.1)
    assert like(pixel(made, 80, 60, 2.8), RED)
    assert await lasts(shorter) == pytest.approx(0.5, abs=0.1)


async def test_a_looped_video_and_a_looped_sound_begin_again(bench: Bench, tmp_path: Path) -> None:
    clip, song = plain(tmp_path, "red", 1), sound(tmp_path, 0.5)
    made = samples_of(await merged(bench, clip, sound(tmp_path), loop=True))
    sung = samples_of(await merged(bench, clip, song, loop=True))

    assert tone(made, OWN, 2.5) > 0.02
    assert tone(sung, OTHER, 0.8) > 0.02


async def test_audio_delay_moves_the_sound(bench: Bench, tmp_path: Path) -> None:
    clip = plain(tmp_path, "red", 2)
    late = await merged(bench, clip, sound(tmp_path, 1), audio_delay=1.5, replace_audio=True)
    early = await merged(bench, clip, sound(tmp_path), audio_delay=-2, replace_audio=True)

    assert await lasts(late) == pytest.approx(2.5, abs=0.1)
    assert loudness(samples_of(late), 1, 0.4) < 0.005
    assert tone(samples_of(late), OTHER, 2) > 0.05
    assert tone(samples_of(early), OTHER, 0.5) > 0.05
    assert loudness(samples_of(early), 1.3, 0.5) < 0.005


async def test_clips_follow_each_other_between_pre_roll_and_post_roll(bench: Bench, tmp_path: Path) -> None:
    def tagged(color: str, tag: str) -> File:
        return replace(plain(tmp_path, color, 1, f"{tag}.mp4"), tag=tag)

    files = [tagged("blue", "post_roll"), tagged("red", "pre_roll"), tagged("lime", "video_1")]
    made = await merged(bench, *files)
    crossed = await merged(bench, *files, transition="crossfade", transition_duration=0.4)

    assert await lasts(made) == pytest.approx(3, abs=0.15)
    assert [like(pixel(made, 80, 60, at), color) for at, color in ((0.9, RED), (1.1, GREEN), (2.5, BLUE))] == [True] * 3
    assert await lasts(crossed) == pytest.approx(2.2, abs=0.15)
    assert like(pixel(crossed, 80, 60, 0.8), (127, 127, 0))


async def test_several_clips_are_looped_together(bench: Bench, tmp_path: Path) -> None:
    clips = [plain(tmp_path, "red", 1, "1.mp4"), plain(tmp_path, "lime", 1, "2.mp4")]
    made = await merged(bench, *clips, sound(tmp_path), loop=True)

    assert await lasts(made) == pytest.approx(3, abs=0.15)
    assert like(pixel(made, 80, 60, 2.5), RED)
    assert tone(samples_of(made), OWN, 2.5) > 0.02
    assert bench.reached == sorted(bench.reached)


async def test_vstack_lays_them_below_each_other_equally_wide(bench: Bench, tmp_path: Path) -> None:
    clips = [plain(tmp_path, "red", 1, "1.mp4"), plain(tmp_path, "lime", 2, "2.mp4", size="80x30")]
    made = await merged(bench, *clips, image(tmp_path, BLUE, size=(320, 120)), vstack=True, framerate=1)
    framed = await merged(bench, *clips, vstack=True, width=90, height=90)

    assert (await footage(made)).size == Size(160, 120 + 60 + 60)
    assert await lasts(made) == pytest.approx(2, abs=0.15)
    assert [like(pixel(made, 80, y, 1.5), color) for y, color in ((60, RED), (150, GREEN), (210, BLUE))] == [True] * 3
    assert (await footage(framed)).size == Size(90, 90)


@pytest.mark.parametrize(
    ("params", "size", "edge"),
    [
        ({}, Size(120, 120), GREEN),
        ({"resize_strategy": "fit"}, Size(120, 60), RED),
        ({"resize_strategy": "min_fit"}, Size(240, 120), RED),
        ({"resize_strategy": "fillcrop"}, Size(120, 120), RED),
        ({"resize_strategy": "stretch"}, Size(120, 120), RED),
        ({"resize_strategy": "crop"}, Size(120, 120), RED),
    ],
)
async def test_how_pictures_fit(bench: Bench, tmp_path: Path, params: dict[str, Any], size: Size, edge: Any) -> None:
    wish = {"width": 120, "height": 120, "background": "00ff00", "framerate": 5, **params}
    still = await merged(bench, image(tmp_path, RED, size=(160, 80)), **wish)
    moving = await merged(bench, plain(tmp_path, "red", 0.5, size="160x80"), **wish)

    assert [(await footage(made)).size for made in (still, moving)] == [size, size]
    assert [like(pixel(made, 60, 4), edge) for made in (still, moving)] == [True, True]


async def test_the_first_image_gives_the_size_of_all_and_transparency_shows_the_background(
    bench: Bench, tmp_path: Path
) -> None:
    two = [image(tmp_path, (255, 0, 0, 0), "1.png", (101, 75)), image(tmp_path, BLUE, "2.png", (40, 80))]
    made = await merged(bench, *two, framerate=2, background="#00ff00")

    assert (await footage(made)).size == Size(100, 74)
    assert like(pixel(made, 50, 40, 0.2), GREEN)
    assert like(pixel(made, 50, 40, 0.8), BLUE)
    assert like(pixel(made, 4, 40, 0.8), GREEN)


async def test_an_image_from_image_url_is_shown_to_a_sound(bench: Bench, tmp_path: Path) -> None:
    picture = image(tmp_path, RED).bytes
    client = HttpClient(allow=[ip_network("127.0.0.0/8")], ports=range(1024, 65536))
    bench.tools = (*bench.tools, client)

    async def serve(_: web.Request) -> web.StreamResponse:
        return web.FileResponse(picture)

    async with site(serve) as origin:
        made = await merged(bench, sound(tmp_path, 1), image_url=f"{origin}/red.png")
        await client.close()

    assert made.name == "song.mp4"
    assert await lasts(made) == pytest.approx(1, abs=0.1)
    assert like(pixel(made, 80, 60, 0.5), RED)


async def test_a_preset_gives_the_size(bench: Bench, tmp_path: Path) -> None:
    [made] = await run(VideoMergeRobot, {"preset": "hls/270p", "framerate": 4}, [image(tmp_path, RED)], bench)

    assert (await footage(made)).size == Size(480, 270)


async def test_sound_alone_is_refused(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no image and no video") as caught:
        await merged(bench, sound(tmp_path))

    assert caught.value.code == "VIDEO_MERGE_NO_IMAGE_FOUND"


@pytest.mark.parametrize(
    "params",
    [{"framerate": 0}, {"framerate": "1/0"}, {"framerate": "fast"}, {"duration": 0}, {"image_durations": [-1]}],
)
async def test_times_that_mean_nothing_are_refused(params: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match=next(iter(params))):
        VideoMergeRobot.model.parse(params)


async def test_frames_and_channels_that_go_are_told(bench: Bench, tmp_path: Path) -> None:
    moving = file_at(samples.gif(tmp_path, frames=3), type="image", mime="image/gif")
    surround = sound_at(samples.sound(tmp_path, "wav", seconds=1, channels=6))
    made = await merged(bench, moving, surround, preset="flash")

    assert (await footage(made)).channels == 2
    assert [sentence.partition(";")[0].partition(":")[0] for sentence in bench.warnings] == [
        "Only the first frame of an animated image is shown",
        "The sound was mixed from 6 channels down to 2",
    ]
