"""Decides where outward requests may go: to which URLs, and to which addresses behind them."""

from __future__ import annotations

import errno
import re
import socket
from collections.abc import Collection, Sequence
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
WEB_PORTS = frozenset({80, 443})
SPEAKS_HTTP_BY_ACCIDENT = {6379, 11211}  # Redis and memcached take lines of a request for commands


class Refused(ImportFailed):
    """This server does not send such a request, whatever the answer would be."""


class Forbidden(PermissionError):
    """The address about to be connected is not for us; it becomes Refused once aiohttp has handed it on.

    It says why in one of two sentences: aiohttp keeps the type only when all addresses of a name fail alike.
    """


def is_public(address: str | IPv4Address | IPv6Address) -> bool:
    """Whether an address belongs to the public internet."""
    plain = _plain(address)
    if any(plain in network for network in NOT_PUBLIC):
        return False
    return plain in UNICAST_V6 if plain.version == 6 else plain.is_global and not plain.is_multicast


class Guard:
    """Makes sockets for outward connections: it sees each address last, after redirects, names and odd spellings.

    `allow` are networks that may be reached though they are not public, and there on every port; `ports` are those that
    may be reached everywhere besides `usual`, the ports of the protocol that is spoken.
    """

    def __init__(
        self, allow: Sequence[Network] = (), ports: Collection[int] = (), usual: Collection[int] = WEB_PORTS
    ) -> None:
        self.allow = tuple(allow)
        self.ports = frozenset(ports)
        self.usual = frozenset(usual)

    def speaking(self, *ports: int) -> Guard:
        """The same guard for a protocol with other ports of its own."""
        return Guard(self.allow, self.ports, ports)

    def socket(self, info: tuple[Any, ...]) -> socket.socket:
        """A socket for one answer of `getaddrinfo`; aiohttp takes this for a `socket_factory`."""
        family, kind, protocol, _, target = info
        self.check(target[0], target[1])
        return socket.socket(family=family, type=kind, proto=protocol)

    def check(self, address: str, port: int) -> None:
        if self._is_allowed(address):
            return
        if not is_public(address):
            raise Forbidden(errno.EACCES, "it leads to an address that is not public")
        if port not in self.usual and port not in self.ports:
            raise Forbidden(errno.EACCES, f"port {port} is not one of those that may be reached from here")

    def lets(self, address: str) -> bool:
        """Whether an address may be reached, on one port or another."""
        return is_public(address) or self._is_allowed(address)

    def knows_as_private(self, url: str) -> bool:
        """Whether a URL can be refused without asking a name server: its host is the spelling of an address."""
        address = literal(destination(url).raw_host or "")
        return address is not None and not self.lets(address)

    def _is_allowed(self, address: str) -> bool:
        return any(_plain(address) in network for network in self.allow)


def destination(url: str) -> URL:
    """The URL to ask, if it can be asked at all; what is escaped in it stays as it is."""
    url = url.strip()
    if any(ord(char) < 32 or ord(char) == 127 for char in url):
        raise Refused("A URL with control characters in it cannot be requested.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refused(f"{spoken(url)} is not a URL.") from error
    if parts.scheme.lower() not in ("http", "https"):
        raise Refused(f"{spoken(url)} cannot be requested: only http and https URLs can.")
    if not _host_is_plain(parts.netloc):
        raise Refused(f"{spoken(url)} cannot be requested: its host is not a plain ASCII name or address.")
    if port is not None and not _is_web(port):
        raise Refused(f"{spoken(url)} cannot be requested: port {port} is not for web servers.")
    escaped = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", parts._replace(fragment="").geturl())
    return URL(quote(escaped, safe=SAFE, errors="surrogateescape"), encoded=True)


def is_host(name: str) -> bool:
    """Whether a name has one reading only: ASCII, without blanks, in brackets if it has colons."""
    return len(name) <= 253 and HOST.fullmatch(name) is not None


def literal(host: str) -> str | None:
    """The address that a host spells, odd spellings such as 0x7f.1 included; None for a name."""
    try:
        return str(ip_address(host.strip("[]")))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host.rstrip(".")))
    except OSError:
        return None


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
    return plain_login and is_host(host)


def _is_web(port: int) -> bool:
    return port in (80, 443) or (port >= 1024 and port not in SPEAKS_HTTP_BY_ACCIDENT)
