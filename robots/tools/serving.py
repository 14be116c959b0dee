"""Serving: the headers with which a file shall be answered, and those that nobody may choose."""

from __future__ import annotations

import re
from collections.abc import Mapping

from robots.tools.filename import disposition
from robots.tools.headers import TOKEN

DEFAULTS = {
    "Access-Control-Allow-Headers": (
        "X-Requested-With, Content-Type, Cache-Control, Accept, Content-Length, Transloadit-Client, Authorization, "
        "Range, If-Range"
    ),
    "Access-Control-Allow-Methods": "POST, GET, PUT, DELETE, OPTIONS",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Transloadit-Assembly-URL, Content-Range, Content-Length, Accept-Ranges",
    "Cache-Control": "public, max-age=259200, s-maxage=86400",
    "Accept-Ranges": "bytes",
}
OCTETS = "application/octet-stream"
MOST, LONGEST = 50, 4096
# What belongs to the connection or to the server, what keeps browsers safe, and what a proxy in front would obey.
FORBIDDEN = re.compile(
    r"age|alt-svc|clear-site-data|connection|content-(length|location|range|security-policy.*)|cross-origin-.*|date|etag"
    r"|keep-alive|last-modified|location|nel|proxy-.*|public-key-pins.*|refresh|report-to|reporting-endpoints|server"
    r"|service-worker-allowed|set-cookie2?|(x-)?sourcemap|strict-transport-security|te|trailer|transfer-encoding"
    r"|transloadit-(assembly|requestid)|upgrade|via|www-authenticate|x-(accel|lighttpd|litespeed|reproxy)-.*"
    r"|x-(content-type-options|request-id|sendfile.*)",
    re.IGNORECASE,
)


def headers(
    mime: str | None, given: Mapping[str, str], cache_duration: int | None = None, download_name: str | None = None
) -> dict[str, str]:
    """Those of a step over the usual ones, whatever the case of their names."""
    made = {**DEFAULTS, "Content-Type": f"{mime or OCTETS}; charset=utf-8"}
    if cache_duration is not None:
        made["Cache-Control"] = f"public, max-age={cache_duration}, s-maxage={cache_duration}"
    if download_name:
        made["Content-Disposition"] = disposition("attachment", download_name)
    usual = {name.lower(): name for name in (*made, "Content-Disposition")}
    return {**made, **{usual.get(name.lower(), name): value for name, value in given.items()}}


def fault(given: Mapping[str, str]) -> str | None:
    """Why headers cannot be answered, if so."""
    if len(given) > MOST:
        return f"there are more than {MOST} headers"
    if len({name.lower() for name in given}) < len(given):
        return "a header is there twice"
    return next((wrong for name, value in given.items() if (wrong := _fault(name, value))), None)


def _fault(name: str, value: str) -> str | None:
    if not TOKEN.fullmatch(name):
        return f"{name[:40]!r} is not the name of a header"
    if FORBIDDEN.fullmatch(name):
        return f"the header {name[:40]} cannot be chosen"
    if len(value) > LONGEST:
        return f"the header {name[:40]} is longer than {LONGEST} characters"
    # A line break would begin another header; a lone surrogate cannot be sent at all.
    return None if value.isprintable() else f"the header {name[:40]} has a line break or an invisible character in it"
