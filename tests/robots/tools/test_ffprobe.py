"""ffprobe tells what files hold, and reads no others."""

import shutil
from pathlib import Path

import pytest

from robots.base.errors import BadInput
from robots.tools.ffprobe import REMEMBERED, Ffprobe
from robots.tools.process import Limits
from robots.tools.programs import Programs
from tests import samples


@pytest.fixture
def ffprobe(tmp_path: Path) -> Ffprobe:
    return Ffprobe(Programs())


async def test_streams_and_format_are_shown(ffprobe: Ffprobe, tmp_path: Path) -> None:
    shown = await ffprobe.show(samples.mp4(tmp_path))

    assert [stream["codec_name"] for stream in shown["streams"]] == ["h264", "aac"]
    assert shown["format"]["nb_streams"] == 2


@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile://{0}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{0}'\n",
    ],
    ids=["hls", "concat"],
)
async def test_a_file_cannot_name_other_files(playlist: str, ffprobe: Ffprobe, tmp_path: Path) -> None:
    list_ = tmp_path / "list.mp4"
    list_.write_text(playlist.format(samples.video(tmp_path, "ts")))

    with pytest.raises(BadInput) as caught:
        await ffprobe.show(list_)

    assert str(tmp_path) not in caught.value.message


@pytest.mark.parametrize("name", ["image%03d.mp4", "-i", "concat:a|b.mp4", "pipe:0", "a b'c\".mp4"])
async def test_names_are_names_and_never_orders(name: str, ffprobe: Ffprobe, tmp_path: Path) -> None:
    shown = await ffprobe.show(samples.mp4(tmp_path, name=name))

    assert len(shown["streams"]) == 2


async def test_the_cause_of_a_failure_is_told(ffprobe: Ffprobe, tmp_path: Path) -> None:
    path = tmp_path / "broken.mp4"
    path.write_bytes(samples.mp4(tmp_path).read_bytes()[:9000])

    with pytest.raises(BadInput, match="ends early"):
        await ffprobe.show(path)


async def test_tags_of_any_bytes_are_shown(ffprobe: Ffprobe, tmp_path: Path) -> None:
    path = samples.video(tmp_path, "mkv", args=("-metadata", "title=A long title"))
    path.write_bytes(path.read_bytes().replace(b"A long title", b"A l\xffng \xc3tle"))

    shown = await ffprobe.show(path)

    assert "�" in shown["format"]["tags"]["title"]


async def test_volume_and_fields_are_measured(ffprobe: Ffprobe, tmp_path: Path) -> None:
    path = samples.mp4(tmp_path)

    volume, fields = await ffprobe.mean_volume(path), await ffprobe.interlacing(path)

    assert volume == pytest.approx(-21.1, abs=0.3)
    assert fields is not None
    assert sum(fields.values()) == 20
    assert await ffprobe.mean_volume(samples.mp4(tmp_path, audio=False, name="silent.mp4")) is None


async def test_a_file_is_looked_at_once_under_all_its_names(ffprobe: Ffprobe, tmp_path: Path) -> None:
    path = samples.mp4(tmp_path)
    shown = await ffprobe.show(path)
    link = tmp_path / "result"
    link.hardlink_to(path)
    ffprobe.limits = Limits(wall=0.0)  # it could not be asked again
    shown["streams"].clear()

    again = await ffprobe.show(link)

    assert len(again["streams"]) == 2


async def test_a_file_that_was_written_anew_is_looked_at_again(ffprobe: Ffprobe, tmp_path: Path) -> None:
    path = samples.mp4(tmp_path)
    await ffprobe.show(path)
    path.write_bytes(samples.video(tmp_path, "ts").read_bytes())

    shown = await ffprobe.show(path)

    assert shown["format"]["format_name"] == "mpegts"


async def test_no_more_files_are_remembered_than_a_few(ffprobe: Ffprobe, tmp_path: Path) -> None:
    path = samples.mp4(tmp_path)
    await ffprobe.show(path)
    for number in range(REMEMBERED):
        ffprobe._remember((0, number, 0, 0), b"{}")

    assert len(ffprobe._told) == REMEMBERED
    assert (await ffprobe.show(path))["streams"]


async def test_parts_are_shown_as_one_and_each_of_them_has_to_be_there(ffprobe: Ffprobe, tmp_path: Path) -> None:
    part = samples.video(tmp_path, "ts", audio=False)
    parts = [part, Path(shutil.copy(part, tmp_path / "second.ts"))]

    shown = await ffprobe.show_joined(parts)

    assert int(shown["format"]["size"]) == 2 * part.stat().st_size
    with pytest.raises(BadInput):
        await ffprobe.show_joined([*parts, tmp_path / "third.ts"])
    with pytest.raises(BadInput):
        await ffprobe.show_joined([part, tmp_path / "second.ts|/etc/passwd"])


async def test_what_is_known_of_a_file_is_shown_until_it_is_written_anew(ffprobe: Ffprobe, tmp_path: Path) -> None:
    path = samples.mp4(tmp_path)
    ffprobe.tell(path, {"streams": [{"codec_name": "known"}], "format": {}})

    assert (await ffprobe.show(path))["streams"] == [{"codec_name": "known"}]
    path.write_bytes(path.read_bytes() + bytes(8))
    assert not ffprobe.knows(path)
    assert len((await ffprobe.show(path))["streams"]) == 2
