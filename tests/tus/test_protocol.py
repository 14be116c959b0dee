"""What headers say, and what they may not say."""

from __future__ import annotations

import pytest
from multidict import CIMultiDict

from tests.tus.site import START
from tus import protocol
from tus.errors import TusError
from tus.upload import Upload


def code(error: pytest.ExceptionInfo[TusError]) -> str:
    return error.value.code


@pytest.mark.parametrize("text", ["", "+5", "-1", "5, 5", "5.0", "0x5", "5 ", "٥", "1" * 23, str(2**63)])
def test_an_offset_is_plain_digits_or_refused(text: str) -> None:
    with pytest.raises(TusError) as error:
        protocol.offset(CIMultiDict({"Upload-Offset": text}))

    assert code(error) == "ERR_INVALID_OFFSET"
    assert error.value.status == 400


def test_a_header_sent_twice_is_refused() -> None:
    with pytest.raises(TusError):
        protocol.offset(CIMultiDict([("Upload-Offset", "5"), ("Upload-Offset", "5")]))


def test_a_number_may_be_as_large_as_a_file_can_be() -> None:
    assert protocol.offset(CIMultiDict({"Upload-Offset": str(2**63 - 1)})) == 2**63 - 1


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, "ERR_INVALID_UPLOAD_LENGTH"),
        ({"Upload-Length": "-1"}, "ERR_INVALID_UPLOAD_LENGTH"),
        ({"Upload-Length": "1e9"}, "ERR_INVALID_UPLOAD_LENGTH"),
        ({"Upload-Defer-Length": "2"}, "ERR_INVALID_UPLOAD_DEFER_LENGTH"),
        ({"Upload-Defer-Length": "1", "Upload-Length": "1"}, "ERR_UPLOAD_LENGTH_AND_UPLOAD_DEFER_LENGTH"),
    ],
)
def test_a_length_is_told_or_deferred_but_not_both(headers: dict[str, str], expected: str) -> None:
    with pytest.raises(TusError) as error:
        protocol.length(CIMultiDict(headers))

    assert code(error) == expected


def test_a_declared_length_may_be_repeated_but_not_changed() -> None:
    upload = Upload("0" * 32, 10, offset=4)

    assert protocol.declared_length(CIMultiDict({"Upload-Length": "10"}), upload) == 10
    with pytest.raises(TusError):
        protocol.declared_length(CIMultiDict({"Upload-Length": "11"}), upload)


def test_a_deferred_length_cannot_be_less_than_what_has_arrived() -> None:
    with pytest.raises(TusError):
        protocol.declared_length(CIMultiDict({"Upload-Length": "3"}), Upload("0" * 32, None, offset=4))


def test_metadata_is_decoded() -> None:
    said = protocol.metadata("filename d8O2cmxkLnBkZg==, confidential,empty ")

    assert said == {"filename": "wörld.pdf", "confidential": "", "empty": ""}


def test_metadata_that_is_not_text_does_no_harm() -> None:
    assert protocol.metadata("name /w==") == {"name": "\ufffd"}


@pytest.mark.parametrize(
    "header",
    [
        "name YQ",
        "name a b",
        "name YQ==,name Yg==",
        "name  YQ==",
        ",",
        "name YQ==,",
        "naïve YQ==",
        "name Y*Q=",
        "a\tb YQ==",
    ],
)
def test_metadata_of_another_form_is_refused(header: str) -> None:
    with pytest.raises(TusError) as error:
        protocol.metadata(header)

    assert code(error) == "ERR_INVALID_METADATA"


def test_metadata_with_very_many_keys_is_refused() -> None:
    with pytest.raises(TusError):
        protocol.metadata(",".join(f"k{number}" for number in range(101)))


def test_empty_metadata_is_none() -> None:
    assert protocol.metadata_header(CIMultiDict({"Upload-Metadata": ""})) is None
    assert protocol.metadata(None) == {}


def test_the_time_of_expiry_is_told_until_an_upload_is_finished() -> None:
    unfinished = Upload("0" * 32, 10, offset=4, expires=START)
    finished = Upload("0" * 32, 10, offset=10, expires=START)

    assert protocol.progress(unfinished)["Upload-Expires"] == "Tue, 14 Nov 2023 22:13:20 GMT"
    assert "Upload-Expires" not in protocol.progress(finished)
