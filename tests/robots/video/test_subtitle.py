"""/video/subtitle: the words are in a track, or to be seen in the picture."""

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from robots.base.errors import BadInput, BadParams
from robots.base.file import File
from robots.base.geometry import Size
from robots.tools.cues import cleaned
from robots.video.subtitle import VideoSubtitleRobot
from tests import samples
from tests.robots.video.screen import PROBE, PROGRAMS, footage, picture, plain, video_at
from tests.robots.workspace import Bench, file_at, run

QUICK = {"preset": "ultrafast", "threads": 1}
LOUD = {"subtitles_type": "burned", "font_size": 60, "border_style": "outline", "outline_width": 0}
WHITE, RED = (255, 255, 255), (255, 0, 0)


@pytest.fixture
def blue(tmp_path: Path) -> File:
    return replace(plain(tmp_path, "blue", 2, "film.mp4"), tag="video")


@pytest.fixture
def words(tmp_path: Path) -> File:
    return file_at(samples.srt(tmp_path), mime="application/x-subrip", tag="subtitles")


async def titled(bench: Bench, *files: File, **params: Any) -> File:
    [made] = await run(VideoSubtitleRobot, params, files, bench)
    return made


async def burned(bench: Bench, *files: File, **params: Any) -> File:
    return await titled(bench, *files, **{**LOUD, "ffmpeg": QUICK, **params})


def told(file: File, track: int = 0) -> str:
    line = [str(PROGRAMS.need("ffmpeg")), "-loglevel", "error", "-i", str(file.path), "-map", f"0:s:{track}"]
    return subprocess.run([*line, "-f", "srt", "-"], capture_output=True, check=True).stdout.decode()


