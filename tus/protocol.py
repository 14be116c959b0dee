"""The headers of tus 1.0.0, in and out. Pure."""

from __future__ import annotations

import base64
import binascii
import re
from email.utils import formatdate
from functools import lru_cache
from urllib.parse import urlsplit

from multidict import MultiMapping

from tus.checksum import Checksum
from tus.errors import TusError
from tus.upload import Upload

VERSION = "1.0.0"
BYTES = "application/offset+octet-stream"
NUMBER = re.compile(r"[0-9]{1,19}", re.ASCII)
LARGEST = 2**63 - 1
KEY = re.compile(r"[!-+\--~]{1,255}")  # printable ASCII but space and comma
MOST_KEYS = 100
FINAL = "final;"
MOST_PARTS = 1000

# Browsers hide a reply without these, errors included.
EVERYWHERE = {
    "Tus-Resumable": VERSION,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "OPTIONS, POST, HEAD, PATCH, DELETE",
    "Access-Control-Allow-Headers": (
        "Authorization, Content-Type, Tus-Resumable, Upload-Length, Upload-Offset, Upload-Metadata, "
        "Upload-Defer-Length, Upload-Concat, Upload-Checksum, X-Request-ID, X-HTTP-Method-Override, X-Requested-With, "
        "Transloadit-Client"
    ),
    "Access-Control-Expose-Headers": (
        "Location, Upload-Offset, Upload-Length, Upload-Metadata, Upload-Defer-Length, Upload-Expires, "
        "Upload-Concat, Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, Tus-Checksum-Algorithm"
    ),
    "Access-Control-Max-Age": "86400",
}

Headers = MultiMapping[str]


def check_version(headers: Headers) -> None:
    if headers.getall("Tus-Resumable", []) != [VERSION]:
        raise TusError("ERR_UNSUPPORTED_VERSION", headers={"Tus-Version": VERSION})


def check_type(content_type: str, headers: Headers) -> None:
    """Offsets count the bytes as they are, so a compressed body has none."""
    if content_type != BYTES:
        raise TusError("ERR_INVALID_CONTENT_TYPE")
    if headers.get("Content-Encoding", "identity").lower() != "identity":
        raise TusError("ERR_INVALID_CONTENT_ENCODING")


def offset(headers: Headers) -> int:
    value = _number(headers, "Upload-Offset", "ERR_INVALID_OFFSET")
    if value is None:
        raise TusError("ERR_INVALID_OFFSET")
    return value


def length(headers: Headers) -> int | None:
    """The length of a new upload; None if it is deferred."""
    value = _number(headers, "Upload-Length", "ERR_INVALID_UPLOAD_LENGTH")
    deferred = _one(headers, "Upload-Defer-Length", "ERR_INVALID_UPLOAD_DEFER_LENGTH")
    if value is not None and deferred is not None:
        raise TusError("ERR_UPLOAD_LENGTH_AND_UPLOAD_DEFER_LENGTH")
    if deferred not in (None, "1"):
        raise TusError("ERR_INVALID_UPLOAD_DEFER_LENGTH")
    if value is None and deferred is None:
        raise TusError("ERR_INVALID_UPLOAD_LENGTH")
    return value


def declared_length(headers: Headers, upload: Upload) -> int | None:
    """The length after a PATCH. It may be said again, for the client may have missed the answer, but not changed."""
    value = _number(headers, "Upload-Length", "ERR_INVALID_UPLOAD_LENGTH")
    if value is None:
        return upload.length
    if value < upload.offset or upload.length not in (None, value):
        raise TusError("ERR_INVALID_UPLOAD_LENGTH")
    return value


def metadata_header(headers: Headers) -> str | None:
    """Upload-Metadata as it was sent; an empty one says nothing."""
    return _one(headers, "Upload-Metadata", "ERR_INVALID_METADATA") or None


def metadata(header: str | None) -> dict[str, str]:
    """What a header of `key base64, key base64, key` says; a key alone has an empty value."""
    if header is None:
        return {}
    pairs = [_pair(part.strip(" \t")) for part in header.split(",")]
    said = dict(pairs)
    if len(said) != len(pairs) or len(pairs) > MOST_KEYS:
        raise TusError("ERR_INVALID_METADATA")
    return said


def checksum(headers: Headers) -> Checksum | None:
    header = _one(headers, "Upload-Checksum", "ERR_INVALID_CHECKSUM")
    return None if header is None else Checksum.parse(header)


def concat(headers: Headers) -> str | None:
    """Upload-Concat as it was sent."""
    header = _one(headers, "Upload-Concat", "ERR_INVALID_CONCAT")
    if header is not None and header != "partial" and not header.startswith(FINAL):
        raise TusError("ERR_INVALID_CONCAT")
    return header


def parts(header: str | None) -> tuple[str, ...]:
    """The ids in `final;URL URL`. The host in a URL may be a proxy's, so only its last word counts."""
    if header is None or not header.startswith(FINAL):
        return ()
    ids = tuple(_last(url) for url in header.removeprefix(FINAL).split())
    if not ids or len(ids) > MOST_PARTS or len(set(ids)) < len(ids):
        raise TusError("ERR_INVALID_CONCAT")
    return ids


def state(upload: Upload) -> dict[str, str]:
    """All that HEAD tells of an upload."""
    headers = {} if upload.parts and not upload.finished else {"Upload-Offset": str(upload.offset)}
    if upload.length is not None:
        headers["Upload-Length"] = str(upload.length)
    elif not upload.parts:
        headers["Upload-Defer-Length"] = "1"
    if upload.concat is not None:
        headers["Upload-Concat"] = upload.concat
    if upload.header is not None:
        headers["Upload-Metadata"] = upload.header
    return headers


def progress(upload: Upload) -> dict[str, str]:
    """What a client is told after it has created an upload or added to it."""
    headers = {} if upload.parts and not upload.finished else {"Upload-Offset": str(upload.offset)}
    if upload.expires is not None and not upload.finished:
        headers["Upload-Expires"] = _date(int(upload.expires))
    return headers


@lru_cache
def _date(second: int) -> str:
    """Clients come in numbers, and each second has but one date."""
    return formatdate(second, usegmt=True)


def _last(url: str) -> str:
    try:
        return urlsplit(url).path.rpartition("/")[2]
    except ValueError as error:
        raise TusError("ERR_INVALID_CONCAT") from error


def _pair(part: str) -> tuple[str, str]:
    key, _, value = part.partition(" ")
    if not KEY.fullmatch(key):
        raise TusError("ERR_INVALID_METADATA")
    try:
        return key, base64.b64decode(value, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError) as error:
        raise TusError("ERR_INVALID_METADATA") from error


def _number(headers: Headers, name: str, code: str) -> int | None:
    """Strict, for a number that two readers read differently is an attack: no sign, no list, no 23 digits."""
    text = _one(headers, name, code)
    if text is None:
        return None
    if not NUMBER.fullmatch(text) or int(text) > LARGEST:
        raise TusError(code)
    return int(text)


def _one(headers: Headers, name: str, code: str) -> str | None:
    """A header that may be sent once."""
    values = headers.getall(name, [])
    if len(values) > 1:
        raise TusError(code)
    return values[0] if values else None
