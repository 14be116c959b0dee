"""The metrics at /metrics, for this machine and for the networks that the operator names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from ipaddress import IPv4Network, IPv6Network, ip_address

from aiohttp import hdrs, web
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from server.api.page import FORWARDED, is_at_home
from server.api.told import Told
from server.errors import ApiError

PATH = "/metrics"


class MetricsRoute:
    """To everybody else there is nothing at this URL."""

    def __init__(
        self, text: Callable[[], Awaitable[bytes]], networks: tuple[IPv4Network | IPv6Network, ...] = ()
    ) -> None:
        self._text = text
        self._networks = networks

    def attach(self, app: web.Application) -> None:
        app.router.add_get(PATH, self.show)

    @Told("Tells figures to Prometheus, for networks that may read them.", media=("text/plain",), codes=("SERVER_404",))
    async def show(self, request: web.Request) -> web.Response:
        if not (is_at_home(request) or self._is_known(request)):
            raise ApiError("SERVER_404")
        told = {hdrs.CONTENT_TYPE: CONTENT_TYPE_PLAIN_0_0_4, hdrs.CACHE_CONTROL: "no-store"}
        # A page of another site in the browser of an operator may not read them; "null" would be that of a sandbox.
        closed = {hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: "https://localhost", "Cross-Origin-Resource-Policy": "same-origin"}
        return web.Response(body=await self._text(), headers=told | closed)

    def _is_known(self, request: web.Request) -> bool:
        """Behind a proxy everybody has the proxy's address."""
        if any(name in request.headers for name in FORWARDED) or not request.remote:
            return False
        address = ip_address(request.remote.partition("%")[0])
        address = getattr(address, "ipv4_mapped", None) or address
        return any(address in network for network in self._networks)
