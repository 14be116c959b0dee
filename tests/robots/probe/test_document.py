"""A PDF tells its pages, its makers and its words."""

from pathlib import Path

import pytest

from robots.probe import document
from tests import samples


def test_a_paper_tells_all_about_itself(tmp_path: Path) -> None:
    meta = document.read(samples.pdf(tmp_path, pages=2, text="Hello World"))

    assert meta == {
        "page_count": 2,
        "title": "A paper",
        "author": "Ada",
        "producer": "by hand",
        "create_date": "2020/01/09 12:02:08 GMT",
        "width": 595,
        "height": 842,
        "page_size": "595 x 842 pts (A4)",
        "word_count": 8,
        "character_count": 30,
        "character_count_with_spaces": 34,
        "line_count": 4,
        "paragraph_count": 2,
    }


def test_a_long_paper_is_not_counted_through(tmp_path: Path) -> None:
    meta = document.read(samples.pdf(tmp_path, pages=201))

    assert meta["page_count"] == 201
    assert "word_count" not in meta


@pytest.mark.parametrize("content", [b"%PDF-1.4\nnothing", b""])
def test_a_damaged_paper_is_a_file_without_metadata(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "broken.pdf"
    path.write_bytes(content)

    assert document.read(path) == {}


def test_counts_are_those_of_a_writer() -> None:
    counted = document.counts("One two\nthree\n\nFour.\n")

    assert counted == {
        "word_count": 4,
        "character_count": 16,
        "character_count_with_spaces": 17,
        "line_count": 3,
        "paragraph_count": 2,
    }
