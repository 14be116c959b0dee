"""Proxies: who asks, and under which address, as trusted proxies tell it; others can tell what they like."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp import web

Network = IPv4Network | IPv6Network

SCHEMES = {"http", "https"}
PLACE = re.compile(r"(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?")
NODE = re.compile(r"([\d.]+)(?::\d+)?|\[([0-9A-Fa-f:.]+)\](?::\d+)?|([0-9A-Fa-f:.]+)")


class Proxies:
    """`trusted` are the networks of the proxies in front of this server; they set the headers that tell of clients."""

    def __init__(self, trusted: Sequence[Network] = ()) -> None:
        self._trusted = trusted

    def client(self, request: web.BaseRequest) -> str:
        """The address of who asks: the nearest one that is not a trusted proxy's."""
        nearest = request.remote or ""
        if not self._trusted:
            return nearest
        for told in reversed(_ways(request)):
            further = _address(told)
            if not self._trusts(nearest) or further is None:
                break
            nearest = str(further)
        return nearest

    def origin(self, request: web.BaseRequest) -> str | None:
        """The scheme and host that the client used; None if no trusted proxy tells them."""
        if not self._trusted:
            return None
        told = _told(request) if self._trusts(request.remote or "") else {}
        scheme, host = told.get("proto", request.scheme).lower(), told.get("host", request.host)
        return f"{scheme}://{host}" if told and scheme in SCHEMES and PLACE.fullmatch(host) else None

    def _trusts(self, text: str) -> bool:
        address = _address(text)
        return address is not None and any(address in network for network in self._trusted)


def _ways(request: web.BaseRequest) -> list[str]:
    """Whom each proxy was asked by, the nearest last."""
    if "Forwarded" in request.headers:
        return [element.get("for", "") for element in request.forwarded]
    return [each.strip() for line in request.headers.getall("X-Forwarded-For", ()) for each in line.split(",")]


def _told(request: web.BaseRequest) -> Mapping[str, str]:
    """What the nearest proxy says; what stands before it may be the client's own invention."""
    if "Forwarded" in request.headers:
        nearest = request.forwarded[-1] if request.forwarded else {}
        return {name: nearest[name] for name in ("proto", "host") if name in nearest}
    names = {"proto": "X-Forwarded-Proto", "host": "X-Forwarded-Host"}
    lines = {name: request.headers.getall(header, ()) for name, header in names.items()}
    return {name: given[-1].split(",")[-1].strip() for name, given in lines.items() if given}


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """The address in what may have a port; an IPv4 address in the clothes of IPv6 is itself."""
    found = NODE.fullmatch(text.partition("%")[0])
    try:
        address = ip_address(next(filter(None, found.groups()))) if found else None
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
