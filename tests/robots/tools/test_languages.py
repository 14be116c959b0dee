"""A language is written in the letters that a format has room for."""

import pytest

from robots.tools.languages import held


@pytest.mark.parametrize(
    ("language", "muxer", "written"),
    [
        ("en", "mp4", "eng"),
        ("DE", "mp4", "deu"),
        ("DE", "mov", "ger"),
        ("ja", "mov", "jpn"),
        ("pt-BR", "mp4", "por"),
        ("zh-Hant-TW", "mp4", "zho"),
        ("swe", "mp4", "swe"),
        ("xx", "mp4", "xx"),
        ("en", "matroska", "en"),
        ("pt-BR", "webm", "pt-BR"),
    ],
)
def test_two_letters_become_three_where_a_format_has_no_other_place(language: str, muxer: str, written: str) -> None:
    assert held(language, muxer) == written
