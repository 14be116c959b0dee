"""Every file gets its type and its metadata."""

from collections.abc import Callable
from pathlib import Path

import pytest

from robots.base.errors import RobotError
from robots.probe.probe import Prober, Unreadable
from tests import samples

pytestmark = pytest.mark.asyncio(loop_scope="module")

OFFICE = "application/vnd.openxmlformats-officedocument."
PICTURES = {
    samples.jpeg: "image/jpeg",
    samples.png: "image/png",
    samples.gif: "image/gif",
    samples.webp: "image/webp",
    samples.avif: "image/avif",
    samples.heic: "image/heic",
    samples.tiff: "image/tiff",
    samples.bmp: "image/bmp",
    samples.jxl: "image/jxl",
    samples.svg: "image/svg+xml",
}
OTHERS = {
    samples.pdf: "application/pdf",
    samples.docx: f"{OFFICE}wordprocessingml.document",
    samples.xlsx: f"{OFFICE}spreadsheetml.sheet",
    samples.pptx: f"{OFFICE}presentationml.presentation",
    samples.archive: "application/zip",
    samples.seven: "application/x-7z-compressed",
    samples.txt: "text/plain",
    samples.csv: "text/csv",
    samples.srt: "application/x-subrip",
    samples.vtt: "text/vtt",
}
VIDEOS = {
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "mkv": "video/x-matroska",
    "webm": "video/webm",
    "avi": "video/x-msvideo",
    "ts": "video/mp2t",
}
SOUNDS = {
    "mp3": "audio/mpeg",
    "wav": "audio/x-wav",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
}
Make = Callable[..., Path]


@pytest.mark.parametrize(("make", "mime"), PICTURES.items(), ids=PICTURES.values())
async def test_an_image_is_known_by_its_content(make: Make, mime: str, prober: Prober, tmp_path: Path) -> None:
    probed = await prober.probe(make(tmp_path, 80, 60), "holiday.mp3")

    assert (probed.mime, probed.type) == (mime, "image")
    assert probed.meta["width"] == 80
    assert probed.meta["height"] == 60
    assert probed.meta["aspect_ratio"] == "1.333"
    assert probed.meta["frame_count"] == 1
    assert probed.meta["colorspace"] == "RGB"
    assert probed.meta["has_clipping_path"] is False
    assert isinstance(probed.meta["has_transparency"], bool)
    assert probed.meta["average_color"].startswith("#")
    assert probed.meta["date_file_modified"].endswith(" GMT")


@pytest.mark.parametrize(("make", "mime"), OTHERS.items(), ids=OTHERS.values())
async def test_other_files_have_a_media_type_and_no_type(make: Make, mime: str, prober: Prober, tmp_path: Path) -> None:
    path = make(tmp_path)

    probed = await prober.probe(path, path.name)

    assert (probed.mime, probed.type) == (mime, None)


@pytest.mark.parametrize(("ending", "mime"), VIDEOS.items(), ids=VIDEOS)
async def test_a_video_tells_its_picture_and_its_sound(ending: str, mime: str, prober: Prober, tmp_path: Path) -> None:
    probed = await prober.probe(samples.video(tmp_path, ending), "clip.bin")

    assert (probed.mime, probed.type) == (mime, "video")
    assert (probed.meta["width"], probed.meta["height"]) == (160, 120)
    assert probed.meta["duration"] == pytest.approx(2, abs=0.15)
    assert probed.meta["framerate"] == 10
    assert probed.meta["audio_channels"] == 1
    assert probed.meta["seekable"] is True
    assert probed.meta["overall_bitrate"] > 100_000


@pytest.mark.parametrize(("ending", "mime"), SOUNDS.items(), ids=SOUNDS)
async def test_a_recording_tells_its_length_and_its_rate(
    ending: str, mime: str, prober: Prober, tmp_path: Path
) -> None:
    probed = await prober.probe(samples.sound(tmp_path, ending, channels=2), "tone")

    assert (probed.mime, probed.type) == (mime, "audio")
    assert probed.meta["duration"] == pytest.approx(2, abs=0.1)
    assert probed.meta["audio_samplerate"] in {44100, 48000}
    assert probed.meta["audio_channels"] == 2
    assert probed.meta["has_artwork"] is False


@pytest.mark.parametrize(
    ("ending", "mime"),
    [("webm", "audio/webm"), ("mp4", "audio/mp4"), ("mkv", "audio/x-matroska"), ("ts", "video/mp2t")],
)
async def test_a_video_container_without_pictures_is_audio(
    ending: str, mime: str, prober: Prober, tmp_path: Path
) -> None:
    probed = await prober.probe(samples.sound(tmp_path, ending), f"voice.{ending}")

    typed = await prober.probe(tmp_path / f"sound.{ending}", f"voice.{ending}", False)

    assert (probed.mime, probed.type) == (mime, "audio")
    assert (typed.mime, typed.type) == (mime, "audio")


async def test_without_metadata_only_the_type_is_told(prober: Prober, tmp_path: Path) -> None:
    probed = await prober.probe(samples.jpeg(tmp_path), "picture.jpg", False)

    assert (probed.mime, probed.type, probed.meta) == ("image/jpeg", "image", {})


