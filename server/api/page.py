"""What the page at / is told of this server, and what a browser lets it do."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

from aiohttp import hdrs, web

from server.api.middleware import json_response
from server.api.told import Told
from server.model.replies import PageFacts

FORWARDED = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")


class Page:
    """`key` is what clients send, or None if nobody may be told; `origin` is the address in every Assembly Status.

    `sandbox` is the level that children run at.
    """

    def __init__(
        self, key: str | None, require_signature: bool, origin: Callable[[], str], sandbox: str = "rlimits"
    ) -> None:
        self._key = key
        self._require_signature = require_signature
        self._origin = origin
        self._sandbox = sandbox

    @Told("Tells the start page what it may know.", reply=(PageFacts,))
    async def tell(self, request: web.Request) -> web.Response:
        """The key is for whoever sits at this machine; everybody else types it."""
        key = self._key if is_at_home(request) else None
        response = json_response({"key": key, "require_signature": self._require_signature, "sandbox": self._sandbox})
        response.headers[hdrs.CACHE_CONTROL] = "no-store"
        # Other sites that this browser shows may use the API, but not read the key.
        response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = self._origin()
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    def policy(self) -> str:
        """The Content-Security-Policy: our own scripts and styles, and this server under both of its names.

        No text can become markup: browsers that know Trusted Types refuse it, and the page makes none.
        """
        origin = self._origin()
        own = "'self'" if "[" in origin else f"'self' {origin}"  # the policy has no words for IPv6
        return (
            "default-src 'none'; script-src 'self'; style-src 'self'; "
            f"img-src {own} data: blob:; media-src {own} blob:; connect-src {own}; "
            "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
            "require-trusted-types-for 'script'; trusted-types 'none'"
        )


def is_at_home(request: web.Request) -> bool:
    """Whether a browser on this machine asks for its own page, not a proxy, another site or a borrowed name."""
    if any(name in request.headers for name in FORWARDED):
        return False
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    # A name that points here from outside would pass for the same origin; the Host header gives it away.
    return is_loopback(request.remote or "") and is_loopback(_host(request))


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine reaches this host."""
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost"
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _host(request: web.Request) -> str:
    try:
        return request.url.host or ""
    except ValueError:
        return ""
