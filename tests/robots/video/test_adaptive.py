"""/video/adaptive: segments and playlists that lead to each other."""

import re
from pathlib import Path
from typing import Any

import pytest

from robots.base.errors import BadInput, BadParams
from robots.base.file import File
from robots.base.geometry import Size
from robots.base.params import Invalid
from robots.probe.inspection import inspect
from robots.video.adaptive import VideoAdaptiveRobot
from tests import samples
from tests.robots.audio.ear import sound_at
from tests.robots.video.screen import PROBE, footage, pixel, video_at, written
from tests.robots.workspace import Bench, run

KEYS = ("-force_key_frames", "expr:gte(t,n_forced)")


@pytest.fixture
def two(tmp_path: Path) -> list[File]:
    """Two renditions of one video, with a key frame each second."""
    (tmp_path / "low").mkdir()
    low = samples.mp4(tmp_path / "low", seconds=3, width=80, height=60, args=KEYS, name="film.mp4")
    return [video_at(low), video_at(samples.mp4(tmp_path, seconds=3, args=KEYS, name="film.mp4"))]


def tongue(folder: Path, language: str) -> File:
    said = ("-metadata:s:a:0", f"language={language}")
    sung = written(folder / f"{language}.m4a", "-f", "lavfi", "-i", "sine=duration=3", *said)
    return sound_at(sung.bytes)


async def streamed(bench: Bench, files: list[File], **params: Any) -> dict[str, File]:
    """The results by where an export would put them, beneath the folder of the main playlist."""
    made = await run(VideoAdaptiveRobot, {"segment_duration": 1, **params}, files, bench)
    paths = [f"{file.meta['relative_path']}/{file.name}" for file in made]
    assert all(path.startswith("stream/") for path in paths)
    return {path.removeprefix("stream/"): file for path, file in zip(paths, made, strict=True)}


def text(file: File) -> str:
    return file.bytes.read_text()


def assert_names_its_playlists(made: dict[str, File], main: str, names: list[str]) -> None:
    """The main playlist tells of those that it names what they tell of themselves, and no other file does."""
    assert [file for file in made.values() if file.playlists] == [made[main]]
    told = {f"{each['relative_path']}/{each['name']}": each["meta"] for each in made[main].playlists}
    assert told == {f"stream/{name}": made[name].meta for name in names}
    assert all(re.search(f'^{name}$|URI="{name}"', text(made[main]), re.MULTILINE) for name in names)


async def test_hls_has_a_folder_for_each_rendition_and_a_main_playlist(bench: Bench, two: list[File]) -> None:
    made = await streamed(bench, two, technique="hls", ffmpeg_stack="v6")
    main, first = text(made["playlist.m3u8"]), made["60p/segment_00000.ts"]

    parts = ("playlist.m3u8", *(f"segment_0000{number}.ts" for number in range(3)))
    assert set(made) == {"playlist.m3u8", *(f"{name}/{part}" for name in ("60p", "120p") for part in parts)}
    assert re.findall(r"RESOLUTION=(\S+?),", main) == ["80x60", "160x120"]
    assert re.findall(r"(?m)^\w+/.*$", main) == ["60p/playlist.m3u8", "120p/playlist.m3u8"]
    assert re.search(r'CODECS="avc1\.\w{6},mp4a\.40\.2"', main)
    assert (await footage(first)).size == Size(80, 60)
    assert all(PROBE.knows(file.bytes) for name, file in made.items() if name.endswith(".ts"))
    assert (first.meta["segment_index"], first.meta["starts_at"]) == (0, "0.000000")
    assert float(first.meta["ends_at"]) == pytest.approx(1, abs=0.1)
    assert "segment_00000.ts" in text(made["60p/playlist.m3u8"])
    assert made["120p/playlist.m3u8"].meta["resolution"] == "160x120"
    assert made["120p/playlist.m3u8"].meta["closed_captions"] is True
    assert_names_its_playlists(made, "playlist.m3u8", ["60p/playlist.m3u8", "120p/playlist.m3u8"])
    assert bench.warnings == []


