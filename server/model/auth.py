"""Auth: who sends a request, until when it counts, and what it allows the uploads of an Assembly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field

from robots.base.params import Param
from server.model.sent import Sent

EXAMPLE = "2030/01/31 16:53:14+00:00"
LONGEST_PATTERN = 1024
NO_MOMENT = "must be a moment such as 2030-01-31T16:53:14Z"
LATEST = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)
# ISO 8601; the SDKs' 2026/01/10 12:02:05+00:00; iOS writes seconds below ten with one digit. No zone is UTC.
EXPIRES = re.compile(
    r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})[T ](\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d{1,9})?"
    r" ?(?:Z|UTC|GMT|([+-])(\d\d):?(\d\d))?",
    re.ASCII,
)
CODES = {
    "key": "INVALID_AUTH_KEY_PARAMETER",
    "expires": "INVALID_AUTH_EXPIRES_PARAMETER",
    "referer": "INVALID_AUTH_REFERER_PARAMETER",
    "max_size": "INVALID_AUTH_MAX_SIZE_PARAMETER",
    "max_number_of_files": "INVALID_AUTH_MAX_NUMBER_OF_FILES_PARAMETER",
}


def expires(given: Any) -> datetime:
    """The moment that a text tells."""
    found = EXPIRES.fullmatch(given) if isinstance(given, str) else None
    if found is None:
        raise ValueError(NO_MOMENT)
    year, _, month, day, hour, minute, second, sign, hours, minutes = found.groups()
    try:
        offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
        zone = timezone(offset)
        moment = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), tzinfo=zone)
        return min(moment.astimezone(UTC), LATEST)
    except (ValueError, OverflowError) as error:
        raise ValueError(NO_MOMENT) from error


def number(given: Any) -> Any:
    """A number of JSON, and nothing that could be taken for one."""
    if isinstance(given, bool | str):
        raise ValueError("must be a whole number")
    return int(given) if isinstance(given, float) and given.is_integer() else given


Text = Annotated[str, Field(strict=True)]
Moment = Annotated[datetime, BeforeValidator(expires, json_schema_input_type=str)]
Size = Annotated[int, Field(ge=0)]
Number = Annotated[int, Field(ge=1)]


class AuthParams(Sent):
    """Who sends a request. With a bearer token none of it is needed."""

    key: Text | None = Param(None, "The auth key.", min_length=1)
    expires: Moment | None = Param(None, "Until when a signed request counts.", examples=[EXAMPLE])
    nonce: Any = Param(None, "With one, a signed request can be sent once only.")
    referer: Text | None = Param(
        None, "A regular expression for the Referer of the request.", max_length=LONGEST_PATTERN
    )
    max_size: Annotated[Size | None, BeforeValidator(number, json_schema_input_type=Size | None)] = Param(
        None, "The most bytes of a file."
    )
    max_number_of_files: Annotated[Number | None, BeforeValidator(number, json_schema_input_type=Number | None)] = (
        Param(None, "The most files.")
    )

    @classmethod
    def of(cls, auth: Mapping[str, Any], *names: str) -> Self:
        """No more than these, for each check of a request has its turn. Raises ApiError."""
        said = {name: auth[name] for name in names if name in auth}
        return cls.read(said, CODES[names[0]], **CODES)
