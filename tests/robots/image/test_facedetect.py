"""/image/facedetect finds faces, says where they are, and cuts them out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from robots.base.errors import BadInput
from robots.base.file import File
from robots.image.facedetect import ImageFacedetectRobot
from tests import samples
from tests.faces import PERSON, person, portrait
from tests.robots.image.resized import drawn, opened
from tests.robots.workspace import Bench, file_at, run

pytestmark = pytest.mark.asyncio(loop_scope="session")
BOX = (40, 62, 157, 178)  # where the drawn face is, from brow to chin


def group(folder: Path, *sizes: int, name: str = "group.png", **how: Any) -> Path:
    """Drawn faces side by side in squares of 200 pixels."""
    image = PIL.Image.new("RGB", (200 * len(sizes), 200), (110, 130, 150))
    for number, size in enumerate(sizes):
        image.paste(portrait().resize((size, size)), (200 * number, 0))
    image.save(folder / name, **how)
    return folder / name


async def found(bench: Bench, path: Path, **params: Any) -> list[File]:
    return await run(ImageFacedetectRobot, params, [file_at(path, type="image")], bench)


def box(face: Any) -> tuple[int, ...]:
    return tuple(face[side] for side in ("x1", "y1", "x2", "y2"))


def near(one: tuple[int, ...], other: tuple[int, ...], tolerance: int = 8) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(one, other, strict=True))


async def test_the_input_is_passed_on_with_its_faces_in_meta(bench: Bench, tmp_path: Path) -> None:
    source = group(tmp_path, 200)

    (file,) = await found(bench, source)

    (face,) = file.meta["faces"]
    assert file.bytes == source
    assert near(box(face), BOX)
    assert face["width"] == face["x2"] - face["x1"]
    assert face["height"] == face["y2"] - face["y1"]
    assert 70 < face["confidence"] <= 100


async def test_the_face_of_a_person_is_found(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "person.jpg").write_bytes(PERSON)

    (file,) = await found(bench, tmp_path / "person.jpg")

    (face,) = file.meta["faces"]
    assert near(box(face), (13, 19, 55, 61), 4)
    assert face["confidence"] > 90


@pytest.mark.parametrize("sample", [samples.jpeg, samples.png, samples.svg])
async def test_without_faces_the_list_is_empty_and_nothing_is_cut(bench: Bench, tmp_path: Path, sample: Any) -> None:
    (file,) = await found(bench, sample(tmp_path))

    assert file.meta["faces"] == []
    assert await found(bench, file.bytes, crop=True) == []


async def test_a_face_that_is_small_in_its_picture_is_found(bench: Bench, tmp_path: Path) -> None:
    scene = samples.picture(1200, 800)
    scene.paste(person(200), (500, 300))
    scene.save(tmp_path / "scene.jpg", quality=90)

    (file,) = await found(bench, tmp_path / "scene.jpg")

    (face,) = file.meta["faces"]
    assert near(box(face), (526, 338, 610, 422), 16)


async def test_places_are_those_of_the_upright_image(bench: Bench, tmp_path: Path) -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    portrait().transpose(PIL.Image.Transpose.ROTATE_90).save(tmp_path / "lying.jpg", exif=exif, quality=95)

    (file,) = await found(bench, tmp_path / "lying.jpg")
    (cut,) = await found(bench, tmp_path / "lying.jpg", crop=True)

    assert near(box(file.meta["faces"][0]), BOX)
    assert opened(cut.bytes).getexif().get(0x0112, 1) == 1


async def test_each_face_becomes_an_image(bench: Bench, tmp_path: Path) -> None:
    results = await found(bench, group(tmp_path, 200, 160), crop=True)

    assert [file.name for file in results] == ["group.png", "group.png"]
    for file in results:
        (face,) = file.meta["faces"]
        image = opened(file.bytes)
        assert image.size == (file.meta["width"], file.meta["height"]) == (face["width"], face["height"])
        assert image.width == face["x2"] - face["x1"] + 10


@pytest.mark.parametrize(("padding", "more"), [("0px", 0), ("12px", 12), ("10%", 11.5)])
async def test_a_crop_padding_goes_round_the_face(bench: Bench, tmp_path: Path, padding: str, more: float) -> None:
    (file,) = await found(bench, group(tmp_path, 200), crop=True, crop_padding=padding)

    (face,) = file.meta["faces"]
    assert abs(file.meta["width"] - (face["x2"] - face["x1"]) - 2 * more) <= 2


async def test_a_crop_ends_where_the_image_does(bench: Bench, tmp_path: Path) -> None:
    (file,) = await found(bench, group(tmp_path, 200), crop=True, crop_padding="500px")

    assert opened(file.bytes).size == (200, 200)


@pytest.mark.parametrize(
    ("wanted", "name", "form"),
    [("jpg", "group.jpg", "JPEG"), ("png", "group.png", "PNG"), ("tiff", "group.tiff", "TIFF")],
)
async def test_crops_are_written_in_the_format_asked_for(
    bench: Bench, tmp_path: Path, wanted: str, name: str, form: str
) -> None:
    (file,) = await found(bench, group(tmp_path, 200), crop=True, format=wanted)

    assert (file.name, opened(file.bytes).format) == (name, form)


async def test_a_crop_keeps_the_format_of_the_input(bench: Bench, tmp_path: Path) -> None:
    (file,) = await found(bench, group(tmp_path, 200, name="group.webp"), crop=True, format="preserve")

    assert (file.name, opened(file.bytes).format) == ("group.webp", "WEBP")


@pytest.mark.parametrize(("which", "left"), [("max-size", 200), (0, 0), ("1", 200)])
async def test_one_face_can_be_chosen(bench: Bench, tmp_path: Path, which: Any, left: int) -> None:
    (file,) = await found(bench, group(tmp_path, 120, 200), faces=which)

    (face,) = file.meta["faces"]
    assert left <= face["x1"] < left + 200


async def test_the_surest_face_can_be_chosen(bench: Bench, tmp_path: Path) -> None:
    source = group(tmp_path, 120, 200)

    (every,), (one,) = await found(bench, source), await found(bench, source, faces="max-confidence")

    assert one.meta["faces"] == [max(every.meta["faces"], key=lambda face: face["confidence"])]


@pytest.mark.parametrize("crop", [True, False])
async def test_a_number_beyond_the_last_face_gives_nothing(bench: Bench, tmp_path: Path, crop: bool) -> None:
    assert await found(bench, group(tmp_path, 200), faces=7, crop=crop) == []


async def test_a_group_is_one_rectangle_round_all(bench: Bench, tmp_path: Path) -> None:
    source = group(tmp_path, 200, 160)

    (every,), (one,) = await found(bench, source), await found(bench, source, faces="group")
    (cut,) = await found(bench, source, faces="group", crop=True, crop_padding="0px")

    first, last = every.meta["faces"]
    (face,) = one.meta["faces"]
    assert (face["x1"], face["x2"]) == (first["x1"], last["x2"])
    assert opened(cut.bytes).width == face["x2"] - face["x1"]


async def test_unsure_faces_are_left_out(bench: Bench, tmp_path: Path) -> None:
    (file,) = await found(bench, group(tmp_path, 200), min_confidence=99)

    assert file.meta["faces"] == []


@pytest.mark.parametrize("size", [(1, 1), (60, 20)])
async def test_even_what_is_hardly_a_face_lies_within_the_picture(
    bench: Bench, tmp_path: Path, size: tuple[int, int]
) -> None:
    source = drawn(tmp_path / "small.png", size=size)

    (file,) = await found(bench, source, min_confidence=0)
    cuts = await found(bench, source, min_confidence=0, crop=True, crop_padding="0px")

    assert all(face["width"] > 0 and face["height"] > 0 for face in file.meta["faces"])
    assert len(cuts) == len(file.meta["faces"])


async def test_any_provider_is_taken(bench: Bench, tmp_path: Path) -> None:
    (file,) = await found(bench, group(tmp_path, 200), provider="aws")

    assert len(file.meta["faces"]) == 1


async def test_what_is_no_image_is_refused(bench: Bench, tmp_path: Path) -> None:
    source = samples.jpeg(tmp_path)
    source.write_bytes(source.read_bytes()[:300])

    with pytest.raises(BadInput, match=r"early|damaged"):
        await found(bench, source)