async def test_dash_is_the_default_with_one_sound_for_both(bench: Bench, two: list[File]) -> None:
    made = await streamed(bench, two)
    manifest = text(made["playlist.mpd"])

    assert (manifest.count("<AdaptationSet"), manifest.count("<Representation")) == (2, 3)
    assert re.findall(r' width="(\d+)"', manifest) == ["80", "160"]
    assert len([name for name in made if name.startswith("init-")]) == 3
    second = made["chunk-stream0-00002.m4s"].meta
    assert (second["segment_index"], second["starts_at"], second["ends_at"]) == (1, "1.000000", "2.000000")
    assert float(made["chunk-stream2-00003.m4s"].meta["ends_at"]) == pytest.approx(3, abs=0.1)
    assert not [name for name in made if name.endswith(".m3u8") or made[name].playlists]


@pytest.mark.parametrize(
    ("size", "sets"), [((86, 64), ["0,1"]), ((60, 80), ["0", "1"])], ids=["nearly the same", "upright"]
)
async def test_dash_has_one_set_for_pictures_of_nearly_one_shape_and_one_for_each_other(
    bench: Bench, tmp_path: Path, size: tuple[int, int], sets: list[str]
) -> None:
    first, other = (samples.mp4(tmp_path, width=w, height=h, name=f"{w}.mp4") for w, h in ((160, 120), size))

    made = await streamed(bench, [video_at(first), video_at(other)], technique="cmaf")

    found = re.findall(
        r'<AdaptationSet[^>]*contentType="video".*?</AdaptationSet>', text(made["playlist.mpd"]), re.DOTALL
    )
    assert [",".join(re.findall(r'<Representation id="(\d)"', each)) for each in found] == sets
    assert re.findall(r' width="(\d+)"', "".join(found)) == ["160", str(size[0])]
    assert bool(bench.warnings) is (len(sets) > 1)


async def test_cmaf_has_both_playlists_over_the_same_segments(bench: Bench, two: list[File]) -> None:
    made = await streamed(bench, two, technique="cmaf", playlist_name="one.mpd", hls_playlist_name="two.m3u8")

    listed = re.findall(r"(?m)^media_\d\.m3u8$", text(made["two.m3u8"]))
    assert len(listed) == 2
    assert set(re.findall(r"(?m)^chunk\S+$", text(made[listed[0]]))) < set(made)
    assert "<MPD" in text(made["one.mpd"])
    told = made["media_0.m3u8"].meta
    assert told["resolution"] == "80x60"
    assert f'RESOLUTION=80x60,CODECS="{told["codecs"]},' in text(made["two.m3u8"])
    assert_names_its_playlists(made, "two.m3u8", ["media_0.m3u8", "media_1.m3u8", "media_2.m3u8"])
    assert told["bandwidth"] > 1000
    lengths = map(float, re.findall(r"#EXTINF:([\d.]+)", text(made["media_2.m3u8"])))
    chunks = [made[f"chunk-stream2-0000{number}.m4s"].meta for number in (1, 2, 3)]
    assert [float(chunk["ends_at"]) - float(chunk["starts_at"]) for chunk in chunks] == pytest.approx(
        [*lengths], abs=1e-3
    )


async def test_all_parts_of_a_stream_have_the_types_by_which_players_know_them(bench: Bench, two: list[File]) -> None:
    made = await streamed(bench, two[:1], technique="cmaf")

    types = {inspect(str(file.bytes), file.name, [], 0)["mime"]: file.ext for file in made.values()}
    assert types == {
        "application/dash+xml": "mpd",
        "application/vnd.apple.mpegurl": "m3u8",
        "video/mp4": "m4s",  # the beginning of a stream
        "video/iso.segment": "m4s",
    }
    assert inspect(str(made["chunk-stream0-00001.m4s"].bytes), "a.m4s", [], 0)["type"] is None


