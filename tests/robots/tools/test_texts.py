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


@pytest.mark.parametrize(
    "given",
    [
        "1\n00:00:01,000 --> 00:00:02,000\none\n\ntwo\n\n2\n00:00:03,000 --> 00:00:04,000\n42\n",
        "1\r\r\n00:00:01,000 --> 00:00:02,000\r\r\none\r\r\ntwo\r\r\n2\r\r\n00:00:03,000 --> 00:00:04,000\r\r\n42",
        "00:00:01,000 --> 00:00:02,000\none\ntwo\n00:00:03,000 --> 00:00:04,000\n42\n",
        "1\n0:0:1 --> 0:0:2,0\none\ntwo\n2\n0:0:3.0-->0:0:4\n42\n",
    ],
)
def test_no_words_are_lost_in_careless_subtitles(given: str, tmp_path: Path) -> None:
    (tmp_path / "given").write_bytes(given.encode())

    assert subtitles(str(tmp_path / "given"), str(tmp_path / "made"), "vtt") == 2

    one, two = "00:00:01.000 --> 00:00:02.000\none\ntwo\n", "00:00:03.000 --> 00:00:04.000\n42\n"
    assert (tmp_path / "made").read_text() == f"WEBVTT\n\n{one}\n{two}"


def test_a_number_that_no_letter_has_is_left_out(tmp_path: Path) -> None:
    assert rewritten(tmp_path, f"A&#{'9' * 5000};&#66;", "srt").endswith("\nAB\n")
