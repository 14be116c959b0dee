"""/image/optimize gives smaller files that look the same, and says what it could not keep."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
import pyvips

from robots.base.errors import BadInput
from robots.base.file import File
from robots.image.optimize import ImageOptimizeRobot
from robots.probe import image
from robots.tools.programs import Programs
from robots.tools.slimmers.gif import Gifsicle
from robots.tools.slimmers.png import effort
from robots.tools.slimmers.wish import Wish
from robots.tools.vips import Images
from tests import samples
from tests.robots.image.resized import drawn, opened, wide_profile
from tests.robots.workspace import Bench, file_at, run

pytestmark = pytest.mark.asyncio(loop_scope="session")
THOROUGH = {"priority": "compression-ratio"}


@pytest.fixture
def bench(tmp_path: Path, images: Images) -> Bench:
    return Bench(tmp_path, images, Gifsicle(Programs()))


async def slimmed(bench: Bench, path: Path, **params: Any) -> File:
    (result,) = await run(ImageOptimizeRobot, params, [file_at(path, type="image")], bench)
    return result


def weight(path: Path) -> int:
    return path.stat().st_size


def pixels(path: Path) -> list[bytes]:
    """Every frame."""
    image, frames = opened(path), []
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        frames.append(image.convert("RGBA").tobytes())
    return frames


def noisy(folder: Path, name: str, **how: Any) -> Path:
    """A file that its writer took no trouble over."""
    samples.picture(120, 90).save(folder / name, **how)
    return folder / name


def wasteful_gif(folder: Path, **how: Any) -> Path:
    """Frames that repeat what was there before."""
    frames = [samples.picture(60, 40).quantize(64) for _ in range(3)]
    for number, frame in enumerate(frames):
        frame.paste(0, (number * 10, 0, number * 10 + 10, 10))
    how = {"save_all": True, "append_images": frames[1:], "duration": [50, 120, 200], "loop": 2, **how}
    frames[0].save(folder / "a.gif", optimize=False, disposal=0, **how)
    return folder / "a.gif"


@pytest.mark.parametrize("priority", ["conversion-speed", "compression-ratio"])
@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("a.jpg", {"quality": 90}),
        ("a.png", {"compress_level": 1}),
        ("a.webp", {"lossless": True, "quality": 0, "method": 0}),
    ],
)
async def test_files_get_smaller_and_keep_every_pixel(
    bench: Bench, tmp_path: Path, name: str, how: Any, priority: str
) -> None:
    source = noisy(tmp_path, name, **how)

    made = await slimmed(bench, source, priority=priority)

    assert weight(made.bytes) < weight(source)
    assert made.name == name
    assert pixels(made.bytes) == pixels(source)
    assert bench.warnings == []


async def test_who_has_time_gets_the_smallest_file(bench: Bench, tmp_path: Path) -> None:
    source = samples.png(tmp_path)

    quick, small = await slimmed(bench, source), await slimmed(bench, source, **THOROUGH)

    assert weight(small.bytes) < weight(quick.bytes)


@pytest.mark.parametrize(("side", "thorough", "quick"), [(100, 4, 1), (3000, 2, 1), (6000, 1, 1), (9000, 0, 0)])
async def test_large_images_are_not_tried_harder_than_there_is_time_for(side: int, thorough: int, quick: int) -> None:
    image = pyvips.Image.black(side, side)

    assert (effort(image, Wish(quick=False)), effort(image, Wish(quick=True))) == (thorough, quick)


async def test_an_animated_gif_keeps_frames_times_and_pixels(bench: Bench, tmp_path: Path) -> None:
    source = wasteful_gif(tmp_path)

    made = await slimmed(bench, source, **THOROUGH)

    image = opened(made.bytes)
    assert weight(made.bytes) <= weight(source)
    assert pixels(made.bytes) == pixels(source)
    assert (image.info["loop"], image.info["duration"]) == (2, 50)


async def test_an_animated_png_keeps_its_frames(bench: Bench, tmp_path: Path) -> None:
    first, *rest = samples.picture_row(60, 40, 3)
    source = tmp_path / "a.png"
    first.save(source, save_all=True, append_images=rest, duration=70, compress_level=0)

    made = await slimmed(bench, source, lossy=True)

    assert weight(made.bytes) < weight(source)
    assert pixels(made.bytes) == pixels(source)


async def test_an_animated_webp_keeps_its_frames(bench: Bench, tmp_path: Path) -> None:
    first, *rest = samples.picture_row(60, 40, 3)
    source = tmp_path / "a.webp"
    first.save(source, save_all=True, append_images=rest, duration=70, lossless=True, quality=0, method=0)

    made = await slimmed(bench, source)

    assert weight(made.bytes) < weight(source)
    assert pixels(made.bytes) == pixels(source)
    assert opened(made.bytes).info.get("duration", 70) == 70


async def test_a_drawing_gets_shorter_and_still_draws(bench: Bench, tmp_path: Path) -> None:
    source = samples.svg(tmp_path, body='<!-- by hand -->\n  <g>\n <rect width="10.00001" height="9" /></g>')

    kept, stripped = await slimmed(bench, source), await slimmed(bench, source, preserve_meta_data=False)

    assert weight(stripped.bytes) < weight(kept.bytes) < weight(source)
    assert b"by hand" in kept.bytes.read_bytes()
    assert b"by hand" not in stripped.bytes.read_bytes()


async def test_a_drawing_with_entities_is_left_alone(bench: Bench, tmp_path: Path) -> None:
    source = tmp_path / "a.svg"
    source.write_text(
        '<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg xmlns="http://www.w3.org/2000/svg"><text>&a;</text></svg>'
    )

    made = await slimmed(bench, source)

    assert made.bytes == source
    assert "entities" in bench.warnings[0]


async def test_what_cannot_get_smaller_is_passed_on(bench: Bench, tmp_path: Path) -> None:
    source = noisy(tmp_path, "a.jpg", quality=90)
    once = await slimmed(bench, source)

    twice = await slimmed(bench, once.bytes)

    assert twice.bytes == once.bytes


@pytest.mark.parametrize("sample", [samples.heic, samples.avif, samples.tiff, samples.bmp, samples.jxl])
async def test_other_images_pass_through(bench: Bench, tmp_path: Path, sample: Any) -> None:
    source = sample(tmp_path)

    assert (await slimmed(bench, source)).bytes == source


@pytest.mark.parametrize("sample", [samples.jpeg, samples.png, samples.gif])
async def test_progressive_images_show_coarse_first(bench: Bench, tmp_path: Path, sample: Any) -> None:
    made = await slimmed(bench, sample(tmp_path), progressive=True)

    assert pyvips.Image.new_from_file(str(made.bytes)).get("interlaced") == 1


async def test_more_bytes_for_a_coarse_start_are_told(bench: Bench, tmp_path: Path) -> None:
    await slimmed(bench, samples.png(tmp_path), progressive=True)

    assert "takes more bytes" in bench.warnings[0]


async def test_metadata_stays_unless_it_is_to_go(bench: Bench, tmp_path: Path) -> None:
    source = samples.jpeg(tmp_path, exif=samples.camera(), icc_profile=wide_profile())

    kept, stripped = await slimmed(bench, source), await slimmed(bench, source, preserve_meta_data=False)

    assert opened(kept.bytes).getexif()[0x010F] == "Apple"
    assert dict(opened(stripped.bytes).getexif()) == {}
    assert opened(stripped.bytes).info["icc_profile"] == wide_profile()


@pytest.mark.parametrize(
    ("name", "how"), [("a.jpg", {}), ("a.png", {}), ("a.webp", {}), ("b.webp", {"lossless": True})]
)
async def test_a_stripped_photo_still_stands_upright(bench: Bench, tmp_path: Path, name: str, how: Any) -> None:
    exif = samples.camera()
    exif[0x0112] = 6
    source = drawn(tmp_path / name, exif=exif.tobytes(), **how)

    made = await slimmed(bench, source, preserve_meta_data=False)

    assert dict(opened(made.bytes).getexif()) == {0x0112: 6}
    assert weight(made.bytes) < weight(source)


async def test_the_comment_of_a_gif_goes(bench: Bench, tmp_path: Path) -> None:
    source = wasteful_gif(tmp_path, comment=b"made by Ada")

    kept, stripped = await slimmed(bench, source), await slimmed(bench, source, preserve_meta_data=False)

    assert b"made by Ada" in kept.bytes.read_bytes()
    assert b"made by Ada" not in stripped.bytes.read_bytes()
    assert pixels(stripped.bytes) == pixels(source)


async def test_a_lossy_png_has_fewer_colours_and_looks_much_the_same(bench: Bench, tmp_path: Path) -> None:
    noise = PIL.Image.effect_noise((120, 90), 60).convert("RGB")
    source = tmp_path / "a.png"
    PIL.Image.blend(noise, samples.picture(120, 90), 0.7).save(source)

    exact, lossy = await slimmed(bench, source), await slimmed(bench, source, lossy=True)

    pairs = zip(pixels(lossy.bytes)[0], pixels(source)[0], strict=True)
    assert weight(lossy.bytes) < weight(exact.bytes)
    assert len(opened(lossy.bytes).convert("RGB").getcolors() or []) <= 256
    assert sum(abs(a - b) for a, b in pairs) / (120 * 90 * 4) < 12


async def test_lossy_leaves_the_pixels_of_other_formats_alone(bench: Bench, tmp_path: Path) -> None:
    source = noisy(tmp_path, "a.jpg", quality=90)

    made = await slimmed(bench, source, lossy=True)

    assert pixels(made.bytes) == pixels(source)


@pytest.mark.parametrize("sample", [samples.jpeg, samples.png, samples.gif])
async def test_a_broken_image_is_mended_or_refused(bench: Bench, tmp_path: Path, sample: Any) -> None:
    source = sample(tmp_path)
    size = opened(source).size
    source.write_bytes(source.read_bytes()[: weight(source) // 2])

    made = await slimmed(bench, source)
    with pytest.raises(BadInput, match=r"early|damaged"):
        await slimmed(bench, source, fix_breaking_images=False)

    image = opened(made.bytes)
    image.load()
    assert image.size == size
    assert "broken" in bench.warnings[0]


async def test_what_cannot_be_mended_is_refused(bench: Bench, tmp_path: Path) -> None:
    source = samples.webp(tmp_path)
    source.write_bytes(source.read_bytes()[:100])

    with pytest.raises(BadInput, match=r"early|damaged"):
        await slimmed(bench, source)


async def test_a_photo_with_a_second_one_behind_it_is_left_alone(bench: Bench, tmp_path: Path) -> None:
    plain = samples.jpeg(tmp_path).read_bytes()
    mark = b"MPF\0II*\0" + bytes(20)
    source = tmp_path / "hdr.jpg"
    source.write_bytes(plain[:2] + b"\xff\xe2" + struct.pack(">H", len(mark) + 2) + mark + plain[2:] + plain)

    made = await slimmed(bench, source)

    assert made.bytes == source
    assert "HDR" in bench.warnings[0]


async def test_too_many_pixels_are_refused(tmp_path: Path, images: Images) -> None:
    bench = Bench(tmp_path, Images(images.pool, pixels=1000))

    with pytest.raises(BadInput, match="400 × 300"):
        await slimmed(bench, samples.png(tmp_path))


@pytest.mark.parametrize(
    ("name", "lossy", "told"), [("a.png", False, True), ("a.jpg", False, True), ("a.png", True, False)]
)
async def test_what_was_seen_of_the_pixels_is_told_of_the_same_pixels(
    bench: Bench, tmp_path: Path, name: str, lossy: bool, told: bool
) -> None:
    source, mime = noisy(tmp_path, name), "image/png" if name == "a.png" else "image/jpeg"
    seen = {key: image.see(source, mime, [])[key] for key in ("average_color", "has_transparency")}

    file = file_at(source, type="image", mime=mime, meta=seen)
    (result,) = await run(ImageOptimizeRobot, {"lossy": lossy}, [file], bench)

    assert result.bytes != source
    assert result.meta == (seen if told else {})
    assert not told or image.see(result.bytes, mime, []).items() >= seen.items()