async def test_a_playlist_has_the_wanted_name_and_segments_the_wanted_length(bench: Bench, two: list[File]) -> None:
    made = await streamed(bench, two, technique="hls", playlist_name="my_list.m3u8", segment_duration=2)

    assert "my_list.m3u8" in made
    assert sum(name.startswith("60p/segment") for name in made) == 2


async def test_closed_captions_false_tells_players_that_there_are_none(bench: Bench, two: list[File]) -> None:
    without = await streamed(bench, two[:1], technique="hls", closed_captions=False)
    usual = await streamed(bench, two[:1], technique="hls")

    assert "CLOSED-CAPTIONS=NONE" in text(without["playlist.m3u8"])
    assert "CLOSED-CAPTIONS" not in text(usual["playlist.m3u8"])


async def test_an_audio_group_offers_languages_beside_silent_videos(
    bench: Bench, two: list[File], tmp_path: Path
) -> None:
    tongues = [tongue(tmp_path, "eng"), tongue(tmp_path, "deu")]
    made = await streamed(bench, [*two, *tongues], technique="hls", audio_group=True)
    main = text(made["playlist.m3u8"])

    assert re.findall(r'LANGUAGE="(\w+)",DEFAULT=(\w+),URI="(.+?)"', main) == [
        ("eng", "YES", "audio/playlist.m3u8"),
        ("deu", "NO", "audio_2/playlist.m3u8"),
    ]
    assert main.count('AUDIO="audio"') == 2
    assert (await footage(made["60p/segment_00000.ts"])).audio == []
    assert (await footage(made["audio/segment_00000.ts"])).video is None


async def test_without_the_group_sound_is_a_variant_of_its_own(bench: Bench, two: list[File], tmp_path: Path) -> None:
    made = await streamed(bench, [two[0], tongue(tmp_path, "eng")], technique="hls")
    grouped = await streamed(bench, two[:1], technique="hls", audio_group=True)

    assert text(made["playlist.m3u8"]).count("#EXT-X-STREAM-INF") == 2
    assert len((await footage(grouped["60p/segment_00000.ts"])).audio) == 1
    assert bench.warnings == ["audio_group means nothing without files of sound and was passed over."]


async def test_each_language_is_a_set_of_its_own_in_dash(bench: Bench, two: list[File], tmp_path: Path) -> None:
    made = await streamed(bench, [two[0], tongue(tmp_path, "eng"), tongue(tmp_path, "deu")])

    assert re.findall(r'<AdaptationSet[^>]* lang="(\w+)"', text(made["playlist.mpd"])) == ["und", "eng", "deu"]


@pytest.mark.case(77)
@pytest.mark.parametrize("technique", ["hls", "dash", "cmaf"])
async def test_neither_a_language_nor_a_role_that_is_none_is_written_into_playlists(
    bench: Bench, two: list[File], tmp_path: Path, technique: str
) -> None:
    evil = 'en",URI="http://a.example/"><x/>\nhttp://a.example/'
    said = [word for name in ("language", "role") for word in ("-metadata:s:a:0", f"{name}={evil}")]
    sung = written(tmp_path / "sung.mka", "-f", "lavfi", "-i", "sine=duration=3", "-c:a", "aac", *said)

    made = await streamed(bench, [two[0], sound_at(sung.bytes)], technique=technique, audio_group=True)

    playlists = [text(file) for path, file in made.items() if path.endswith(("m3u8", "mpd"))]
    assert playlists
    assert not [playlist for playlist in playlists if "a.example" in playlist]


async def test_other_codecs_are_encoded_anew(bench: Bench, tmp_path: Path) -> None:
    made = await streamed(bench, [video_at(samples.video(tmp_path, "webm", seconds=2))], technique="hls")

    assert (await footage(made["120p/segment_00001.ts"])).picture["codec_name"] == "h264"
    assert bench.warnings == ["A file was encoded anew, for players of streams do not take its codecs."]


