"""The words of an S3."""

import pytest

from robots.tools.s3.answers import Entry, begun, complaint, is_complaint, listing, upload_id

HEAD = '<?xml version="1.0"?><{0} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{1}</{0}>'


def said(root: str, inner: str) -> bytes:
    return HEAD.format(root, inner).encode()


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
    known = complaint("It failed", status, said("Error", f"<Code>{code}</Code><Region>eu-west-1</Region>"))

    assert (known.kind, known.retry, known.region) == (kind, retry, "eu-west-1")
    assert known.message.startswith(f"It failed: the storage answered {status} {code}")


@pytest.mark.parametrize(
    "body", [b"", b"no XML", b"\xff\xfe", b"<Error><Code>secret words\n</Code></Error>", b"<!DOCTYPE a><Error/>"]
)
def test_words_that_are_no_code_are_not_repeated(body: bytes) -> None:
    assert complaint("It failed", 418, body).message == "It failed: the storage answered 418 an error."


@pytest.mark.case(106)
def test_what_the_storage_tells_of_the_signature_is_not_repeated() -> None:
    inner = "<Code>SignatureDoesNotMatch</Code><StringToSign>AWS4 abc</StringToSign><Message>abc</Message>"

    assert "abc" not in complaint("It failed", 403, said("Error", inner)).message


def test_an_error_may_come_with_a_good_status() -> None:
    assert is_complaint(said("Error", "<Code>InternalError</Code>"))
    assert not is_complaint(said("CompleteMultipartUploadResult", "<ETag>x</ETag>"))
    assert not is_complaint(b"")


def test_a_list_has_its_files_and_where_it_goes_on() -> None:
    file = "<Contents><Key>a%20b/%C3%BC%2B</Key><Size>7</Size></Contents>"
    inner = f"{file}<CommonPrefixes><Prefix>c</Prefix></CommonPrefixes>"
    more = "<IsTruncated>true</IsTruncated><NextContinuationToken>next</NextContinuationToken>"

    assert listing(said("ListBucketResult", inner + more)).onward == "next"
    assert listing(said("ListBucketResult", inner)).entries == [Entry("a b/ü+", 7)]
    assert listing(said("ListBucketResult", inner)).onward is None


def test_uploads_are_found_by_their_key() -> None:
    uploads = "".join(f"<Upload><Key>{key}</Key><UploadId>of-{key}</UploadId></Upload>" for key in ("a", "ab"))

    assert begun(said("ListMultipartUploadsResult", uploads), "a") == ["of-a"]
    assert begun(b"", "a") == []


@pytest.mark.parametrize("body", [b"", b"<html>", said("Other", "")])
def test_what_is_no_answer_is_an_error(body: bytes) -> None:
    with pytest.raises(ValueError, match="sent no list"):
        listing(body)
    with pytest.raises(ValueError, match="began no upload"):
        upload_id(body)
