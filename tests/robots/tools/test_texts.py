"""Subtitles of strangers hold whatever they like, and are rewritten in time."""

from html import unescape
from pathlib import Path

import pytest

from robots.tools.texts import subtitles


def rewritten(folder: Path, words: str, wanted: str) -> str:
    (folder / "given").write_text(f"00:00:01.000 --> 00:00:02.000\n{words}\n")
    subtitles(str(folder / "given"), str(folder / "made"), wanted)
    return (folder / "made").read_text()


@pytest.mark.parametrize("beginning", ["<", "<b.", "<font ", "{\\"])
@pytest.mark.parametrize("wanted", ["srt", "vtt"])
def test_tags_that_never_end_stay_and_are_read_once(beginning: str, wanted: str, tmp_path: Path) -> None:
    made = rewritten(tmp_path, beginning * 100_000, wanted)

    assert unescape(made).count(beginning) == 100_000


def test_a_sign_that_only_looks_like_a_tag_takes_no_words_with_it(tmp_path: Path) -> None:
    assert rewritten(tmp_path, "1 < 2, <v Bob>he said", "srt").endswith("\n1 < 2, he said\n")


def test_a_number_that_no_letter_has_is_left_out(tmp_path: Path) -> None:
    assert rewritten(tmp_path, f"A&#{'9' * 5000};&#66;", "srt").endswith("\nAB\n")