@pytest.mark.parametrize("wish", [{}, {"width": 64, "ffmpeg": {"preset": "ultrafast"}}])
async def test_sound_is_encoded_anew_beside_videos_that_are(
    bench: Bench, two: list[File], tmp_path: Path, wish: dict[str, Any]
) -> None:
    song = sound_at(samples.sound(tmp_path, "wav", seconds=3))

    made = await streamed(bench, [two[0], song], technique="hls", audio_group=True, **wish)

    heard = await footage(made["audio/segment_00000.ts"])
    assert (heard.video, heard.audio[0]["codec_name"]) == (None, "aac")
    assert 'AUDIO="audio"' in text(made["playlist.m3u8"])


@pytest.mark.parametrize("technique", ["hls", "dash"])
async def test_a_picture_that_was_filmed_upright_stands_upright(bench: Bench, tmp_path: Path, technique: str) -> None:
    film = video_at(samples.mp4(tmp_path, seconds=1, rotation=90))

    made = await streamed(bench, [film], technique=technique)

    seen = await footage(made["160p/segment_00000.ts" if technique == "hls" else "init-stream0.m4s"])
    assert (seen.stored, seen.rotation) == (Size(120, 160), 0)
    assert bench.warnings == ["A file was encoded anew, for segments do not tell how its picture is turned."]


