"""The words of an S3, as the library reads them."""

from typing import Any

import pytest

from robots.tools.s3.complaints import complaint


def told(status: int, **error: str) -> dict[str, Any]:
    return {"Error": error, "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": {}}}


@pytest.mark.parametrize(
    ("status", "code", "kind", "retry"),
    [
        (403, "SignatureDoesNotMatch", "ACCESS_DENIED", False),
        (400, "ExpiredToken", "ACCESS_DENIED", False),
        (404, "NoSuchBucket", "NOT_FOUND", False),
        (503, "SlowDown", "FAILURE", True),
        (400, "RequestTimeout", "FAILURE", True),
        (400, "EntityTooLarge", "FAILURE", False),
        (418, "Teapot", "FAILURE", False),
    ],
)
def test_a_complaint_says_what_it_is_and_whether_it_passes(status: int, code: str, kind: str, retry: bool) -> None:
    known = complaint("It failed", told(status, Code=code, Region="eu-west-1"))

    assert (known.kind, known.retry, known.region) == (kind, retry, "eu-west-1")
    assert known.message.startswith(f"It failed: the storage answered {status} {code}")


@pytest.mark.parametrize("code", ["", "418", "secret words\n", "x" * 65])
def test_words_that_are_no_code_are_not_repeated(code: str) -> None:
    assert complaint("It failed", told(418, Code=code)).message == "It failed: the storage answered 418 an error."


@pytest.mark.case(106)
def test_what_the_storage_tells_of_the_signature_is_not_repeated() -> None:
    error = {"Code": "SignatureDoesNotMatch", "StringToSign": "AWS4 abc", "Message": "abc"}

    assert "abc" not in complaint("It failed", told(403, **error)).message


def test_a_status_stands_for_the_code_where_there_is_none() -> None:
    assert complaint("It failed", told(404, Code="404")).said == "NoSuchKey"
