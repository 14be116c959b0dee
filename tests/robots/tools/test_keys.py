"""Keys of stored files."""

import pytest

from robots.tools.keys import LONGEST, escaped, key_of


@pytest.mark.case(82)
@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("a/b.jpg", "a/b.jpg"),
        ("/a/b.jpg", "a/b.jpg"),
        ("a//b.jpg", "a/b.jpg"),
        ("./a/./b.jpg", "a/b.jpg"),
        ("a\\b.jpg", "a/b.jpg"),
        ("a/b..jpg", "a/b..jpg"),
        ("ä ö/%20.jpg", "ä ö/%20.jpg"),
        ("x" * LONGEST, "x" * LONGEST),
    ],
)
def test_a_path_becomes_a_key_below_its_folder(path: str, key: str) -> None:
    assert key_of(path) == key


@pytest.mark.case(82)
@pytest.mark.parametrize(
    "path",
    [
        "../a",
        "a/../../b",
        "a\\..\\b",
        "a/%2e%2e/b",
        "a/%2E./b",
        "a\0b",
        "a\r\nb",
        "",
        "/",
        "folder/",
        "folder\\",
        "x" * (LONGEST + 1),
        "ä" * LONGEST,
    ],
)
def test_a_path_that_is_none_or_leads_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"has|leads|must"):
        key_of(path)


def test_a_key_is_escaped_for_urls_but_for_its_slashes() -> None:
    assert escaped("a b/c+d?e#f%g~h_i-j.k") == "a%20b/c%2Bd%3Fe%23f%25g~h_i-j.k"