async def test_segments_of_hls_hold_only_what_its_players_take(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(BadParams, match="technique: players of HLS take"):
        await streamed(bench, [video_at(samples.mp4(tmp_path, seconds=1))], technique="hls", preset="vp9")


async def test_playlists_of_all_kinds_tell_the_codec_of_hevc(bench: Bench, tmp_path: Path) -> None:
    film = video_at(samples.mp4(tmp_path, seconds=1))

    made = await streamed(bench, [film], technique="cmaf", preset="hevc")

    codec = r"hvc1\.1\.6\.L\d+\.\w+"
    assert re.search(f'codecs="{codec}"', text(made["playlist.mpd"]))
    assert re.search(f'CODECS="{codec},mp4a.40.2"', text(made["playlist.m3u8"]))
    assert re.fullmatch(codec, made["media_0.m3u8"].meta["codecs"])
    parts = [made[name].bytes.read_bytes() for name in ("init-stream0.m4s", "chunk-stream0-00001.m4s")]
    (whole := tmp_path / "whole.mp4").write_bytes(b"".join(parts))
    assert pixel(video_at(whole), 5, 30) == pytest.approx(pixel(film, 5, 30), abs=12)
    assert (await footage(video_at(whole))).picture["codec_tag_string"] == "hvc1"


@pytest.mark.parametrize("technique", ["hls", "dash", "cmaf"])
@pytest.mark.parametrize("ending", ["ts", "flv"])
async def test_a_stream_is_cut_as_it_is_whatever_holds_it(
    bench: Bench, two: list[File], tmp_path: Path, technique: str, ending: str
) -> None:
    packed = written(tmp_path / f"film.{ending}", "-i", str(two[1].bytes), "-c", "copy")

    made = await streamed(bench, [packed], technique=technique)

    assert len([name for name in made if "segment_" in name or "chunk-stream0" in name]) == 3
    assert bench.warnings == []


async def test_segments_are_as_long_as_they_play_however_uneven_the_frames_are(bench: Bench, tmp_path: Path) -> None:
    uneven = ("-vf", "select='lt(n,30)+not(mod(n,10))'", "-fps_mode", "vfr")
    film = video_at(samples.video(tmp_path, "mkv", seconds=4, fps=30, audio=False, args=uneven))

    made = await streamed(bench, [film], technique="hls")

    lengths = map(float, re.findall(r"#EXTINF:([\d.]+)", text(made["120p/playlist.m3u8"])))
    assert sum(lengths) == pytest.approx(3.7, abs=0.1)


async def test_sound_that_goes_on_after_the_picture_is_told_to_be_lost(bench: Bench, tmp_path: Path) -> None:
    film = video_at(samples.mp4(tmp_path, seconds=4, args=("-vf", "trim=end=1")))

    await streamed(bench, [film], technique="hls")

    assert [told.partition(",")[0] for told in bench.warnings] == ["The picture ends before the sound"]


async def test_a_segment_may_be_longer_than_any_film(bench: Bench, two: list[File]) -> None:
    made = await streamed(bench, two[:1], segment_duration=3600)

    assert len([name for name in made if "chunk-stream0" in name]) == 1


async def test_hls_has_hevc_in_fragments_of_mp4_which_alone_apple_takes(
    bench: Bench, two: list[File], tmp_path: Path
) -> None:
    hevc = ("-c:v", "libx265", "-x265-params", "log-level=error", "-preset", "ultrafast", "-c:a", "aac", *KEYS)
    newer = written(tmp_path / "newer.mkv", "-i", str(two[1].bytes), *hevc)

    made = await streamed(bench, [newer, two[0]], technique="hls")

    parts = ["init.mp4", *(f"segment_0000{number}.m4s" for number in range(3))]
    listed = text(made["120p/playlist.m3u8"]).splitlines()
    assert [name for name in made if name.startswith("120p")] == [f"120p/{n}" for n in (*parts, "playlist.m3u8")]
    assert {"#EXT-X-VERSION:7", '#EXT-X-MAP:URI="init.mp4"', *parts[1:]} < set(listed)
    assert (made["120p/segment_00001.m4s"].meta["segment_index"], bench.warnings) == (1, [])
    (whole := tmp_path / "whole.mp4").write_bytes(b"".join(made[f"120p/{part}"].bytes.read_bytes() for part in parts))
    assert (await footage(video_at(whole))).picture["codec_tag_string"] == "hvc1"
    assert pixel(video_at(whole), 5, 30, 2.5) == pytest.approx(pixel(newer, 5, 30, 2.5), abs=12)
    assert {f"60p/segment_0000{number}.ts" for number in range(3)} < set(made)


async def test_tracks_that_have_no_place_in_segments_are_told(bench: Bench, tmp_path: Path) -> None:
    film, words, target = samples.mp4(tmp_path), samples.srt(tmp_path), tmp_path / "film.mkv"
    line = ["-i", str(film), "-i", str(words), "-map", "0", "-map", "0:a", "-map", "1", "-c", "copy"]
    made = await streamed(bench, [written(target, *line)], technique="hls")

    assert len((await footage(made["120p/segment_00000.ts"])).audio) == 1
    assert [sentence.partition(":")[0].partition(";")[0] for sentence in bench.warnings] == [
        "Subtitle tracks were left out",
        "Only the first audio track of each file was kept",
    ]


async def test_a_width_a_height_a_preset_or_ffmpeg_encode_anew(bench: Bench, two: list[File]) -> None:
    sized = await streamed(bench, two[:1], technique="hls", width=64, height=48, ffmpeg={"preset": "ultrafast"})
    preset = await streamed(bench, two[:1], technique="hls", preset="hls/270p")

    assert (await footage(sized["48p/segment_00000.ts"])).size == Size(64, 48)
    assert (await footage(preset["270p/segment_00000.ts"])).size == Size(480, 270)


async def test_a_damaged_file_is_told(bench: Bench, two: list[File]) -> None:
    two[0].bytes.write_bytes(two[0].bytes.read_bytes()[:3000])

    with pytest.raises(BadInput):
        await streamed(bench, two)


@pytest.mark.parametrize("name", ["../up.mpd", "a/b.mpd", "", "two words"])
def test_a_playlist_cannot_leave_its_folder(name: str) -> None:
    with pytest.raises(Invalid, match="playlist_name"):
        VideoAdaptiveRobot.model.parse({"playlist_name": name})
