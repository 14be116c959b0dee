"""Every failure that a tus client can see: one line each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# code: (HTTP status, sentence). Clients retry 409, 423 and 5xx and give up on the others, so the status is chosen by
# whether trying again can help. Codes are those of tusd where it has one.
CODES: dict[str, tuple[int, str]] = {
    "ERR_UNSUPPORTED_VERSION": (412, "The Tus-Resumable header is missing or is not 1.0.0."),
    "ERR_INVALID_CONTENT_TYPE": (415, "Bytes must be sent as application/offset+octet-stream."),
    "ERR_INVALID_CONTENT_ENCODING": (415, "Bytes must be sent as they are, without a Content-Encoding."),
    "ERR_INVALID_UPLOAD_LENGTH": (400, "Upload-Length is missing, is not a plain number, or contradicts the upload."),
    "ERR_INVALID_UPLOAD_DEFER_LENGTH": (400, "Upload-Defer-Length can only be 1."),
    "ERR_UPLOAD_LENGTH_AND_UPLOAD_DEFER_LENGTH": (400, "Upload-Length and Upload-Defer-Length exclude each other."),
    "ERR_INVALID_OFFSET": (400, "Upload-Offset is missing or is not a plain number."),
    "ERR_INVALID_METADATA": (400, "Upload-Metadata must be unique keys with base64 values, separated by commas."),
    "ERR_INVALID_CHECKSUM": (400, "Upload-Checksum must be sha1, md5, sha256, sha512 or crc32, and a base64 value."),
    "ERR_INVALID_CONCAT": (400, "Upload-Concat must be partial, or final; and the URLs of different partial uploads."),
    "ERR_METHOD_NOT_ALLOWED": (405, "A POST to an upload must say PATCH, DELETE or HEAD in X-HTTP-Method-Override."),
    "ERR_CHECKSUM_MISMATCH": (460, "The bytes do not match their checksum and were discarded; send them again."),
    "ERR_MODIFY_FINAL": (403, "A final upload gets its bytes from its parts only."),
    "ERR_MISMATCHED_OFFSET": (409, "The upload stands at another offset; ask for it with HEAD."),
    "ERR_MAX_SIZE_EXCEEDED": (413, "The upload is larger than this server accepts."),
    "ERR_UPLOAD_SIZE_EXCEEDED": (413, "The body holds more bytes than the upload has room for."),
    "ERR_UPLOAD_NOT_FOUND": (404, "There is no such upload."),
    "ERR_UPLOAD_EXPIRED": (410, "The upload has expired; begin it anew."),
    "ERR_UPLOAD_FINISHED": (403, "The upload is finished and takes no more bytes."),
    "ERR_UPLOAD_LOCKED": (423, "Another request is still busy with this upload."),
    "ERR_UPLOAD_INTERRUPTED": (400, "Another request for this upload has taken over."),
    "ERR_UPLOAD_STOPPED": (400, "This server has no more use for the upload; what arrived is not kept."),
    "ERR_UNEXPECTED_EOF": (400, "The body broke off or is malformed; what arrived is kept."),
    "ERR_READ_TIMEOUT": (503, "Nothing arrived for too long; what arrived is kept."),
    "ERR_SERVER_SHUTDOWN": (503, "The server is stopping; what arrived is kept."),
    "ERR_STORAGE_FULL": (507, "The server has no room left for this upload."),
    "ERR_NOT_IMPLEMENTED": (501, "This server cannot do that with uploads."),
    "ERR_INTERNAL_SERVER_ERROR": (500, "Something went wrong on this server; its log says what."),
}


class TusError(Exception):
    """A request is refused or was cut short.

    A hook may use a code of its own with its own `status` and `message`; `body` is answered as JSON in place of the
    plain sentence, and `headers` are added to the reply.
    """

    def __init__(
        self,
        code: str,
        message: str | None = None,
        *,
        status: int | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        usual_status, sentence = CODES.get(code, (400, code))
        super().__init__(message or sentence)
        self.code = code
        self.message = message or sentence
        self.status = status or usual_status
        self.body = body
        self.headers = dict(headers or {})
