"""The samples are what they say."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import pypdfium2
import pytest
from PIL import Image

from tests import samples

PICTURES = [samples.jpeg, samples.png, samples.gif, samples.webp, samples.avif, samples.heic, samples.jxl, samples.bmp]


@pytest.mark.parametrize("make", PICTURES, ids=lambda make: str(make.__name__))
def test_a_picture_grows_redder_to_the_right_and_greener_downwards(make: Callable[..., Path], tmp_path: Path) -> None:
    with Image.open(make(tmp_path, 80, 60)) as image:
        picture = image.convert("RGB")

    left, right, bottom = (picture.getpixel(at) for at in ((4, 4), (75, 4), (4, 55)))

    assert picture.size == (80, 60)
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert isinstance(bottom, tuple)
    assert right[0] > left[0] + 150
    assert bottom[1] > left[1] + 150


@pytest.mark.parametrize("ending", ["mp4", "mov", "mkv", "webm", "avi", "ts"])
def test_a_video_can_be_decoded(ending: str, tmp_path: Path) -> None:
    made = samples.video(tmp_path, ending, seconds=0.5)

    decoded = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(made), "-f", "null", "-"]

    assert subprocess.run(decoded, check=True, capture_output=True).stderr == b""


def test_a_paper_has_its_pages_and_its_text(tmp_path: Path) -> None:
    document = pypdfium2.PdfDocument(samples.pdf(tmp_path, pages=2, text="Hello (World)"))

    text = document[1].get_textpage().get_text_range()

    assert len(document) == 2
    assert text.split() == ["Hello", "(World)", "Page", "2"]
    document.close()
