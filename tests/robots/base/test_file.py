"""A file that flows keeps its origin, whatever is made of it."""

from pathlib import Path

import pytest

from robots.base.file import File, extension, imported

PHOTO = File(
    id="1",
    name="Holiday.Photo.JPG",
    size=10,
    mime="image/jpeg",
    type="image",
    md5hash="abc",
    original_id="1",
    original_name="Holiday.Photo.JPG",
    meta={"width": 4},
    user_meta={"album": "sea"},
)


@pytest.mark.parametrize(
    ("file", "basename", "ext"),
    [
        (PHOTO, "Holiday.Photo", "jpg"),
        (File(id="1", name="file1", mime="image/svg+xml"), "file1", "svg"),
        (File(id="1", name="no-idea"), "no-idea", ""),
        (File(id="1", name=".profile", mime="text/plain"), ".profile", "txt"),
    ],
)
def test_the_ending_is_told_by_the_name_or_else_by_the_type(file: File, basename: str, ext: str) -> None:
    assert (file.basename, file.ext) == (basename, ext)


def test_what_is_made_of_a_file_keeps_its_name_and_its_origin(tmp_path: Path) -> None:
    made = PHOTO.made(tmp_path / "out", "webp", height=3)

    assert (made.name, made.original_name, made.original_id) == ("Holiday.Photo.webp", "Holiday.Photo.JPG", "1")
    assert made.user_meta == {"album": "sea"}
    assert made.bytes == tmp_path / "out"


def test_what_was_known_of_the_old_bytes_is_not_said_of_the_new(tmp_path: Path) -> None:
    made = PHOTO.made(tmp_path / "out", height=3)

    assert (made.name, made.size, made.mime, made.md5hash, made.meta) == (PHOTO.name, 0, None, None, {"height": 3})


def test_more_can_be_said_of_the_same_bytes() -> None:
    assert PHOTO.with_meta(height=3).meta == {"width": 4, "height": 3}
    assert PHOTO.meta == {"width": 4}


def test_bytes_that_are_not_at_hand_are_asked_for_in_vain() -> None:
    with pytest.raises(ValueError, match="not at hand"):
        _ = PHOTO.bytes


def test_an_imported_file_is_its_own_origin(tmp_path: Path) -> None:
    file = imported(tmp_path / "x", "cat.png", "/pets/", "https://example.com/cat.png")

    assert (file.name, file.original_name, file.original_path) == ("cat.png", "cat.png", "/pets/")
    assert file.import_url == "https://example.com/cat.png"


@pytest.mark.parametrize(
    ("mime", "ext"),
    [("image/jpeg", "jpg"), ("audio/mpeg", "mp3"), ("application/vnd.apple.mpegurl", "m3u8"), ("x/y", ""), (None, "")],
)
def test_a_type_has_the_ending_that_people_write(mime: str | None, ext: str) -> None:
    assert extension(mime) == ext
