"""Names of formats in a sentence."""

import pytest

from robots.base.article import an


@pytest.mark.parametrize("name", ["ai", "avif", "eps", "ico", "md", "mp4", "odt", "rtf", "sgi", "srt", "svg", "xlsx"])
def test_an_stands_before_what_begins_with_a_vowel_when_it_is_spoken(name: str) -> None:
    assert an(name) == f"an {name}"


@pytest.mark.parametrize("name", ["docx", "gif", "heif", "jpeg", "latex", "pdf", "text", "tiff", "webp"])
def test_a_stands_before_all_others(name: str) -> None:
    assert an(name) == f"a {name}"
