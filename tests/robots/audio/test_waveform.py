"""/audio/waveform: pictures and numbers that show the sound."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from PIL import Image

from robots.audio.waveform import AudioWaveformRobot, ColorMap
from robots.base.errors import BadInput, BadParams
from robots.base.file import File
from robots.base.params import Invalid
from robots.tools.ffmpeg import Ffmpeg
from robots.tools.vips import Images
from tests import samples
from tests.robots.audio.ear import PROBE, PROGRAMS, sound_at
from tests.robots.workspace import Bench, run

CLEAR = (0, 0, 0, 0)
BLACK = (0, 0, 0, 255)


pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def bench(tmp_path: Path, images: Images) -> Bench:
    folder = tmp_path / "work"
    folder.mkdir()
    return Bench(folder, Ffmpeg(PROGRAMS), PROBE, images)


@pytest.fixture
def tone(tmp_path: Path) -> File:
    """Two seconds of a tone at an eighth of full volume."""
    return sound_at(samples.sound(tmp_path, "wav", seconds=2))


@pytest.fixture
def half(tmp_path: Path) -> File:
    """A second of a tone on the left, silence on the right."""
    line = ("-f", "lavfi", "-i", "aevalsrc=sin(880*PI*t)|0:d=1:s=8000")
    made = tmp_path / "half.wav"
    made.write_bytes(samples._encoded("wav", line))
    return sound_at(made)


async def drawn(bench: Bench, file: File, **params: Any) -> Image.Image:
    [made] = await run(AudioWaveformRobot, params, [file], bench)
    assert made.name.endswith(".png")
    return Image.open(made.bytes).convert("RGBA")


async def told(bench: Bench, file: File, **params: Any) -> dict[str, Any]:
    [made] = await run(AudioWaveformRobot, {"format": "json", "style": "v1", **params}, [file], bench)
    assert made.name == "sound.json"
    found: dict[str, Any] = json.loads(made.bytes.read_bytes())
    return found


def height(image: Image.Image, x: int) -> int:
    """How many pixels of a column are not clear."""
    return sum(image.getpixel((x, y)) != CLEAR for y in range(image.height))


async def test_without_wishes_it_is_black_on_nothing_and_256_by_64(bench: Bench, tone: File) -> None:
    image = await drawn(bench, tone)

    assert image.size == (256, 64)
    assert image.getpixel((128, 32)) == BLACK
    assert image.getpixel((128, 2)) == CLEAR
    assert height(image, 128) == pytest.approx(64 / 8, abs=2)


async def test_the_json_is_that_of_audiowaveform(bench: Bench, tone: File) -> None:
    found = await told(bench, tone, width=100)
    low, high = min(found["data"]), max(found["data"])

    assert (found["version"], found["channels"], found["sample_rate"], found["bits"]) == (2, 1, 44100, 16)
    assert (found["length"], found["samples_per_pixel"]) == (100, 882)
    assert (low, high) == (pytest.approx(-4096, abs=60), pytest.approx(4096, abs=60))


async def test_eight_bits_are_the_upper_ones(bench: Bench, tone: File) -> None:
    assert max((await told(bench, tone, bits=8))["data"]) == pytest.approx(16, abs=1)


@pytest.mark.parametrize("wish", [{"zoom": 441}, {"pixels_per_second": 100}])
async def test_zoom_and_pixels_per_second_say_how_much_a_pixel_holds(
    bench: Bench, tone: File, wish: dict[str, Any]
) -> None:
    found = await told(bench, tone, **wish)

    assert (found["samples_per_pixel"], found["length"]) == (441, 200)


async def test_start_and_end_cut_the_sound(bench: Bench, tone: File) -> None:
    assert (await told(bench, tone, zoom=441, start=0.5, end=1.25))["length"] == 75


async def test_ffmpeg_options_change_what_is_read(bench: Bench, tone: File) -> None:
    found = await told(bench, tone, zoom=441, ffmpeg={"t": 1, "af": "volume=2"}, ffmpeg_stack="v6")

    assert found["length"] == 100
    assert max(found["data"]) == pytest.approx(8192, abs=120)


async def test_each_channel_can_have_its_own_file(bench: Bench, half: File) -> None:
    made = await run(AudioWaveformRobot, {"format": "json", "style": "v1", "split_channels": True}, [half], bench)
    left, right = (json.loads(file.bytes.read_bytes()) for file in made)

    assert [file.meta["channel"] for file in made] == [0, 1]
    assert max(left["data"]) > 30_000
    assert max(right["data"]) == 0


@pytest.mark.parametrize(("params", "files"), [({"split_channels": True}, 2), ({"start": 0.2, "end": 0.5}, 1)])
async def test_progress_is_told_of_all_channels_and_of_what_is_read(
    bench: Bench, half: File, params: dict[str, Any], files: int
) -> None:
    made = await run(AudioWaveformRobot, {"style": "v1", **params}, [half], bench)

    assert len(made) == files
    assert bench.reached == sorted(bench.reached)
    assert {round(share, 3) for share in bench.reached} >= ({0.4, 0.5, 0.9, 1} if files == 2 else {0.8, 1})


async def test_the_old_style_passes_over_what_it_does_not_know(bench: Bench, half: File) -> None:
    known = {"split_channels": True, "zoom": 8, "start": 0.5, "colors": "audition", "bar_width": 3, "compression": 0}
    plain, dressed = await drawn(bench, half), await drawn(bench, half, **known)

    assert plain.tobytes() == dressed.tobytes()
    [said] = bench.warnings
    assert all(name in said for name in known)


async def test_sizes_and_colours_are_as_told(bench: Bench, tone: File) -> None:
    image = await drawn(
        bench, tone, width=50, height=20, background_color="ff0000", center_color="#00ff00", outer_color="00ff00ff"
    )

    assert image.size == (50, 20)
    assert image.getpixel((25, 0)) == (255, 0, 0, 255)
    assert image.getpixel((25, 10)) == (0, 255, 0, 255)


async def test_the_colour_runs_from_the_middle_to_the_edge(bench: Bench, half: File) -> None:
    image = await drawn(bench, half, height=101, center_color="ff0000", outer_color="0000ff", split_channels=False)
    middle, outer = image.getpixel((20, 50)), image.getpixel((20, 30))

    assert isinstance(middle, tuple)
    assert isinstance(outer, tuple)
    assert middle[0] > 250
    assert 70 < outer[2] < 140


async def test_smooth_edges_are_between_the_colours(bench: Bench, tone: File) -> None:
    hard = await drawn(bench, tone, height=63)
    smooth = await drawn(bench, tone, height=63, antialiasing=1)

    assert len(hard.getcolors() or []) == 2
    assert len(smooth.getcolors() or []) > 2


@pytest.mark.parametrize(("colors", "background"), [("audition", (0, 63, 34, 255)), ("audacity", (214, 214, 214, 255))])
async def test_a_scheme_of_colours_belongs_to_v1(
    bench: Bench, tone: File, colors: str, background: tuple[int, ...]
) -> None:
    assert (await drawn(bench, tone, style="v1", colors=colors)).getpixel((10, 5)) == background
    assert (await drawn(bench, tone, style="v0", colors=colors)).getpixel((10, 5)) == CLEAR


async def test_a_border_goes_round_it(bench: Bench, tone: File) -> None:
    image = await drawn(bench, tone, style=1, border_color="ff00ff")

    assert {image.getpixel(place) for place in ((0, 0), (255, 0), (0, 63), (255, 63))} == {(255, 0, 255, 255)}


async def test_an_amplitude_scale_makes_it_higher(bench: Bench, tone: File) -> None:
    assert height(await drawn(bench, tone, style="v1", amplitude_scale=4), 128) == pytest.approx(64 / 2, abs=3)


@pytest.mark.parametrize("bar_style", ["square", "rounded"])
async def test_bars_have_their_width_and_their_gap(bench: Bench, half: File, bar_style: str) -> None:
    bars = {"waveform_style": "bars", "bar_width": 6, "bar_gap": 4, "bar_style": bar_style}
    image = await drawn(bench, half, style="v1", **bars)
    row = ["x" if image.getpixel((x, 32)) != CLEAR else "." for x in range(20)]

    assert "".join(row) == "xxxxxx....xxxxxx...."
    assert (height(image, 0) < height(image, 3)) == (bar_style == "rounded")


async def test_times_are_written_only_when_asked_for(bench: Bench, tone: File) -> None:
    plain = await drawn(bench, tone, style="v1")
    labelled = await drawn(bench, tone, style="v1", with_axis_labels=True, axis_label_color="ff0000")
    without = await drawn(bench, tone, style="v1", with_axis_labels=True, no_axis_labels=True)

    assert any(color == (255, 0, 0, 255) for _, color in labelled.getcolors(9999) or [])
    assert plain.tobytes() == without.tobytes()


async def test_compression_changes_the_size_of_the_file_alone(bench: Bench, tone: File) -> None:
    [large] = await run(AudioWaveformRobot, {"style": "v1", "compression": 0}, [tone], bench)
    [small] = await run(AudioWaveformRobot, {"style": "v1", "compression": 9}, [tone], bench)

    assert large.bytes.stat().st_size > 5 * small.bytes.stat().st_size
    assert Image.open(large.bytes).tobytes() == Image.open(small.bytes).tobytes()


def brightest(image: Image.Image, across: bool) -> float:
    """Where the brightest row (or column) is, from 0 to 1."""
    gray = image.convert("L")
    size = gray.width if across else gray.height
    box = (lambda at: (at, 0, at + 1, gray.height)) if across else (lambda at: (0, at, gray.width, at + 1))
    sums = [sum(gray.crop(box(at)).tobytes()) for at in range(size)]
    return sums.index(max(sums)) / size


async def spectrogram(bench: Bench, file: File, **params: Any) -> Image.Image:
    return await drawn(bench, file, style="spectrogram", width=128, height=128, **params)


async def test_a_tone_is_a_line_in_the_spectrogram(bench: Bench, half: File) -> None:
    linear = await spectrogram(bench, half, frequency_scale="linear")
    cut = await spectrogram(bench, half, frequency_scale="linear", frequency_min=400, frequency_max=800)
    logarithmic = await spectrogram(bench, half)
    above = await spectrogram(bench, half, frequency_scale="linear", frequency_min=400)

    assert linear.size == (128, 128)
    assert brightest(linear, across=False) == pytest.approx(1 - 440 / 4000, abs=0.03)
    assert brightest(cut, across=False) == pytest.approx(0.9, abs=0.05)
    assert brightest(above, across=False) > 0.95
    assert brightest(logarithmic, across=False) < brightest(linear, across=False)


async def test_the_spectrogram_has_a_legend_colours_gain_and_a_direction(bench: Bench, half: File) -> None:
    legend = await spectrogram(bench, half, legend=True)
    gray = await spectrogram(bench, half, color_map="gray", gain=4)
    upright = await spectrogram(bench, half, orientation="vertical", frequency_scale="linear")

    assert legend.width > 128
    assert all(red == green == blue for _, (red, green, blue, _) in gray.getcolors(1 << 16) or [])  # type: ignore[misc]
    assert brightest(upright, across=True) == pytest.approx(440 / 4000, abs=0.05)
    quiet = await spectrogram(bench, half, color_map="gray", gain=1)
    assert sum(gray.convert("L").tobytes()) > sum(quiet.convert("L").tobytes())


async def test_each_map_has_colours_of_its_own(bench: Bench, half: File) -> None:
    names = get_args(ColorMap)
    drawn = [await spectrogram(bench, half, color_map=name) for name in names]

    assert len({image.tobytes() for image in drawn}) == len(names) == 14


@pytest.mark.parametrize(
    "params",
    [
        {"zoom": 2, "pixels_per_second": 3},
        {"start": 5, "end": 2},
        {"style": "spectrogram", "format": "json"},
        {"style": "spectrogram", "frequency_min": 800, "frequency_max": 400},
        {"style": "v2"},
        {"bits": 12},
        {"width": 32_000, "height": 32_000},
    ],
)
async def test_what_cannot_be_is_refused(params: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        AudioWaveformRobot.model.parse(params)


async def test_nothing_between_start_and_end_is_said(bench: Bench, tone: File) -> None:
    with pytest.raises(BadInput):
        await drawn(bench, tone, style="v1", start=30)


async def test_more_pixels_than_samples_are_refused(bench: Bench, tone: File) -> None:
    with pytest.raises(BadParams, match="44100 samples"):
        await drawn(bench, tone, style="v1", pixels_per_second=1e6)
