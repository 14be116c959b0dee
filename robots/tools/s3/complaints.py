"""What an S3 complains of: what it is called here, and whether it passes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

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
    """The storage said no.

    `said` is its code, such as NoSuchKey; `region` where it says that the bucket is; `date` what its clock says.
    """

    def __init__(self, act: str, status: int, said: str, region: str | None = None, date: str = "") -> None:
        hint = f" ({HINTS[said]})" if said in HINTS else ""
        super().__init__(f"{act}: the storage answered {status} {said}{hint}.")
        self.status = status
        self.said = said
        self.region = region
        self.date = date
        self.retry = said in PASSING or status in (408, 425, 429, 500, 502, 503, 504)

    @property
    def kind(self) -> str:
        """The end of the error code."""
        if self.said in DENIED or self.status in (401, 403):
            return "ACCESS_DENIED"
        return "NOT_FOUND" if self.said in MISSING or self.status == 404 else "FAILURE"


def complaint(act: str, told: Mapping[str, Any]) -> Complaint:
    """What is wrong, in words of ours: those of a stranger's server may tell what they should not."""
    about, error = told["ResponseMetadata"], told["Error"]
    status, headers = about["HTTPStatusCode"], about["HTTPHeaders"]
    said = str(error.get("Code") or status)
    said = OF_STATUS.get(status, "") if said.isdecimal() else said
    return Complaint(
        act,
        status,
        said if CODE.fullmatch(said) else "an error",
        region=error.get("Region") or headers.get("x-amz-bucket-region"),
        date=headers.get("date", ""),
    )
