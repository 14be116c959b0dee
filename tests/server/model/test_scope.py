"""The documented Assembly Variables."""

import pytest

from server.model.scope import prefix, scope, slug
from tests.server.model.toys import image


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("my photo.jpg", "my-photo.jpg"),
        ("ッッ.jpg", "__.jpg"),
        ("チチ.jpg", "__.jpg"),
        ("a_b-c.D9", "a_b-c.D9"),
        ("a/b\\c:d\r\n'\".png", "a_b_c_d____.png"),
        ("é😀", "__"),
        ("", ""),
    ],
)
def test_names_for_urls_hold_only_plain_characters(name: str, safe: str) -> None:
    assert slug(name) == safe


def test_a_unique_prefix_has_a_slash_and_33_characters() -> None:
    assert prefix("f2d3eeeb67479f11f8b091b04f6181ad") == "f2/d3eeeb67479f11f8b091b04f6181ad"
    assert len(prefix("f2d3eeeb67479f11f8b091b04f6181ad")) == 33


def test_a_file_says_what_the_status_says_and_the_urls_that_are_handed_in() -> None:
    file = image(meta={"width": 5}, user_meta={"who": "me"}, field="photo", tag=("a", "b"), original_path="/x/")

    told = scope(assembly_id="a" * 32, file=file, previous_step=":original", extra={"url": "http://here/1"})["file"]

    assert (told["ext"], told["basename"], told["url_basename"]) == ("jpg", "my photo", "my-photo")
    assert (told["meta"], told["user_meta"], told["field"]) == ({"width": 5}, {"who": "me"}, "photo")
    assert (told["as"], told["url"], told["original_path"]) == (["a", "b"], "http://here/1", "/x/")


def test_an_original_is_its_own_original() -> None:
    told = scope(assembly_id="a", file=image())

    assert told["file"]["original_id"] == told["file"]["id"]
    assert told["file"]["original_name"] == "my photo.jpg"
    assert told["unique_original_prefix"] == told["unique_prefix"]


def test_results_of_the_same_upload_share_the_original_prefix() -> None:
    first = scope(assembly_id="a", file=image(id="11aa", original_id="99ff"))
    second = scope(assembly_id="a", file=image(id="22bb", original_id=("99ff", "88ee")))

    assert first["unique_original_prefix"] == second["unique_original_prefix"] == "99/ff"
    assert first["unique_prefix"] != second["unique_prefix"]


def test_without_a_file_the_rest_is_there() -> None:
    told = scope(assembly_id="a", parent_id="b", region="here", fields={"x": 1})

    assert told["assembly"] == {"id": "a", "parent_id": "b", "region": "here"}
    assert told["fields"] == {"x": 1}
    assert told["file"] == {}
