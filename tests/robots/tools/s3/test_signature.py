"""Signatures of requests to S3, against the examples of Amazon's own manual."""

from datetime import UTC, datetime

import pytest

from robots.tools.s3.signature import Signer

AT = datetime(2013, 5, 24, tzinfo=UTC).timestamp()
SIGNER = Signer("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
HOME = "https://examplebucket.s3.amazonaws.com"
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(
    ("method", "path", "headers", "payload", "signature"),
    [
        (
            "GET",
            "/test.txt",
            {"Range": "bytes=0-9"},
            EMPTY,
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        (
            "PUT",
            "/test%24file.text",
            {"Date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"},
            "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
        ("GET", "/?lifecycle", {}, EMPTY, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        (
            "GET",
            "/?max-keys=2&prefix=J",
            {},
            EMPTY,
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ],
)
def test_a_request_is_signed_as_the_manual_signs_it(
    method: str, path: str, headers: dict[str, str], payload: str, signature: str
) -> None:
    signed = SIGNER.headers(method, HOME + path, headers, AT, payload)

    assert signed["Authorization"].endswith(f"Signature={signature}")


def test_a_url_is_signed_as_the_manual_signs_it() -> None:
    url = SIGNER.url(f"{HOME}/test.txt", 86400, AT)

    assert url.endswith("&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")


def test_a_session_token_is_part_of_what_is_signed() -> None:
    signer = Signer("key", "secret", token="a/token")

    signed = signer.headers("GET", f"{HOME}/a", {}, AT)

    assert signed["x-amz-security-token"] == "a/token"
    assert "x-amz-security-token" in signed["Authorization"]
    assert "X-Amz-Security-Token=a%2Ftoken" in signer.url(f"{HOME}/a", 60, AT)


def test_neither_secret_nor_token_is_in_what_is_printed_of_a_signer() -> None:
    assert "hush" not in repr(Signer("key", "hush", token="hush"))
