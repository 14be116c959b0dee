"""Types are told by content; a name only chooses between kinds of text."""

from pathlib import Path

import pytest
from PIL import Image

from robots.probe.mime import library, sniff
from tests import samples


def written(folder: Path, content: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "mime"),
    [
        ("table.csv", "text/csv"),
        ("words.srt", "application/x-subrip"),
        ("words.vtt", "text/vtt"),
        ("words.uu", "text/x-uuencode"),
        ("words.mtree", "text/x-mtree"),
        ("words.html", "text/html"),
        ("words.HTM", "text/html"),
        ("words.xhtml", "application/xhtml+xml"),
        ("words.txt", "text/plain"),
        ("words.jpg", "text/plain"),
        ("words", "text/plain"),
        ("words.json", "text/plain"),
    ],
)
def test_a_name_chooses_between_kinds_of_text(name: str, mime: str, tmp_path: Path) -> None:
    assert sniff(samples.txt(tmp_path), name) == mime


@pytest.mark.parametrize("name", ["picture.txt", "picture.srt", "picture.csv"])
def test_a_name_never_makes_text_of_an_image(name: str, tmp_path: Path) -> None:
    assert sniff(samples.png(tmp_path), name) == "image/png"


def test_a_page_is_one_whatever_it_is_called(tmp_path: Path) -> None:
    assert sniff(written(tmp_path, b"<!DOCTYPE html><p>Hi"), "page.txt") == "text/html"


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (b"#EXTM3U\n#EXT-X-VERSION:3\n", "application/vnd.apple.mpegurl"),
        (
            b'<?xml version="1.0"?>\n<!-- by hand --><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"/>',
            "application/dash+xml",
        ),
        (b'{"name": "Ada", "age": 36}', "application/json"),
        (b"<!DOCTYPE html><html><body>Hi</body></html>", "text/html"),
        (b"\xef\xbb\xbfWEBVTT\n\n00:00.000 --> 00:01.000\nHi\n", "text/vtt"),
        (b"1\r\n00:00:01,000 --> 00:00:02,000\r\nHi\r\n", "application/x-subrip"),
        (b'<?xml version="1.0"?><!-- by hand --><!DOCTYPE svg [ <!ENTITY a "b"> ]>\n<svg width="1"/>', "image/svg+xml"),
        (b"PK\5\6" + bytes(18), "application/zip"),
    ],
)
def test_text_formats_are_known_by_their_first_words(content: bytes, mime: str, tmp_path: Path) -> None:
    assert sniff(written(tmp_path, content), "file.bin") == mime


@pytest.mark.parametrize("box", [b"styp", b"sidx", b"moof"])
def test_a_segment_is_known_by_its_first_box(box: bytes, tmp_path: Path) -> None:
    assert sniff(written(tmp_path, bytes(3) + b"\x18" + box + b"msdh" + bytes(12)), "film.mp4") == "video/iso.segment"


def test_the_last_segment_of_a_film_may_have_four_packets(tmp_path: Path) -> None:
    segment = samples.video(tmp_path, "ts", seconds=0.1).read_bytes()[: 4 * 188]

    assert sniff(written(tmp_path, segment), "segment_00001.ts") == "video/mp2t"


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_the_pictures_that_come_most_are_what_the_library_takes_them_for(form: str, tmp_path: Path) -> None:
    path = tmp_path / "picture"
    Image.new("RGB", (9, 7)).save(path, form)

    assert sniff(path, "notes.txt") == f"image/{form.lower()}"
    assert library().from_file(str(path)) == f"image/{form.lower()}"


def test_an_office_file_is_known_by_its_members_in_any_order(tmp_path: Path) -> None:
    members = {"docProps/app.xml": b"<a/>", "media/x.png": bytes(90_000), "word/document.xml": b"<a/>"}

    letter = samples.archive(tmp_path, {**members, "[Content_Types].xml": b"<Types/>"})
    plain = samples.archive(tmp_path, members, name="plain.zip")

    assert sniff(letter, "a.zip").endswith("wordprocessingml.document")
    assert sniff(plain, "a.docx") == "application/zip"


def test_many_comments_do_not_take_long(tmp_path: Path) -> None:
    assert sniff(written(tmp_path, b"<!---->" * 9000), "file.svg") != "image/svg+xml"


def test_a_zip_whose_directory_lies_is_still_a_zip(tmp_path: Path) -> None:
    content = bytearray(samples.docx(tmp_path).read_bytes())
    content[-10:-6] = b"\xff\xff\xff\x7f"
    content[30:50] = b"x" * 20

    assert sniff(written(tmp_path, bytes(content)), "letter.docx") == "application/zip"
