"""What a notify_url must be, of an Assembly as of a replay."""

from __future__ import annotations

from robots.tools.guard import Guard, Refused
from server.errors import ApiError
from server.model.options import LONGEST_URL, is_url

CODE = "ASSEMBLY_INVALID_NOTIFY_URL"


def check(url: str | None, guard: Guard) -> None:
    """A name is looked up only when there is something to tell; what spells an address can be refused at once."""
    if url is None:
        return
    if not is_url(url):
        raise ApiError(CODE, f"notify_url must be a URL of http or https with at most {LONGEST_URL} characters.")
    try:
        refused = guard.knows_as_private(url)
    except Refused as error:
        raise ApiError(CODE, f"notify_url: {error.message}") from error
    if refused:
        raise ApiError(CODE, "notify_url leads to an address that is not public.")
