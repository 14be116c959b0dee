"""Where buckets are."""

import pytest

from robots.tools.s3.place import Place, checked_bucket, checked_region, endpoint


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("s3.example.com", "https://s3.example.com"),
        ("https://S3.example.com:443/", "https://s3.example.com"),
        ("http://10.0.0.1:9000", "http://10.0.0.1:9000"),
        ("s3://s3.example.com", "https://s3.example.com"),
        ("https://abc.supabase.co/storage/v1/s3/", "https://abc.supabase.co/storage/v1/s3"),
        ("[2001:db8::1]:9000", "https://[2001:db8::1]:9000"),
    ],
)
def test_a_host_stands_for_an_endpoint(host: str, url: str) -> None:
    assert endpoint(host) == url


@pytest.mark.case(56)
@pytest.mark.parametrize(
    "host", ["", "a b", "me:pw@host", "host?x", "host#x", "ftp://host", "http://", "host:22", "hôst", "host\r\nX: y"]
)
def test_what_is_no_host_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match="must be the host of a storage"):
        endpoint(host)


@pytest.mark.case(56)
@pytest.mark.parametrize(
    "name", ["", "ab", "a/b", "a..b", "../..", "me@evil", "a?b", "a#b", "a b", "-ab", "ü" * 5, "a\n"]
)
def test_what_is_no_bucket_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="must be the name of a bucket"):
        checked_bucket(name)


@pytest.mark.parametrize("name", ["Us-East", "a/b", "x.y", "a\n"])
def test_what_is_no_region_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="must be the name of a region"):
        checked_region(name)


@pytest.mark.parametrize(
    ("place", "url"),
    [
        (Place("https://s3.example.com", "cats", "k", "s"), "https://s3.example.com/cats/a%20b"),
        (Place("https://s3.example.com", "cats", "k", "s", virtual=True), "https://cats.s3.example.com/a%20b"),
        (Place("https://s3.example.com", "my.cats", "k", "s", virtual=True), "https://s3.example.com/my.cats/a%20b"),
        (Place("http://s3.example.com", "my.cats", "k", "s", virtual=True), "http://my.cats.s3.example.com/a%20b"),
        (Place("https://s3.example.com", "Cats", "k", "s", virtual=True), "https://s3.example.com/Cats/a%20b"),
        (Place("http://127.0.0.1:9000", "cats", "k", "s", virtual=True), "http://127.0.0.1:9000/cats/a%20b"),
        (Place("http://localhost", "cats", "k", "s", virtual=True), "http://localhost/cats/a%20b"),
    ],
)
def test_a_bucket_is_in_the_host_where_names_and_certificates_allow_it(place: Place, url: str) -> None:
    assert place.url("a b") == url


@pytest.mark.parametrize(
    ("endpoint", "moved"),
    [
        ("https://s3.amazonaws.com", "https://s3.eu-west-1.amazonaws.com"),
        ("https://s3.us-west-2.amazonaws.com", "https://s3.eu-west-1.amazonaws.com"),
        ("https://s3.example.com", "https://s3.example.com"),
    ],
)
def test_only_amazon_has_a_host_for_each_region(endpoint: str, moved: str) -> None:
    place = Place(endpoint, "cats", "k", "s").within("eu-west-1")

    assert (place.endpoint, place.region) == (moved, "eu-west-1")


@pytest.mark.case(106)
def test_neither_secret_nor_token_is_in_what_is_printed_of_a_place() -> None:
    assert "hush" not in repr(Place("https://s3.example.com", "cats", "k", "hush", token="hush"))
