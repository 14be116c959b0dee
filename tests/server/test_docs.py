"""The tables of the README are written from the code."""

import pytest

from robots.base.catalog import Catalog
from server.docs import filled, media, robots_table, settings_table
from server.model.schema import purpose

PLACES = (
    "# Title\n<!-- settings -->\nout of date\n<!-- end of settings -->\n<!-- robots -->\n<!-- end of robots -->\nEnd\n"
)


def test_both_tables_take_their_places_and_the_rest_stays() -> None:
    text = filled(PLACES)

    assert text.startswith("# Title\n<!-- settings -->\n| setting | default | what it is |\n")
    assert text.endswith("<!-- end of robots -->\nEnd\n")
    assert "out of date" not in text
    assert filled(text) == text


def test_a_readme_without_a_place_is_told() -> None:
    with pytest.raises(ValueError, match="no place for the table of settings"):
        filled("# Title\n")


def test_a_robot_is_told_in_one_sentence() -> None:
    sentence = purpose(Catalog().get("/file/hash"))

    assert f"| `/file/hash` | {sentence} |" in robots_table()
    assert sentence.endswith(".")
    assert ". " not in sentence


def test_defaults_are_shown_as_people_write_them() -> None:
    assert "| `max_upload_size` | 20GB |" in settings_table()


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("/audio/merge", {"wav"}),
        ("/document/convert", {"docx", "md", "png", "srt", "xlsx"}),
        ("/file/decompress", {"cab", "gz", "iso", "rar", "rar5", "tar", "wim", "z", "zip"}),
        ("/image/resize", {"avif", "gif", "heic", "jpeg", "jxl", "pdf", "png", "svg", "tiff", "webp"}),
        ("/video/encode", {"gif", "mkv", "mp4", "webm"}),
    ],
)
def test_the_kinds_of_files_that_a_robot_is_tested_with_are_told(name: str, kinds: set[str]) -> None:
    assert kinds <= set(media(Catalog().get(name)).split(", "))


def test_files_without_a_kind_are_bytes() -> None:
    assert media(Catalog().get("/minio/store")) == "bytes"
