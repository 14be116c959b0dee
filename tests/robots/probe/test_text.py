"""Text from files is fit to show, and dates have one form."""

import pytest

from robots.probe.text import clean, moment


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (" Tree \0", "Tree"),
        (b"K\xc3\xb6ln", "Köln"),
        ("a\x1b[31mb\r\nc\u202e", "a[31mb\nc"),
        ("\0", None),
        (7, None),
        ("x" * 9000, "x" * 2000),
    ],
)
def test_texts_are_bounded_and_without_control_characters(raw: object, text: str | None) -> None:
    assert clean(raw) == text


@pytest.mark.parametrize(
    ("raw", "date"),
    [
        ("2010:06:30 22:16:06", "2010/06/30 22:16:06 GMT"),
        ("2020-01-09T12:02:08.123Z", "2020/01/09 12:02:08 GMT"),
        ("2020-01-09T01:00:00+02:00", "2020/01/08 23:00:00 GMT"),
        ("2020-01-09", "2020/01/09 00:00:00 GMT"),
        ("2020-13-09", None),
        ("0001-01-01T00:00:00+12:00", None),
        ("2020-01-09T01:00:00+99:99", None),
        (None, None),
    ],
)
def test_dates_are_in_gmt(raw: str | None, date: str | None) -> None:
    assert moment(raw) == date
