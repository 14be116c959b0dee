"""/image/facedetect finds faces, says where they are, and cuts them out."""

from __future__ import annotations

from base64 import b64decode
from io import BytesIO
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from PIL import ImageDraw, ImageFilter

from robots.base.errors import BadInput
from robots.base.file import File
from robots.image.facedetect import ImageFacedetectRobot
from tests import samples
from tests.robots.image.resized import opened
from tests.robots.workspace import Bench, file_at, run

pytestmark = pytest.mark.asyncio(loop_scope="session")
SKIN, HAIR, WHITE, LIPS = (224, 172, 140), (60, 40, 30), (245, 245, 245), (170, 70, 70)
BOX = (40, 62, 157, 178)  # where the drawn face is, from brow to chin


def portrait() -> PIL.Image.Image:
    """A face of 200 x 200 pixels, drawn."""
    image = PIL.Image.new("RGB", (200, 200), (110, 130, 150))
    draw = ImageDraw.Draw(image)
    draw.ellipse((45, 20, 155, 175), fill=HAIR)
    draw.ellipse((55, 40, 145, 180), fill=SKIN)
    for x in (80, 120):
        draw.line((x - 13, 85, x + 13, 83), fill=HAIR, width=4)
        draw.ellipse((x - 11, 92, x + 11, 104), fill=WHITE)
        draw.ellipse((x - 5, 93, x + 5, 103), fill=HAIR)
    draw.polygon((100, 100, 91, 130, 109, 130), fill=(200, 145, 115))
    draw.ellipse((80, 143, 120, 157), fill=LIPS)
    draw.line((80, 150, 120, 150), fill=(110, 40, 40), width=2)
    return image.filter(ImageFilter.GaussianBlur(1))


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
    (tmp_path / "person.jpg").write_bytes(b64decode(PERSON))

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
    scene.paste(PIL.Image.open(BytesIO(b64decode(PERSON))).resize((144, 200)), (500, 300))
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


async def test_any_provider_is_taken(bench: Bench, tmp_path: Path) -> None:
    (file,) = await found(bench, group(tmp_path, 200), provider="aws")

    assert len(file.meta["faces"]) == 1


async def test_what_is_no_image_is_refused(bench: Bench, tmp_path: Path) -> None:
    source = samples.jpeg(tmp_path)
    source.write_bytes(source.read_bytes()[:300])

    with pytest.raises(BadInput, match=r"early|damaged"):
        await found(bench, source)


# A portrait of NASA's astronaut Eileen Collins, 72 x 100 pixels, in the public domain.
PERSON = """
/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2
P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2P/wAARCABkAEgDASIAAhEBAxEB
/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2
JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5
usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBA
QAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0
dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAx
EAPwDoQlB478VG0ojQuxwoGSaw77VmeUKuQnYdzUNpF2Jtc1xbAJHEymRzjd1Ciq0W65IYq0jHn52yD+FV762ju2imlZAEGStWIJIQF2FlU9hjFZSdykjY
icJCFfap7DtWZcuPN3wyDf6o3+FTuzvFhWRl9wRn8qqvFEmWaMJkfwjAqLjLFrq8yssd0u4Hjd3rYjdJUDxsGU9xXEyXccF025t2eOD1FaugX5i1FrOVuJ
OV56H/AOvWkJvZktHRiinlSDRWpJi6y7JYEjONwzj0rHKI0TXBP3RkitrWSY9MlbAOMHn61yj3IlgMcZwO9Yz3Lia9qXnszMYQwJx06UwR7WLIrAHnArW0
QraaXF5siRgjJZ/etC1urKZ8RmGVemU/wqbXLMP7UkUfK8Y5plxqkcduUJDRntXS3UFksZ82JMH1rn9S0myu4ibddrgdFkGfyosKxzLeW9wzOXwDxgZqzB
J5F3BcsQTG4OPXmqF0j2MqqXYhuvYipNwcbHDZzxgd6drEnpwYEZHSiq8XyW0SMcsEAP1xRW5JDNAlzA8MgyjjBrjL3R7qzv8AYRujJ+VgOoru0XmnyQiQ
YZQfrSlG6BOxXtLSKW3iDqCVGR7Ui6dBageUoVQSQo7E0sU8kCtsQkqTgChfNkBbcrux5G7ge1ZeRsiK9AluYlflfSqtxosO6WWL5XkYMT6Y9PSn6gZi64
gKbf4ianS7zanfjcByRSCxx3iWBEkiwec4qXQrOW91KB0/1MIDSntkdBV+XR5NZlUgsqK3LY4FdLZ2UFhbrBboFRfzJ9TVxVzOQjJzRU+PWirJM681qzsB
l3B/HArHm8cwKcRxBh9DXGf6TqV38xZ3bknso9fYVHLGkUjJvLY7gYq7knpuh6kmo24uAm0Ox4/GrywRJOz+WmH5bjqfWsDwbGJ9CCq2GR2x7GtsX0Vv8l
18jDuehrne5tF6FfUEjmXYsWMnBIY5ptx5VtYJBGoHHQdqbeanahT5Lh2PQLzVG3uA95C9w21A4PNG7KbN/Tojb2aIww5+Zvqanpy4ZQ6MGU9CO9J0NbGA
hUUUrdKKBnDajYro2jLFEpa5nIMjY+Yj/CuSZSWLMepr0fyYNUjUzOyuBtVgfu/5NcVqukz2NxIJQAFbseGHqPamSQ6dql3p0rNaTNET1A5B/CtX/hLdQY
YmW3lH+1H/AIVzhOXp9JpDub3/AAksfzE2CKx7xtgVm6hq816oTasaA5wvXP1qh3pp60KKQm2dX4a8US28i29029GOASev/wBf3rvopEniWWJtyN3rxxIm
kjLKPmX9a7XwjrLBRHM3y5Cvnt6N/Q1Q0dkE4opc0UgOBsbtnBUZkGMEH+Mev1pdXjE2koIIzMIlPzbvujgdPasu4gltrh2iLA53BO2PY+1SwasSwcsI5u
5Ayr/7w/rSTui5Ra3MAIQ+CORTm4rorOz0u+nVbib7Llsk9QR6A/41b1Xw8kMYFjPE8T/3xyB68daZnsccTzSV0H/CLXsUHmyRb1IyCjc/kaoX2lzWqKzQ
TL670wPzpiJ7PT5IwhZwHlHCj+E9Rn9Kv2VsY7gSpwkisGHoQM/4VYsoYRFGyKVVQGJY5JNLHdRiwZgeGkZlP+zgL/Q0dSkdhpd2t1ZRNuBkC4Yd8jiiuc
053W2RslWPI9RRWDrJOx1LDNpNMYIUmdoJBlDn6j3rmb+JY2mK5BjfAI7/AFoorPD9TfFrRMqWsjK+AeD1rUimliUtHK6YHQHj8qKK6PtHHb3DQs9Xu5tq
SMpA6dRWnc3cs1qRJhh70UVZiY0rtLujY4Q9QOM/Ws+5lYzrFwEHYewoopPY0hub2ksTbREnJ680UUVwPc9VbH//2Q==
"""
