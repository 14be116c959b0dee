"""Text and dates from inside files, made fit to show: bounded, without control characters, in the API's format."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

LIMIT = 2000
MOMENT = re.compile(r"(\d{4})[-:/](\d\d)[-:/](\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?)?")


def clean(value: Any, limit: int = LIMIT) -> str | None:
    """One text, or nothing if there is nothing to read in it."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return None
    seen = "".join(sign for sign in value[: 2 * limit] if sign in "\n\t" or unicodedata.category(sign)[0] != "C")
    return seen.strip()[:limit] or None


def kept(notes: dict[str, Any]) -> dict[str, Any]:
    """The notes that say something."""
    return {key: value for key, value in notes.items() if value is not None and value != []}


def moment(value: Any, offset: str | None = None) -> str | None:
    """A date as files write it (2010:06:30 22:16:06, 2020-01-09T12:02:08Z), in GMT; `offset` such as "+02:00"."""
    found = MOMENT.match(value.strip()) if isinstance(value, str) else None
    if found is None:
        return None
    *numbers, zone = found.groups(default="")
    try:
        local = datetime(*(int(number or 0) for number in numbers), tzinfo=_zone(zone or offset or ""))  # type: ignore[misc,arg-type]
        return stamp(local.astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def stamp(at: datetime) -> str:
    """The API's form of a date, whose time zone must be UTC."""
    return f"{at.year:04d}/{at:%m/%d %H:%M:%S} GMT"


def _zone(offset: str) -> timezone:
    found = re.fullmatch(r"([+-])(\d\d):?(\d\d)", offset.strip())
    if found is None:
        return UTC
    minutes = int(found[2]) * 60 + int(found[3])
    return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))
