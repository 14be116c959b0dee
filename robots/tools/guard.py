"""Decides where outward requests may go: to which URLs, and to which addresses behind them."""

from __future__ import annotations

import errno
import re
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import quote, urlsplit

from yarl import URL

from robots.base.errors import ImportFailed

Network = IPv4Network | IPv6Network

# `is_global` alone lets through tunnels to private addresses, multicast and ranges set aside since.
UNICAST_V6 = ip_network("2000::/3")
NOT_PUBLIC = [
    ip_network(text)
    for text in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
]

LABEL = r"[A-Za-z0-9_][A-Za-z0-9_-]{0,62}"
# getaddrinfo reads "127.0.0.1" out of full-width digits and stops at a NUL; plain ASCII names have one reading.
HOST = re.compile(rf"(?:{LABEL}(?:\.{LABEL})*\.?|\[[0-9A-Fa-f:.]+\])")
SAFE = "%/:=&?~#+!$,;'@()*[]|"  # what stays as it is in a URL: escapes that were signed must not change
SPEAKS_HTTP_BY_ACCIDENT = {6379, 11211}  # Redis and memcached take lines of a request for commands


class Refused(ImportFailed):
    """This server does not send such a request, whatever the answer would be."""


class Forbidden(PermissionError):
    """The address about to be connected is not public; it becomes Refused once aiohttp has handed it on."""


def is_public(address: str | IPv4Address | IPv6Address) -> bool:
    """Whether an address belongs to the public internet."""
    plain = _plain(address)
    if any(plain in network for network in NOT_PUBLIC):
        return False
    return plain in UNICAST_V6 if plain.version == 6 else plain.is_global and not plain.is_multicast


class Guard:
    """Makes sockets for aiohttp: it sees each address last, after redirects, name servers and odd spellings."""

    def __init__(self, allow: Sequence[Network] = ()) -> None:
        self.allow = tuple(allow)

    def socket(self, info: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, target = info
        if not self.lets(target[0]):
            # One sentence for all: aiohttp keeps the type only when all addresses of a name fail alike.
            raise Forbidden(errno.EACCES, "address is not public")
        return socket.socket(family=family, type=kind, proto=protocol)

    def lets(self, address: str) -> bool:
        return is_public(address) or any(_plain(address) in network for network in self.allow)


def destination(url: str) -> URL:
    """The URL to ask, if it can be asked at all; what is escaped in it stays as it is."""
    url = url.strip()
    if any(ord(char) < 32 or ord(char) == 127 for char in url):
        raise Refused("A URL with control characters in it cannot be imported.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refused(f"{spoken(url)} is not a URL.") from error
    if parts.scheme.lower() not in ("http", "https"):
        raise Refused(f"{spoken(url)} cannot be imported: only http and https URLs can.")
    if not _host_is_plain(parts.netloc):
        raise Refused(f"{spoken(url)} cannot be imported: its host is not a plain ASCII name or address.")
    if port is not None and not _is_web(port):
        raise Refused(f"{spoken(url)} cannot be imported: port {port} is not for web servers.")
    escaped = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", parts._replace(fragment="").geturl())
    return URL(quote(escaped, safe=SAFE, errors="surrogateescape"), encoded=True)


def spoken(url: object) -> str:
    """A URL as it may stand in a message: without credentials, query and fragment."""
    text = re.split(r"[?#]", str(url).strip(), maxsplit=1)[0]
    scheme, separator, rest = text.partition("://")
    host, slash, path = rest.partition("/")
    plain = f"{scheme}{separator}{host.rpartition('@')[2]}{slash}{path}" if separator else text.rpartition("@")[2]
    return "".join(char if char.isprintable() else "?" for char in plain)[:200] or "The URL"


def _plain(address: str | IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """An IPv4 address in IPv6's clothes is the IPv4 address."""
    parsed = ip_address(address)
    return (isinstance(parsed, IPv6Address) and parsed.ipv4_mapped) or parsed


def _host_is_plain(netloc: str) -> bool:
    login, _, place = netloc.rpartition("@")
    host = re.sub(r":\d*$", "", place)
    plain_login = login.isascii() and not re.search(r"[\s\\]", login)
    return plain_login and len(host) <= 253 and HOST.fullmatch(host) is not None


def _is_web(port: int) -> bool:
    return port in (80, 443) or (port >= 1024 and port not in SPEAKS_HTTP_BY_ACCIDENT)