async def test_costly_keys_come_when_they_are_asked_for(prober: Prober, tmp_path: Path) -> None:
    path = samples.jpeg(tmp_path)

    plain = await prober.probe(path, path.name, {})
    more = await prober.probe(path, path.name, {"blurhash": True, "dominant_colors": True, "thumbhash": False})

    assert more.meta.keys() - plain.meta.keys() == {"blurhash", "dominant_colors"}
    assert 1 <= len(more.meta["dominant_colors"]) <= 10


async def test_a_glance_at_a_large_image_leaves_out_what_takes_decoding(prober: Prober, tmp_path: Path) -> None:
    path = samples.png(tmp_path, 1100, 1000, alpha=True)
    whole = await prober.probe(path, path.name, ["blurhash"])

    glanced = await prober.glance(path, path.name, ["blurhash"])
    completed = await prober.complete(path, glanced, ["blurhash"])

    assert (glanced.whole, glanced.meta["width"]) == (False, 1100)
    assert whole.meta.keys() - glanced.meta.keys() == {"average_color", "has_transparency", "blurhash"}
    assert completed == whole
    assert list(completed.meta) == list(whole.meta)


@pytest.mark.parametrize("make", [samples.png, samples.mp4, samples.pdf])
async def test_a_glance_at_anything_else_tells_all(make: Make, prober: Prober, tmp_path: Path) -> None:
    path = make(tmp_path)

    assert await prober.glance(path, path.name) == await prober.probe(path, path.name)


async def test_damage_that_only_pixels_show_is_found_when_they_are_looked_at(prober: Prober, tmp_path: Path) -> None:
    path = samples.bmp(tmp_path, 1100, 1000)
    path.write_bytes(path.read_bytes()[:-900])
    glanced = await prober.glance(path, path.name)

    with pytest.raises(Unreadable, match="BMP image is damaged") as caught:
        await prober.complete(path, glanced, True)

    assert caught.value.probed.whole
    assert caught.value.probed.meta == glanced.meta


async def test_volume_and_interlacing_are_measured_on_wish(prober: Prober, tmp_path: Path) -> None:
    sound = await prober.probe(samples.sound(tmp_path, "wav"), "tone.wav", ["mean_volume"])
    video = await prober.probe(samples.mp4(tmp_path), "clip.mp4", ["interlaced"])

    assert sound.meta["mean_volume"] == pytest.approx(-21.1, abs=0.2)
    assert video.meta["interlaced"] is False
    assert video.meta["interlace_detection"]["sampled_frames"] == 20


async def test_a_damaged_image_is_refused_with_what_is_known_of_it(prober: Prober, tmp_path: Path) -> None:
    path = tmp_path / "broken"
    path.write_bytes(samples.png(tmp_path).read_bytes()[:20])

    with pytest.raises(Unreadable, match="PNG image is damaged") as caught:
        await prober.probe(path, "broken.png")

    assert caught.value.code == "FILE_META_DATA_ERROR"
    assert (caught.value.probed.mime, caught.value.probed.type) == ("image/png", "image")


async def test_a_video_that_ends_early_is_refused(prober: Prober, tmp_path: Path) -> None:
    path = tmp_path / "broken"
    path.write_bytes(samples.mp4(tmp_path, args=("-movflags", "-faststart")).read_bytes()[:9000])

    with pytest.raises(Unreadable, match="ends early") as caught:
        await prober.probe(path, "broken.mp4")

    assert caught.value.probed.type == "video"


@pytest.mark.parametrize("content", [bytes(range(256)) * 40, b"\0" * 5000], ids=["bytes", "zeros"])
async def test_bytes_without_meaning_are_no_error(content: bytes, prober: Prober, tmp_path: Path) -> None:
    path = tmp_path / "thing"
    path.write_bytes(content)

    probed = await prober.probe(path, "thing.jpg")

    assert (probed.mime, probed.type) == ("application/octet-stream", None)


@pytest.mark.parametrize(("name", "kind"), [("a.jpg", "image"), ("a.mp4", "video"), ("a.mp3", "audio"), ("a", None)])
async def test_an_empty_file_is_what_its_name_says(name: str, kind: str | None, prober: Prober, tmp_path: Path) -> None:
    (tmp_path / name).touch()

    assert (await prober.probe(tmp_path / name, name)).type == kind


@pytest.mark.parametrize("at", range(20, 620, 60))
async def test_a_flipped_bit_never_breaks_the_prober(at: int, prober: Prober, tmp_path: Path) -> None:
    for make in (samples.gif, samples.webp, samples.tiff, samples.mp3, samples.pdf, samples.docx):
        path = make(tmp_path)
        content = bytearray(path.read_bytes())
        content[at % len(content)] ^= 0xFF
        path.write_bytes(content)

        try:
            probed = await prober.probe(path, path.name)
        except RobotError as error:
            assert error.code == "FILE_META_DATA_ERROR"  # noqa: PT017  either answer is right
        else:
            assert probed.mime


async def test_pixels_beyond_the_cap_are_not_decoded(prober: Prober, tmp_path: Path) -> None:
    modest = Prober(prober.images, prober.ffprobe, max_pixels=1000)

    probed = await modest.probe(samples.png(tmp_path), "large.png")

    assert probed.meta["width"] == 400
    assert "average_color" not in probed.meta
