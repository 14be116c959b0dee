"""Clients: who they are by their addresses, and how much of something each of them holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from server.engine.rates import Rate

Network = IPv4Network | IPv6Network

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


class Clients:
    """Each may hold `most` of something, and come `often` in a second, if that is not 0.

    The networks of reverse proxies speak for many and are not counted.
    """

    def __init__(self, most: int, proxies: Sequence[Network] = (), often: int = 0) -> None:
        self.most = most
        self._proxies = proxies
        self._comings = Rate(often, 1.0)
        self._held: Counter[str] = Counter()

    def take(self, client: str) -> bool:
        """Whether one more is granted; then it has to be given back."""
        if client and self._held[client] >= self.most:
            return False
        self._held[client] += 1
        return True

    def comes(self, client: str, at: float) -> bool:
        """Whether it may come once more now; `at` are seconds of any clock that only goes on."""
        return not client or not self._comings.take(client, at)

    def give_back(self, client: str) -> None:
        self._held[client] -= 1
        if self._held[client] <= 0:
            del self._held[client]

    def name(self, address: str) -> str:
        """Who has this address; nobody in particular if a proxy has it."""
        try:
            known = ip_address(address.partition("%")[0])
        except ValueError:
            return ""
        known = getattr(known, "ipv4_mapped", None) or known
        if any(known in network for network in self._proxies):
            return ""
        # One customer of a provider has a whole /64.
        return str(known) if known.version == 4 else known.exploded[:19]
