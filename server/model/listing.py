"""Listing: which of many things a client asks for, in what order, and which page of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, ConfigDict

from robots.base.params import Invalid, Param, Params
from server.errors import ApiError

DATE = re.compile(
    r"(\d{4})[-/](\d\d?)[-/](\d\d?)(?:[T ](\d\d?):(\d\d?)(?::(\d\d?)(?:\.\d+)?)?)?"
    r"(?: ?(?:Z|UTC|GMT|(?P<zone>[+-]\d\d:?\d\d)))?"
)
UNSAID = (None, "", "NOW()")  # the last is the default of `todate` as the API tells it


def _words(given: Any) -> Any:
    return given.split() if isinstance(given, str) else given


def seconds(given: Any) -> Any:
    """Unix seconds; dates without a zone are UTC."""
    found = DATE.fullmatch(given) if isinstance(given, str) else None
    if found is None:
        raise ValueError("must be a date such as 2030-01-31 16:53:14")
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    zone = datetime.strptime(found["zone"], "%z").tzinfo if found["zone"] else UTC
    return datetime(year, month, day, hour, minute, second, tzinfo=zone).timestamp()


Moment = Annotated[float, BeforeValidator(seconds, json_schema_input_type=str)]


class Listing(Params):
    """What all lists understand. Other keys are tolerated."""

    model_config = ConfigDict(extra="ignore")

    page: int = Param(1, "Which page.", ge=1)
    pagesize: int = Param(50, "How many on a page.", ge=1, le=5000)
    sort: str = Param("created", "By what.")
    order: Literal["asc", "desc"] = Param("desc", "Which way.")
    fromdate: Moment | None = Param(None, "Made then or later.")
    todate: Moment | None = Param(None, "Made before then, or then.")
    keywords: Annotated[list[str], BeforeValidator(_words, json_schema_input_type=list[str] | str)] = Param(
        [], "Words of which each must be found in it."
    )
    include_builtin: Literal["none", "latest", "all", "exclusively-latest", "exclusively-all"] = Param(
        "none", "Whether builtin ones are listed too, or only them."
    )

    def sorted(self, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Those of the wanted time, in the wanted order; ties are in the order of their ids."""
        low, high = self.fromdate or 0.0, float("inf") if self.todate is None else self.todate + 1
        known = sorted((row for row in rows if low <= row["created"] < high), key=lambda row: row["id"])
        return sorted(known, key=lambda row: row[self.sort] or 0, reverse=self.order == "desc")

    def paged(self, rows: Sequence[Any]) -> Sequence[Any]:
        start = (self.page - 1) * self.pagesize
        return rows[start : start + self.pagesize]


L = TypeVar("L", bound=Listing)


def listing(params: Mapping[str, Any], columns: Sequence[str], code: str) -> Listing:
    """A list of things that have nothing of their own to ask for."""
    return listing_of(Listing, params, columns, code)


def listing_of(kind: type[L], params: Mapping[str, Any], columns: Sequence[str], code: str) -> L:
    """Reads what a list was asked; null is the same as not there. Raises ApiError with this code."""
    given = {name: params[name] for name in kind.model_fields if params.get(name) not in UNSAID}
    if "keyword" in params:  # as the Go SDK spells it
        given.setdefault("keywords", params["keyword"])
    try:
        wish = kind.parse(given)
    except Invalid as error:
        raise ApiError(code, f"{error}.") from error
    if wish.sort not in columns:
        raise ApiError(code, f"sort: must be {', '.join(columns[:-1])} or {columns[-1]}.")
    return wish


def moment(at: float | None) -> str | None:
    """RFC 3339 with milliseconds, as Go reads it: 2016-07-29T15:27:19.000Z."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
