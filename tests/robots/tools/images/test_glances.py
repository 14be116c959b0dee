"""Of the faces of small frames it is told how large, sure, sharp and bright they are, and whether they are whole."""

from __future__ import annotations

from pathlib import Path

import PIL.Image
import pytest
from PIL import ImageEnhance, ImageFilter

from robots.base.errors import ToolFailed
from robots.tools.images.glances import look
from robots.tools.visage import Visage
from tests.faces import person


def frame(height: int = 150, place: tuple[int, int] = (100, 15)) -> PIL.Image.Image:
    image = PIL.Image.new("RGB", (320, 180), (110, 130, 150))
    image.paste(person(height), place)
    return image


def seen(folder: Path, *frames: PIL.Image.Image) -> list[list[Visage]]:
    """What is surely seen in each."""
    path = folder / "frames.rgb"
    path.write_bytes(b"".join(image.tobytes() for image in frames))
    told = look(str(path), frames[0].width, frames[0].height, range(len(frames)))
    faces = [[Visage(**face) for face in faces] for faces in told]  # type: ignore[arg-type]
    return [[face for face in found if face.confidence > 75] for found in faces]


def test_frames_are_told_by_their_numbers(tmp_path: Path) -> None:
    none, one, two = seen(tmp_path, frame(1), frame(), _pair())

    assert (len(none), len(one), len(two)) == (0, 1, 2)
    assert one[0].side == pytest.approx(62 / 180, abs=0.04)
    assert one[0].worth > 0.9


def _pair() -> PIL.Image.Image:
    image = frame(140, (180, 20))
    image.paste(person(120), (30, 30))
    return image


def test_a_blurred_face_is_less_sharp_however_large_it_is(tmp_path: Path) -> None:
    blurred = [frame(height).filter(ImageFilter.GaussianBlur(3)) for height in (130, 160)]
    [[small], [large], [soft], [softer]] = seen(tmp_path, frame(130), frame(160), *blurred)

    assert min(small.sharpness, large.sharpness) > 5
    assert max(soft.sharpness, softer.sharpness) < 3


def test_a_face_in_the_dark_has_little_contrast(tmp_path: Path) -> None:
    [[lit], [dark]] = seen(tmp_path, frame(), ImageEnhance.Brightness(frame()).enhance(0.25))

    assert lit.contrast > 45
    assert dark.contrast < 16
    assert dark.sharpness == pytest.approx(lit.sharpness, rel=0.3)


@pytest.mark.parametrize("place", [(-20, 15), (100, -42), (250, 15), (100, 100)])
def test_a_face_at_the_edge_is_cut(tmp_path: Path, place: tuple[int, int]) -> None:
    [[cut], [whole]] = seen(tmp_path, frame(160, place), frame(160))

    assert (cut.cut, whole.cut) == (True, False)


def test_frames_that_the_file_does_not_have_show_nothing(tmp_path: Path) -> None:
    path = tmp_path / "frames.rgb"
    path.write_bytes(frame().tobytes()[:-1])

    assert look(str(path), 320, 180, [0, 7]) == [[], []]
    with pytest.raises(ToolFailed, match="cannot be read"):
        look(str(tmp_path / "nothing.rgb"), 320, 180, [0])
