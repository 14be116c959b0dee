"""An image tells its shape, its colours, and what was noted in it."""

import time
from pathlib import Path

import pytest
import pyvips
from PIL import Image

from robots.probe.image import read
from tests import samples

MAX = 200_000_000


def test_a_photo_on_its_side_has_the_size_of_the_upright_picture(tmp_path: Path) -> None:
    meta = read(samples.jpeg(tmp_path, 400, 300, orientation=6), "image/jpeg", (), MAX)

    assert (meta["width"], meta["height"], meta["orientation"]) == (300, 400, 6)
    assert meta["aspect_ratio"] == "0.750"


def test_a_photo_tells_what_the_camera_noted(tmp_path: Path) -> None:
    meta = read(samples.jpeg(tmp_path, exif=samples.camera()), "image/jpeg", (), MAX)

    assert meta["device_name"] == "iPhone 3GS"
    assert meta["exposure_time"] == "1/30"


@pytest.mark.parametrize("frames", [1, 3])
def test_frames_are_counted(frames: int, tmp_path: Path) -> None:
    assert read(samples.gif(tmp_path, frames=frames), "image/gif", (), MAX)["frame_count"] == frames
    assert read(samples.webp(tmp_path, frames=frames), "image/webp", (), MAX)["frame_count"] == frames


@pytest.mark.parametrize(("mode", "colorspace"), [("RGB", "RGB"), ("L", "Gray"), ("CMYK", "CMYK")])
def test_the_colorspace_is_named(mode: str, colorspace: str, tmp_path: Path) -> None:
    meta = read(samples.jpeg(tmp_path, mode=mode), "image/jpeg", (), MAX)

    assert meta["colorspace"] == colorspace
    assert len(meta["average_color"]) == 7


def test_transparency_is_found_in_a_single_pixel(tmp_path: Path) -> None:
    image = Image.new("RGBA", (900, 900), "#336699ff")
    image.save(tmp_path / "opaque.png")
    image.putpixel((450, 450), (0, 0, 0, 254))
    image.save(tmp_path / "holed.png")

    opaque, holed = (read(tmp_path / name, "image/png", (), MAX) for name in ("opaque.png", "holed.png"))

    assert opaque["has_transparency"] is False
    assert holed["has_transparency"] is True
    assert opaque["average_color"] == "#336699"


def test_a_drawing_tells_its_own_coordinates(tmp_path: Path) -> None:
    path = tmp_path / "drawing.svg"
    path.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="50" height="40" viewBox="0 0,12.5 10"/>')

    meta = read(path, "image/svg+xml", (), MAX)

    assert (meta["width"], meta["height"]) == (50, 40)
    assert (meta["svgViewBoxWidth"], meta["svgViewBoxHeight"]) == (12.5, 10)


def test_a_drawing_cannot_show_other_files(tmp_path: Path) -> None:
    Image.new("RGB", (120, 90), "#0000ff").save(tmp_path / "secret.png")
    places = [f"file://{tmp_path}/secret.png", "secret.png", f"{tmp_path}/secret.png"]
    body = "".join(f'<image href="{place}" width="120" height="90"/>' for place in places)

    drawing = samples.svg(tmp_path, body=body)

    naive = pyvips.Image.svgload(str(drawing))
    meta = read(drawing, "image/svg+xml", (), MAX)

    assert naive(2, 2)[:3] == [0, 0, 255], "the secret would be seen without care"
    assert meta["average_color"] == "#ff0000"


def test_a_large_photo_is_read_quickly(tmp_path: Path) -> None:
    path = samples.jpeg(tmp_path, 4000, 3000)
    read(path, "image/jpeg", (), MAX)

    begun = time.process_time()
    meta = read(path, "image/jpeg", (), MAX)

    assert time.process_time() - begun < 0.2
    assert meta["width"] == 4000


def test_the_impression_of_a_photo_is_upright(tmp_path: Path) -> None:
    wanted = ("blurhash", "thumbhash")
    upright = samples.picture(400, 300).transpose(Image.Transpose.ROTATE_270)
    upright.save(tmp_path / "upright.png")

    meta = read(samples.jpeg(tmp_path, 400, 300, orientation=6, quality=95), "image/jpeg", wanted, MAX)
    same = read(tmp_path / "upright.png", "image/png", wanted, MAX)

    assert meta["blurhash"][6:12] == same["blurhash"][6:12]


def test_images_of_rare_kinds_have_a_type_and_no_metadata(tmp_path: Path) -> None:
    assert read(tmp_path / "x.fits", "image/fits", (), MAX) == {}