def written(file: File, color: tuple[int, int, int], at: float = 0.5) -> list[tuple[int, int]]:
    """The places that have a colour."""
    frame = picture(file, at)
    data, width = frame.tobytes(), frame.width
    found = []
    for place in range(width * frame.height):
        if all(abs(data[3 * place + n] - color[n]) < 70 for n in range(3)):
            found.append((place % width, place // width))
    return found


async def test_a_track_is_added_and_the_streams_stay_as_they_are(bench: Bench, blue: File, words: File) -> None:
    made = await titled(bench, words, blue, language="deu", name="Deutsch", ffmpeg_stack="v6")
    before, after = await footage(blue), await footage(made)
    [track] = after.subtitles

    assert made.name == "film.mp4"
    assert (track["codec_name"], track["tags"]["language"]) == ("mov_text", "deu")
    assert track["tags"]["handler_name"] == "Deutsch"
    assert "00:00:01,000 --> 00:00:01,900\nLine 2" in told(made)
    assert after.picture["bit_rate"] == before.picture["bit_rate"]
    assert bench.warnings == []


@pytest.mark.parametrize(
    ("ending", "language", "told"), [("mp4", "pt-BR", "por"), ("mov", "de", "ger"), ("mkv", "pt-BR", "pt-BR")]
)
async def test_a_language_is_written_as_its_format_can_hold_it(
    bench: Bench, tmp_path: Path, words: File, ending: str, language: str, told: str
) -> None:
    made = await titled(bench, video_at(samples.video(tmp_path, ending, seconds=1)), words, language=language)

    assert (await footage(made)).subtitles[0]["tags"]["language"] == told
    assert bench.warnings == []


async def test_a_language_that_a_format_cannot_hold_is_told(bench: Bench, blue: File, words: File) -> None:
    made = await titled(bench, blue, words, language="xx")

    assert "language" not in (await footage(made)).subtitles[0]["tags"]
    assert bench.warnings == ["The language of the track was lost: mp4 cannot hold xx."]


@pytest.mark.parametrize(("ending", "codec"), [("mkv", "subrip"), ("webm", "webvtt")])
async def test_each_format_has_its_kind_of_track(
    bench: Bench, tmp_path: Path, words: File, ending: str, codec: str
) -> None:
    film = video_at(samples.video(tmp_path, ending, seconds=2))
    made = await titled(bench, film, words, language="eng", name="English")
    [track] = (await footage(made)).subtitles

    assert (made.name, track["codec_name"]) == (film.name, codec)
    assert {key.lower(): value for key, value in track["tags"].items()}["title"] == "English"


async def test_keep_subtitles_adds_where_otherwise_the_track_is_replaced(
    bench: Bench, blue: File, words: File, tmp_path: Path
) -> None:
    first = replace(await titled(bench, blue, words, language="eng"), tag="video")
    other = file_at(samples.vtt(tmp_path), mime="text/vtt", tag="subtitles")
    kept = await footage(await titled(bench, first, other, language="deu", keep_subtitles=True))
    fresh = await footage(await titled(bench, first, other, language="deu"))

    assert [track["tags"]["language"] for track in kept.subtitles] == ["eng", "deu"]
    assert [track["tags"]["language"] for track in fresh.subtitles] == ["deu"]


async def test_a_format_without_text_becomes_an_mkv_and_a_wanted_one_is_refused(
    bench: Bench, tmp_path: Path, words: File, blue: File
) -> None:
    made = await titled(bench, video_at(samples.video(tmp_path, "avi", seconds=1)), words)

    assert (made.name, len((await footage(made)).subtitles)) == ("video.mkv", 1)
    assert bench.warnings == ["The video became an mkv, for avi cannot hold subtitles."]
    with pytest.raises(BadParams, match="flv cannot hold subtitles"):
        await titled(bench, blue, words, preset="flash")


async def test_a_preset_or_a_width_and_height_encode_anew(bench: Bench, blue: File, words: File) -> None:
    sized = await footage(await titled(bench, blue, words, width=80, height=80, ffmpeg=QUICK))
    preset = await footage(await titled(bench, blue, words, preset="hls/270p"))

    assert (sized.size, len(sized.subtitles)) == (Size(80, 80), 1)
    assert (preset.size, len(preset.subtitles)) == (Size(480, 270), 1)


async def test_burned_letters_are_seen_as_long_as_their_cue(bench: Bench, blue: File, words: File) -> None:
    made = await burned(bench, blue, words)
    seen = await footage(made)

    assert seen.subtitles == []
    assert seen.duration == pytest.approx(2, abs=0.1)
    assert len(written(made, WHITE, 0.5)) > 100
    assert written(made, WHITE, 0.9) == []
    assert bench.warnings == []


async def test_where_they_stand(bench: Bench, blue: File, words: File) -> None:
    low = written(await burned(bench, blue, words, font_size=30), WHITE)
    high = written(await burned(bench, blue, words, font_size=30, position="top-left"), WHITE)

    assert min(y for _, y in low) > 80
    assert max(y for _, y in high) < 40
    assert max(x for x, _ in high) < max(x for x, _ in low)


async def test_bold_italic_and_font_size_change_the_letters(bench: Bench, blue: File, words: File) -> None:
    usual = set(written(await burned(bench, blue, words), WHITE))
    bold = set(written(await burned(bench, blue, words, bold=True), WHITE))
    slanted = set(written(await burned(bench, blue, words, italic=True), WHITE))
    small = set(written(await burned(bench, blue, words, font_size=30), WHITE))

    assert len(bold) > 1.1 * len(usual)
    assert len(slanted ^ usual) > len(usual) / 4
    assert len(small) < len(usual) / 2


async def test_colours_have_their_alpha_first_and_inverted(bench: Bench, blue: File, words: File) -> None:
    red = await burned(bench, blue, words, font_color="f00")
    ghost = await burned(bench, blue, words, font_color="#ffff0000")
    half = await burned(bench, blue, words, font_color="80ff0000")

    assert len(written(red, RED)) > 100
    assert written(ghost, RED) == []
    assert len(written(half, (127, 0, 127))) > 100


async def test_the_border_is_an_outline_a_shadow_or_a_box(bench: Bench, blue: File, words: File) -> None:
    how = {"border_color": "00ff0000", "outline_width": 6}
    ring, shade, box = [
        len(written(await burned(bench, blue, words, border_style=style, **how), RED))
        for style in ("outline", "shadow", "box")
    ]

    assert 20 < shade < ring < box
    assert ring > 2 * len(written(await burned(bench, blue, words, **{**how, "outline_width": 1}), RED))


async def test_an_unknown_font_is_told_and_burn_means_burned(bench: Bench, blue: File, words: File) -> None:
    made = await burned(bench, blue, words, subtitles_type="burn", font="Comic Sans")

    assert len(written(made, WHITE)) > 100
    assert bench.warnings == ["The font is Liberation Sans, for there is no Comic Sans on this server."]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
async def test_letters_of_all_encodings_are_read(bench: Bench, blue: File, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "old.srt"
    path.write_bytes("1\r\n00:00:00,000 --> 00:00:01,000\r\nGrüße\r\n".encode(encoding))

    assert "Grüße" in told(await titled(bench, blue, file_at(path, tag="subtitles")))


@pytest.mark.parametrize("endless", ["1" * 500_000, "1:11" * 100_000, "1:11.1 " * 100_000])
def test_what_looks_like_a_time_for_long_is_read_once(endless: str, tmp_path: Path) -> None:
    (tmp_path / "given").write_text(endless)

    with pytest.raises(BadInput, match="no lines with times"):
        cleaned(tmp_path / "given", tmp_path / "made")


async def test_a_video_with_a_track_still_plays_before_it_is_whole(bench: Bench, blue: File, words: File) -> None:
    made = (await titled(bench, blue, words)).bytes.read_bytes()

    assert made.index(b"moov") < made.index(b"mdat")


@pytest.mark.parametrize("ending", ["mp4", "ts"])
@pytest.mark.parametrize("to", ["mp4", "mkv"])
async def test_cues_of_a_part_keep_their_times_and_those_before_it_do_not_move_the_picture(
    ending: str, to: str, bench: Bench, words: File, tmp_path: Path
) -> None:
    film = video_at(samples.video(tmp_path, ending, width=64, height=48), tag="video")
    words.bytes.write_text("1\n0:00:00,100 --> 0:00:00,300\nOver\n\n2\n0:00:00,700 --> 0:00:01,200\nHalf\n\n")
    with words.bytes.open("a") as more:
        more.write("3\n0:00:01,400 --> 0:00:01,600\nWhole\n\nof it\n\n4\n0:00:01,900 --> 0:00:05,000\nLate\n")

    made = await titled(bench, film, words, ffmpeg={**QUICK, "f": to, "ss": 1, "t": 0.8})

    first, second = "1\n00:00:00,000 --> 00:00:00,200\nHalf", "2\n00:00:00,400 --> 00:00:00,600\nWhole"
    assert told(made).startswith(f"{first}\n\n{second}")
    assert "Late" not in told(made)
    assert (await footage(made)).duration == pytest.approx(0.8, abs=0.1)
    assert (await footage(made)).delay < 0.1


async def test_a_cue_of_a_hundred_thousand_lines_is_cut_as_soon_as_others(
    bench: Bench, blue: File, words: File
) -> None:
    words.bytes.write_text("1\n0:00:00,100 --> 0:00:01,500\na" + "\\N" * 100_000 + "b\n")

    made = await titled(bench, blue, words, ffmpeg={**QUICK, "f": "mkv", "ss": 1})

    assert told(made).startswith("1\n00:00:00,000 --> 00:00:00,500\na\n")


@pytest.mark.parametrize("to", ["mp4", "mkv"])
async def test_a_cue_that_ends_before_it_begins_is_not_shown_for_weeks(
    to: str, bench: Bench, blue: File, words: File
) -> None:
    words.bytes.write_text("1\n00:00:01,500 --> 00:00:00,900\nBack\n\n2\n00:00:00,200 --> 00:00:01,100\nForth\n")

    made = await titled(bench, blue, words, ffmpeg={"f": to})

    assert (await PROBE.show(made.bytes))["format"]["duration"].startswith("2.0")
    assert "Forth" in told(made)
    assert bench.warnings == ["Cues that end before they begin are not shown; there are 1 of them."]


async def test_a_part_without_cues_has_a_track_without_cues(bench: Bench, blue: File, words: File) -> None:
    words.bytes.write_text("1\n00:00:00,100 --> 00:00:00,300\nOver\n")

    made = await titled(bench, blue, words, ffmpeg={**QUICK, "ss": 1})

    assert len((await footage(made)).subtitles) == 1
    assert told(made) == ""


async def test_burned_cues_of_a_part_come_at_their_times(bench: Bench, blue: File, words: File) -> None:
    words.bytes.write_text("1\n0:00:00,000 --> 0:00:00,200\nI\n\n2\n0:00:01,500 --> 0:00:01,900\nI\n")

    made = await burned(bench, blue, words, ffmpeg={**QUICK, "ss": 1})

    assert [bool(written(made, WHITE, at)) for at in (0.2, 0.7)] == [False, True]


async def test_what_cannot_be_subtitled_is_told(bench: Bench, blue: File, words: File, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There are no subtitles") as caught:
        await titled(bench, blue)
    with pytest.raises(BadInput, match="no lines with times"):
        await titled(bench, blue, file_at(samples.txt(tmp_path), tag="subtitles"))
    with pytest.raises(BadInput, match="no moving picture"):
        await titled(bench, video_at(samples.mp3(tmp_path, seconds=1)), words)
    with pytest.raises(BadParams, match="encoded anew"):
        await burned(bench, blue, words, ffmpeg={"c:v": "copy"})

    assert caught.value.code == "VIDEO_SUBTITLE_VALIDATION"
