"""What an S3 says: its lists and its complaints, read from their XML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_plus
from xml.etree.ElementTree import Element, ParseError

import defusedxml
from defusedxml.ElementTree import fromstring

from robots.base.errors import RobotError

CODE = re.compile(r"[A-Za-z0-9.]{1,64}")
OF_STATUS = {400: "BadRequest", 401: "AccessDenied", 403: "AccessDenied", 404: "NoSuchKey", 405: "MethodNotAllowed"}

DENIED = {
    "AccessDenied",
    "AccountProblem",
    "AllAccessDisabled",
    "ExpiredToken",
    "InvalidAccessKeyId",
    "InvalidToken",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "Unauthorized",
}
MISSING = {"NoSuchBucket", "NoSuchKey", "NoSuchVersion", "NotFound"}
PASSING = {
    "BadDigest",
    "InternalError",
    "OperationAborted",
    "RequestTimeout",
    "ServiceUnavailable",
    "SlowDown",
    "ThrottlingException",
    "TooManyRequests",
}
HINTS = {
    "ExpiredToken": "the session token has expired",
    "InvalidAccessKeyId": "it does not know this key",
    "NoSuchBucket": "there is no such bucket",
    "RequestTimeTooSkewed": "its clock and that of this server differ too much",
    "SignatureDoesNotMatch": "the secret does not belong to the key",
}


class Complaint(RobotError):
    """The storage said no. `said` is its code, such as NoSuchKey; `region` where it says that the bucket is."""

    def __init__(self, act: str, status: int, said: str, region: str | None = None) -> None:
        hint = f" ({HINTS[said]})" if said in HINTS else ""
        super().__init__(f"{act}: the storage answered {status} {said}{hint}.")
        self.status = status
        self.said = said
        self.region = region
        self.retry = said in PASSING or status in (408, 425, 429, 500, 502, 503, 504)

    @property
    def kind(self) -> str:
        """The end of the error code."""
        if self.said in DENIED or self.status in (401, 403):
            return "ACCESS_DENIED"
        return "NOT_FOUND" if self.said in MISSING or self.status == 404 else "FAILURE"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file in a list."""

    key: str
    size: int


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list, and where the next one begins if there is one."""

    entries: list[Entry]
    onward: str | None


def complaint(act: str, status: int, body: bytes, region: str | None = None) -> Complaint:
    """What is wrong, in words of ours: those of a stranger's server may tell what they should not."""
    root = _parsed(body)
    said = _text(root, "Code") or OF_STATUS.get(status, "")
    return Complaint(act, status, said if CODE.fullmatch(said) else "an error", _text(root, "Region") or region)


def is_complaint(body: bytes) -> bool:
    """Whether an answer with status 200 says that it came to nothing all the same."""
    root = _parsed(body) if b"<Error" in body[:1000] else None
    return root is not None and _bare(root.tag) == "Error"


def upload_id(body: bytes) -> str:
    """The name of an upload in parts; ValueError if there is none."""
    found = _text(_parsed(body), "UploadId")
    if not found:
        raise ValueError("the storage began no upload")
    return found


def listing(body: bytes) -> Listing:
    """A page of ListObjectsV2, whose keys are URL-encoded; ValueError if it is none."""
    root = _parsed(body)
    if root is None or _bare(root.tag) != "ListBucketResult":
        raise ValueError("the storage sent no list of files")
    entries = [
        Entry(unquote_plus(_text(each, "Key")), int(_text(each, "Size") or 0))
        for each in root
        if _bare(each.tag) == "Contents"
    ]
    more = _text(root, "IsTruncated") == "true"
    return Listing(entries, (_text(root, "NextContinuationToken") or None) if more else None)


def begun(body: bytes, key: str) -> list[str]:
    """The ids of the uploads in parts of one key, from a list of them."""
    root = _parsed(body)
    begun = [each for each in root if _bare(each.tag) == "Upload"] if root is not None else []
    return [_text(each, "UploadId") for each in begun if _text(each, "Key") == key]


def _parsed(body: bytes) -> Element | None:
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, ValueError, defusedxml.DefusedXmlException):
        return None
    return root


def _text(root: Element | None, name: str) -> str:
    """The text of a child; each S3 has a namespace of its own, or none."""
    found = next((child for child in root if _bare(child.tag) == name), None) if root is not None else None
    return (found.text or "").strip() if found is not None else ""


def _bare(tag: str) -> str:
    return tag.rpartition("}")[2]
